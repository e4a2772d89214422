/** The head line: how fast it goes and what the schedule decided, now and over time, on one shared time axis. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Snapshot } from '../../engine/api/snapshot';
import { formatCount, formatDuration, formatPercent, formatRate } from '../format/engineering';
import { element, setText } from '../shell/dom';
import { pointedAt } from '../shell/pointed-at';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { createSubscriptions } from '../store/subscriptions';
import { buckets, thinAxis, thinColumn } from '../store/thin';

interface Chart {
  /** Also the name of its column of the history. */
  readonly id: string;
  readonly title: string;
  /** Meaning in a sentence, shown on hover. */
  readonly hint: string;
  value(snapshot: Snapshot): number;
  format(value: number): string;
  /** What stands small beside the value. */
  note?(snapshot: Snapshot): string;
  readonly range?: readonly [number, number];
}

const CHARTS: readonly Chart[] = [
  {
    id: 'simulations',
    title: 'Simulations',
    hint: 'Calls of the simulator that train, of the budget; those of evaluations are counted apart',
    value: (s) => s.simulations.training,
    format: formatCount,
    note: (s) => `of ${formatCount(s.budget)} · ${formatCount(s.simulations.evaluation)} evaluating`,
  },
  {
    id: 'simulations-per-second',
    title: 'Simulations/s',
    hint: 'Real SPICE simulations a second',
    value: (s) => s.simulationsPerSecond,
    format: formatRate,
  },
  {
    id: 'updates-per-second',
    title: 'Updates/s',
    hint: 'Actor-critic updates a second',
    value: (s) => s.updatesPerSecond,
    format: formatRate,
    note: (s) => `${formatCount(s.updates)} in all`,
  },
  {
    id: 'real-ratio',
    title: 'Real data',
    hint: 'Scheduled share of real transitions in a training batch; the rest was imagined',
    value: (s) => s.scheduled.realRatio,
    format: formatPercent,
    note: (s) => `${formatPercent(1 - s.scheduled.realRatio)} imagined`,
    range: [0, 1],
  },
  {
    id: 'updates',
    title: 'Update iterations',
    hint: 'Scheduled actor-critic updates per simulation',
    value: (s) => s.scheduled.updates,
    format: formatRate,
    note: () => 'per simulation',
  },
  {
    id: 'rollouts',
    title: 'Rollouts',
    hint: 'Scheduled imagined sequences a tick, and their length',
    value: (s) => s.scheduled.rollouts,
    format: formatRate,
    note: (s) => `a tick, ${s.scheduled.rolloutLength} ${s.scheduled.rolloutLength === 1 ? 'step' : 'steps'} each`,
  },
];

const REDRAW_MILLISECONDS = 250;

export const headlineScene: SceneDefinition = {
  id: 'headline',
  title: 'Head line',
  description: 'How fast it goes, and what the schedule decided',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('headline');
  const subscriptions = createSubscriptions();
  const cards = CHARTS.map((chart) => createCard(chart, studio));
  host.append(...cards.map((card) => card.root));

  const redraw = throttle(REDRAW_MILLISECONDS, () => {
    const snapshot = studio.snapshot.value;
    if (snapshot) for (const card of cards) card.show(snapshot);
  });
  const observer = new ResizeObserver(() => {
    for (const card of cards) card.resize();
  });
  observer.observe(host);
  const rebuild = () => {
    for (const card of cards) card.rebuild();
  };
  rebuild();
  redraw.call();
  subscriptions.add(studio.snapshot.subscribe(redraw.call), studio.palette.subscribe(rebuild), redraw.cancel, () =>
    observer.disconnect(),
  );
  return {
    dispose() {
      subscriptions.dispose();
      for (const card of cards) card.destroy();
    },
  };
}

interface Card {
  readonly root: HTMLElement;
  show(snapshot: Snapshot): void;
  rebuild(): void;
  resize(): void;
  destroy(): void;
}

