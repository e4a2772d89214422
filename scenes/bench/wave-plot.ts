/**
 * A plot of waveforms with two cursors: a click places A, Shift and click places B; with the keyboard, arrows move A and
 * Shift with arrows B. Pinned results lie under the present one, dashed.
 */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatQuantity, formatTicks } from '../format/engineering';
import { element } from '../shell/dom';
import { seriesStyle } from '../theme/series';
import type { ThemeName, Tokens } from '../theme/tokens';
import type { Cursors } from './cursors';
import type { Plot, Trace } from './waves';
import { valueAt } from './waves';

/** A trace to draw: `pin` 0 is the present result, others are pinned ones. */
export interface DrawnTrace extends Trace {
  readonly style: number;
  readonly pin: number;
}

export interface WavePlot {
  readonly root: HTMLElement;
  readout(cursors: Cursors): void;
  destroy(): void;
}

const HEIGHT = 190;
const AXIS_UNITS = { frequency: 'Hz', time: 's', sweep: 'V' } as const;

export function createWavePlot(
  plot: Plot,
  traces: readonly DrawnTrace[],
  tokens: Tokens,
  cursors: () => Cursors,
  moved: (cursors: Cursors) => void,
): WavePlot {
  const logarithmic = plot.axis === 'frequency';
  const xUnit = AXIS_UNITS[plot.axis];
  const theme = document.documentElement.dataset.theme as ThemeName;
  const table = element('table', { className: 'cursor-table' });
  const host = element('div', {
    className: 'wave-host',
    tabIndex: 0,
    role: 'group',
    ariaLabel: `${plot.title}. Arrow keys move cursor A, with Shift cursor B; values are in the table that follows.`,
  });
  const root = element(
    'section',
    { className: 'wave', ariaLabel: plot.title, dataset: { plot: plot.id } },
    element('h3', { className: 'chart-title' }, plot.title),
    host,
    table,
  );
  const data = uPlot.join(
    traces.map(({ axis, values }) => [Array.from(axis), Array.from(values, finiteOrNull)] as uPlot.AlignedData),
  );
  const axis = {
    stroke: tokens.dim,
    font: '10px system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: tokens.track, width: 1 },
  };
  const chart = new uPlot(
    {
      width: 300,
      height: HEIGHT,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false }, points: { size: 5 } },
      scales: { x: { time: false, ...(logarithmic ? { distr: 3 as const } : {}) } },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 3,
          ...(logarithmic ? { splits: decades } : { space: 90 }),
          // uPlot leaves out what has no room by null; that happens to decades only.
          values: (_, splits) =>
            logarithmic
              ? splits.map((split) => (split === null ? '' : formatQuantity(split, xUnit).replace(/\.0+(?= )/, '')))
              : formatTicks(splits, xUnit),
        },
        { ...axis, size: 58, gap: 4, values: (_, splits) => formatTicks(splits, plot.unit) },
      ],
      series: [
        {},
        ...traces.map(({ style, pin }): uPlot.Series => {
          const look = seriesStyle(theme, style);
          return pin === 0
            ? { stroke: look.color, width: 1.8, points: { show: false }, spanGaps: true }
            : { stroke: look.color, width: 1.2, alpha: 0.75, dash: [3 + 2 * pin, 3], points: { show: false }, spanGaps: true };
        }),
      ],
      hooks: { draw: [(self) => drawCursors(self, cursors(), tokens, plot.unit)] },
    },
    data,
    host,
  );
  chart.over.addEventListener('click', (event) => {
    // A drag has zoomed; its end is no click.
    if (chart.select.width > 3) return;
    const x = chart.posToVal(event.offsetX, 'x');
    moved(event.shiftKey ? { ...cursors(), b: x } : { ...cursors(), a: x });
  });
  host.onkeydown = (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    event.stopPropagation();
    const name = event.shiftKey ? 'b' : 'a';
    const from = cursors()[name];
    const at = from === null ? chart.over.clientWidth / 2 : chart.valToPos(from, 'x');
    const next = Math.min(chart.over.clientWidth, Math.max(0, at + (event.key === 'ArrowRight' ? 4 : -4)));
    moved({ ...cursors(), [name]: chart.posToVal(next, 'x') });
  };
  const resize = () => chart.setSize({ width: Math.max(120, host.clientWidth), height: HEIGHT });
  const observer = new ResizeObserver(resize);
  observer.observe(host);

  function readout({ a, b }: Cursors): void {
    chart.redraw(false);
    const own = traces.filter((trace) => trace.pin === 0);
    const at = (trace: Trace, x: number | null) => (x === null ? Number.NaN : valueAt(trace, x, logarithmic));
    const cells = (name: string, first: string, second: string, difference: string) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, name),
        ...[first, second, difference].map((text) => element('td', { className: 'number' }, text)),
      );
    // What is left of rounding is nothing to read.
    const quantity = (x: number) => formatQuantity(Math.abs(x) < 1e-12 && plot.unit === 'dB' ? 0 : x, plot.unit);
    const span = a === null || b === null ? Number.NaN : b - a;
    const apart =
      logarithmic && a !== null && b !== null
        ? `${Math.log10(b / a).toFixed(2)} dec`
        : plot.axis === 'time' && span
          ? `${formatQuantity(span, 's')} (${formatQuantity(1 / Math.abs(span), 'Hz')})`
          : formatQuantity(span, xUnit);
    table.replaceChildren(
      element('thead', {}, element('tr', {}, ...['', 'A', 'B', 'B − A'].map((text) => element('th', { scope: 'col' }, text)))),
      element(
        'tbody',
        {},
        cells(plot.axis, formatQuantity(a ?? Number.NaN, xUnit), formatQuantity(b ?? Number.NaN, xUnit), apart),
        ...own.map((trace) => {
          const row = cells(trace.name, quantity(at(trace, a)), quantity(at(trace, b)), quantity(at(trace, b) - at(trace, a)));
          (row.firstElementChild as HTMLElement).style.setProperty('--mark', seriesStyle(theme, trace.style).color);
          return row;
        }),
      ),
    );
  }
  readout(cursors());
  return {
    root,
    readout,
    destroy() {
      observer.disconnect();
      chart.destroy();
    },
  };
}

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);

