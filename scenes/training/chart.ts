/** One chart of the training scene: uPlot over thinned columns of the history, its legend with the values under the cursor. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTicks } from '../format/engineering';
import { element, setText } from '../shell/dom';
import { pointedAt } from '../shell/pointed-at';
import type { Studio } from '../shell/scene';
import type { History, TimeAxis } from '../store/history';
import { buckets, smooth, thinAxis, thinColumn } from '../store/thin';
import { seriesStyle } from '../theme/series';
import type { ThemeName, Tokens } from '../theme/tokens';
import type { ChartDefinition, Line } from './charts';
import type { Mark } from './marks';

/** What part of time is shown, and how. */
export interface TimeView {
  readonly axis: TimeAxis;
  /** First row shown, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Span of the exponential mean in units of the axis; 0: none. */
  readonly smoothing: number;
}

export interface Chart {
  readonly root: HTMLElement;
  show(history: History, view: TimeView, marks: readonly Mark[]): void;
  /** CSS pixels that there are for the plot. */
  room(): number;
  /** Draws the plot so wide; nothing where it is already. */
  resize(width: number): void;
  destroy(): void;
}

export interface ChartActions {
  /** A stretch of the axis was chosen. */
  zoom(low: number, high: number): void;
  /** All of it is wanted again. */
  follow(): void;
  /** How a value of the axis is written. */
  formatAxis(value: number): string;
}

const SYNC = 'training';
const HEIGHT = 138;
/** Over a chart, for the numbers of its marks. */
const MARK_ROOM = 13;
/** Distances between ticks of the axis: whole seconds and minutes, whole simulations. */
const WHOLE = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 1e4, 2e4, 5e4, 1e5, 1e6];

export function createChart(definition: ChartDefinition, studio: Studio, actions: ChartActions): Chart {
  const theme = document.documentElement.dataset.theme as ThemeName;
  const { tokens } = studio.palette.value;
  const chips = definition.lines.map((line) => createChip(line, theme));
  const plotHost = element('div', { className: 'chart-plot', ariaHidden: 'true' });
  const root = element(
    'section',
    { className: 'chart', ariaLabel: definition.title, dataset: { chart: definition.id } },
    element('h3', { className: 'chart-title', title: definition.hint }, definition.title),
    plotHost,
    element('ul', { className: 'chart-legend' }, ...chips.map((chip) => chip.root)),
  );
  let values: readonly (readonly number[] | Float64Array)[] = [];
  let pointed: number | null = null;
  let marks: readonly Mark[] = [];

  const write = () => {
    chips.forEach((chip, i) => {
      const column = values[i] ?? [];
      const value = column[pointed ?? column.length - 1] ?? Number.NaN;
      setText(chip.value, definition.format(value));
    });
  };

  /** What is out of sight is told, too: not all who read see. */
  const tellLast = (history: History, { axis, to, smoothing }: TimeView) => {
    const full = history.axis(axis);
    for (const [i, { value }] of chips.entries()) {
      const column = history.column(definition.lines[i].column);
      const last = column && smooth(full, column.last, smoothing).subarray(0, to);
      setText(value, definition.format(last?.findLast((one) => !Number.isNaN(one)) ?? Number.NaN));
    }
  };

  const faint = { stroke: 'transparent', points: { show: false } };
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  definition.lines.forEach((line) => {
    const { color, dash } = seriesStyle(theme, line.style);
    const main = series.length;
    series.push({ stroke: color, width: 1.5, dash: [...dash], points: { show: false }, spanGaps: true });
    // Extremes of what was thinned away, or those that the line has of its own; then its band.
    series.push(faint, faint);
    bands.push({ series: [main + 2, main + 1], fill: `${color}${definition.lines.length > 3 ? '12' : '1f'}` });
    if (line.band) {
      series.push(faint, faint);
      bands.push({ series: [main + 4, main + 3], fill: `${color}33` });
    }
  });
  const axis = { stroke: tokens.dim, font: '10px system-ui, sans-serif', ticks: { show: false } };
  const createPlot = () =>
    new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [MARK_ROOM, 16, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: SYNC }, y: false, drag: { x: true, y: false, setScale: false }, points: { size: 5 } },
        scales: {
          x: { time: false, range: (_, low, high) => [low, high > low ? high : low + 1] },
          y: { range: rangeOf(definition) },
        },
        axes: [
          {
            ...axis,
            size: 20,
            gap: 2,
            incrs: WHOLE,
            grid: { show: false },
            values: (_, splits) => splits.map(actions.formatAxis),
          },
          {
            ...axis,
            size: 44,
            gap: 4,
            grid: { stroke: tokens.track, width: 1 },
            space: 26,
            values: (_, splits) => tickWords(definition, splits),
          },
        ],
        series,
        bands,
        hooks: {
          draw: [(self) => drawTarget(self, definition, tokens.dim), (self) => drawMarks(self, marks, tokens)],
          setSelect: [
            (self) => {
              if (self.select.width < 4) return;
              const [low, high] = [
                self.posToVal(self.select.left, 'x'),
                self.posToVal(self.select.left + self.select.width, 'x'),
              ];
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              actions.zoom(low, high);
            },
          ],
          setCursor: [
            (self) => {
              pointed = pointedAt(self);
              write();
            },
          ],
        },
      },
      [[], ...series.slice(1).map(() => [])],
      plotHost,
    );
  plotHost.ondblclick = actions.follow;
  let plot: uPlot | null = null;
  let width = 300;
  let newest: { readonly history: History; readonly view: TimeView } | null = null;
  // The cursor of one is that of all. Those that are out of sight are neither made nor painted before they are seen.
  const sync = uPlot.sync(SYNC);
  let isInSight = false;
  const sight = new IntersectionObserver((entries) => {
    isInSight = entries.at(-1)?.isIntersecting ?? false;
    if (plot) sync.unsub(plot);
    if (!isInSight) {
      plot?.setCursor({ left: -10, top: -10 }, false);
      pointed = null;
      return;
    }
    if (plot) sync.sub(plot);
    else plot = createPlot();
    draw(plot);
  });
  sight.observe(root);

  function draw(on: uPlot): void {
    if (!newest) return;
    const { history, view } = newest;
    newest = null;
    // It may have been thinned out since.
    const to = Math.min(view.to, history.length);
    if (to === 0) return;
    const from = Math.min(view.from, Math.max(0, to - 1));
    const thinned = buckets(from, to, Math.max(50, Math.round(on.bbox.width / devicePixelRatio)));
    const full = history.axis(view.axis);
    const missing = new Float64Array(thinned.rows.length).fill(Number.NaN);
    const data: (Float64Array | number[])[] = [thinAxis(full, thinned)];
    const shown: (Float64Array | readonly number[])[] = [];
    for (const line of definition.lines) {
      const column = history.column(line.column);
      const main = column && thinColumn({ ...column, last: smooth(full, column.last, view.smoothing) }, thinned);
      const [least, most] = line.extremes ?? [line.column, line.column];
      const [low, high] = [history.column(least), history.column(most)];
      shown.push(main?.last ?? missing);
      data.push(main?.last ?? missing);
      data.push(low ? thinColumn(low, thinned).least : missing, high ? thinColumn(high, thinned).most : missing);
      if (line.band) {
        for (const name of line.band) {
          const edge = history.column(name);
          data.push(edge ? thinColumn(edge, thinned).last : missing);
        }
      }
    }
    values = shown;
    // uPlot takes null, not NaN, for what is missing.
    on.setData(
      data.map((column, i) => (i === 0 ? column : Array.from(column, (v) => (Number.isNaN(v) ? null : v)))) as uPlot.AlignedData,
    );
    write();
  }

  return {
    root,
    show(history, view, happened) {
      marks = happened;
      newest = { history, view };
      if (isInSight && plot) draw(plot);
      else tellLast(history, view);
    },
    room: () => plotHost.clientWidth,
    resize(room) {
      width = Math.max(60, room);
      if (plot && width !== plot.width) plot.setSize({ width, height: HEIGHT });
    },
    destroy() {
      sight.disconnect();
      plot?.destroy();
    },
  };
}