function createCard(chart: Chart, studio: Studio): Card {
  const value = element('span', { className: 'card-value', dataset: { value: chart.id } }, '—');
  const note = element('span', { className: 'card-note' });
  const plotHost = element('div', { className: 'card-plot', ariaHidden: 'true' });
  const root = element(
    'section',
    { className: 'card', title: chart.hint, ariaLabel: chart.title },
    element('h2', { className: 'card-title' }, chart.title),
    element('p', { className: 'card-line' }, value, note),
    plotHost,
  );
  /** Rows of the history: the chart's own are thinned to what it has pixels for. */
  const columns = () => {
    const { history } = studio;
    const thinned = buckets(0, history.length, Math.max(40, plotHost.clientWidth));
    const column = history.column(chart.id);
    if (!column) return [[], [], [], []];
    const { last, least, most } = thinColumn(column, thinned);
    return [thinAxis(history.axis('seconds'), thinned), last, least, most];
  };
  let shown: readonly ArrayLike<number>[] = [[], [], [], []];
  let plot: uPlot | null = null;
  let latest: Snapshot | null = null;
  let pointed: number | null = null;
  /** Of the history that is drawn, and which one that is. */
  let drawn = { history: studio.history, version: -1 };

  const size = () => ({ width: Math.max(40, plotHost.clientWidth), height: Math.max(20, plotHost.clientHeight) });
  const write = () => {
    if (!latest) return;
    const [xs, ys] = shown;
    if (pointed !== null && pointed < xs.length) {
      setText(value, chart.format(ys[pointed]));
      setText(note, `at ${formatDuration(xs[pointed])}`);
    } else {
      setText(value, chart.format(chart.value(latest)));
      setText(note, chart.note?.(latest) ?? '');
    }
  };

  function rebuild(): void {
    plot?.destroy();
    const { tokens } = studio.palette.value;
    const axis = {
      stroke: tokens.dim,
      font: '10px system-ui, sans-serif',
      grid: { stroke: tokens.track, width: 1 },
      ticks: { show: false },
    };
    const range: uPlot.Scale.Range = chart.range
      ? [chart.range[0], chart.range[1]]
      : (_, _low, high) => [0, Number.isFinite(high) && high > 0 ? high * 1.08 : 1];
    plot = new uPlot(
      {
        ...size(),
        padding: [8, 2, 6, 0],
        legend: { show: false },
        cursor: { sync: { key: 'headline' }, y: false, drag: { x: false, y: false }, points: { size: 5 } },
        scales: { x: { time: false }, y: { range } },
        axes: [
          { show: false },
          {
            ...axis,
            size: 34,
            gap: 3,
            splits: (_, __, low, high) => [low, (low + high) / 2, high * 0.999],
            values: (_, splits) => splits.map((split, i) => (i === 1 ? '' : axisLabel(chart, split))),
          },
        ],
        series: [
          {},
          { stroke: tokens.accent, width: 1.5, points: { show: false } },
          { stroke: 'transparent', points: { show: false } },
          { stroke: 'transparent', points: { show: false } },
        ],
        bands: [{ series: [3, 2], fill: `${tokens.accent}30` }],
        hooks: {
          draw: [(self) => drawMilestones(self, studio)],
          setCursor: [
            (self) => {
              pointed = pointedAt(self);
              write();
            },
          ],
        },
      },
      shown as unknown as uPlot.AlignedData,
      plotHost,
    );
  }

  return {
    root,
    show(snapshot) {
      latest = snapshot;
      const { history } = studio;
      if (drawn.history !== history || drawn.version !== history.version) {
        drawn = { history, version: history.version };
        shown = columns();
        plot?.setData(shown as unknown as uPlot.AlignedData);
      }
      write();
    },
    rebuild,
    resize: () => plot?.setSize(size()),
    destroy: () => plot?.destroy(),
  };
}

/** A line where a target was first met. */
function drawMilestones(plot: uPlot, studio: Studio): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = studio.palette.value.tokens.met;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 2 * devicePixelRatio]);
  for (const { seconds } of studio.milestones.value) {
    const x = Math.round(plot.valToPos(seconds, 'x', true)) + 0.5;
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function axisLabel(chart: Chart, value: number): string {
  if (chart.range?.[1] === 1) return formatPercent(value);
  if (value >= 1000) return `${(value / 1000).toFixed(value < 9950 ? 1 : 0)}k`;
  return value >= 10 || value === 0 ? Math.round(value).toString() : value.toFixed(1);
}