/** Every decade that is shown, or every third where there are many: all nine lines of each would be a fence. */
function decades(_: uPlot, __: number, low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = last - first > 7 ? 3 : 1;
  const splits: number[] = [];
  for (let exponent = Math.ceil(first / stride) * stride; exponent <= last; exponent += stride) splits.push(10 ** exponent);
  return splits;
}

/** A solid, B dashed, each with its letter; and the line at 0 dB or the like. */
function drawCursors(plot: uPlot, { a, b }: Cursors, tokens: Tokens, unit: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  if (unit === 'dB') {
    const y = Math.round(plot.valToPos(0, 'y', true)) + 0.5;
    if (y > bbox.top && y < bbox.top + bbox.height) {
      ctx.strokeStyle = tokens.dim;
      line(ctx, bbox.left, y, bbox.left + bbox.width, y);
    }
  }
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const [letter, x] of [
    ['A', a],
    ['B', b],
  ] as const) {
    if (x === null) continue;
    const at = Math.round(plot.valToPos(x, 'x', true)) + 0.5;
    if (!(at >= bbox.left && at <= bbox.left + bbox.width)) continue;
    ctx.strokeStyle = tokens.text;
    ctx.fillStyle = tokens.text;
    ctx.setLineDash(letter === 'A' ? [] : [4 * ratio, 3 * ratio]);
    line(ctx, at, bbox.top, at, bbox.top + bbox.height);
    ctx.fillText(letter, at + 4 * ratio, bbox.top + 11 * ratio);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
