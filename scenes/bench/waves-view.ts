/** All plots of the results on the bench: which traces are shown, pins under them, two cursors for each kind of axis. */
import type { AnalysisResults } from '../../engine/api/circuit';
import { element } from '../shell/dom';
import type { Studio } from '../shell/scene';
import type { Cursors, DrawnTrace, WavePlot } from './wave-plot';
import { createWavePlot } from './wave-plot';
import type { Plot } from './waves';
import { plotsOf, unityCrossing } from './waves';

export interface WavesView {
  readonly root: HTMLElement;
  /** The plots of the present result. */
  plots(): readonly Plot[];
  show(present: AnalysisResults | null, pinned: readonly AnalysisResults[]): void;
  destroy(): void;
}

/** Traces of a plot that are shown at first: what is on nodes; currents and device values on request. */
const FIRST_TRACES = 4;

export function createWavesView(studio: Studio): WavesView {
  const root = element('div', { className: 'waves' });
  /** By the plot's axis, so that magnitude and phase share theirs. */
  const cursors = new Map<string, Cursors>();
  const hidden = new Map<string, Set<string>>();
  const mounted: { readonly key: string; readonly plot: WavePlot }[] = [];
  let last: { readonly present: AnalysisResults | null; readonly pinned: readonly AnalysisResults[] } = {
    present: null,
    pinned: [],
  };
  let plots: readonly Plot[] = [];

  /** Plots of one analysis share their cursors. */
  const keyOf = (plot: Plot) => `${plot.axis}/${plot.id.replace(/-(magnitude|phase|\d+)$/, '')}`;

  function destroyPlots(): void {
    for (const { plot } of mounted.splice(0)) plot.destroy();
  }

  function show(present: AnalysisResults | null, pinned: readonly AnalysisResults[]): void {
    last = { present, pinned };
    destroyPlots();
    plots = present ? plotsOf(present) : [];
    const pins = pinned.map(plotsOf);
    root.replaceChildren(...plots.map((plot) => build(plot, pins)));
  }

  function build(plot: Plot, pins: readonly (readonly Plot[])[]): HTMLElement {
    const key = keyOf(plot);
    const off = hidden.get(plot.id) ?? new Set(plot.traces.slice(FIRST_TRACES).map(({ name }) => name));
    hidden.set(plot.id, off);
    const shown = plot.traces.flatMap(({ name }, style) => (off.has(name) ? [] : [{ name, style }]));
    const drawn = [plot, ...pins.map((own) => own.find(({ id }) => id === plot.id))].flatMap((own, pin): DrawnTrace[] =>
      shown.flatMap(({ name, style }) => {
        const trace = own?.traces.find((one) => one.name === name);
        return trace ? [{ ...trace, style, pin }] : [];
      }),
    );
    if (!cursors.has(key))
      cursors.set(key, { a: plot.unit === 'dB' && plot.traces[0] ? unityCrossing(plot.traces[0]) : null, b: null });
    const own = createWavePlot(
      plot,
      drawn,
      studio.palette.value.tokens,
      () => cursors.get(key) ?? { a: null, b: null },
      (next) => {
        cursors.set(key, next);
        for (const other of mounted) if (other.key === key) other.plot.readout(next);
      },
    );
    mounted.push({ key, plot: own });
    if (plot.traces.length > 1) own.root.prepend(createToggles(plot, off));
    return own.root;
  }

  function createToggles(plot: Plot, off: Set<string>): HTMLElement {
    return element(
      'div',
      { className: 'trace-toggles', role: 'group', ariaLabel: `Traces of ${plot.title}` },
      ...plot.traces.map(({ name }) =>
        element(
          'button',
          {
            type: 'button',
            ariaPressed: String(!off.has(name)),
            onclick: () => {
              if (off.has(name)) off.delete(name);
              else if (off.size < plot.traces.length - 1) off.add(name);
              show(last.present, last.pinned);
            },
          },
          name,
        ),
      ),
    );
  }

  return { root, plots: () => plots, show, destroy: destroyPlots };
}