function createChip(line: Line, theme: ThemeName) {
  const { color, dash } = seriesStyle(theme, line.style);
  const value = element('b', { className: 'chip-value' }, '—');
  const mark = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  mark.setAttribute('class', 'chip-mark');
  mark.setAttribute('aria-hidden', 'true');
  mark.innerHTML = `<line x1="0" y1="4" x2="18" y2="4" stroke="${color}" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`;
  return {
    value,
    root: element('li', {}, mark as unknown as HTMLElement, element('span', { className: 'chip-name' }, line.title), value),
  };
}

/** As the values are written, unless neighbours would read alike. */
function tickWords({ format }: ChartDefinition, ticks: readonly number[]): string[] {
  const words = ticks.map(format);
  const apart = new Set(words).size < words.length ? formatTicks(ticks, '') : words;
  // Plain zero: digits behind it would say that it was measured.
  return apart.map((word) => word.replace(/^0\.0+$/, '0'));
}

function rangeOf(definition: ChartDefinition): uPlot.Scale.Range {
  const { range, mark } = definition;
  if (range !== undefined && range !== 'free') return [range[0], range[1]];
  return (_, low, high) => {
    if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
    const bottom = range === 'free' ? Math.min(low, mark ?? low) : Math.min(0, low);
    const top = Math.max(high, mark ?? high);
    if (top === 0 && bottom === 0) return [0, 1];
    const margin = (top - bottom || Math.abs(top)) * 0.06;
    return [bottom === 0 ? 0 : bottom - margin, top + margin];
  };
}

/** The line that matters: a target. */
function drawTarget(plot: uPlot, { mark }: ChartDefinition, color: string): void {
  if (mark === undefined) return;
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(mark, 'y', true)) + 0.5;
  if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** What happened: a number over a dashed line; those that would cover each other are left out, the newest stay. */
function drawMarks(plot: uPlot, marks: readonly Mark[], tokens: Tokens): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  ctx.save();
  ctx.font = `${9 * unit}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.lineWidth = unit;
  ctx.setLineDash([2 * unit, 3 * unit]);
  let free = Number.POSITIVE_INFINITY;
  for (const { number, at, event } of marks.toReversed()) {
    const x = Math.round(plot.valToPos(at, 'x', true)) + 0.5;
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    const color = event.level === 'error' ? tokens.failed : event.level === 'warning' ? tokens.miss : tokens.dim;
    ctx.strokeStyle = color;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + 2 * unit);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const half = (ctx.measureText(String(number)).width + 4 * unit) / 2;
    if (x + half > free) continue;
    free = x - half;
    ctx.fillStyle = color;
    ctx.fillText(String(number), x, bbox.top - 3 * unit);
  }
  ctx.restore();
}
