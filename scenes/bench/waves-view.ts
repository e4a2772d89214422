/** All plots of the results on the bench: which traces are shown, pins under them, two cursors for each kind of axis. */
import type { AnalysisResults } from '../../engine/api/circuit';
import { element } from '../shell/dom';
import type { Studio } from '../shell/scene';
import { createCursors, cursorKey } from './cursors';
import type { DrawnTrace, WavePlot } from './wave-plot';
import { createWavePlot } from './wave-plot';
import type { Plot } from './waves';
import { plotsOf } from './waves';

export interface WavesView {
  readonly root: HTMLElement;
  /** The plots of the present result. */
  plots(): readonly Plot[];
  /** @param missing said in the place of plots where there are none */
  show(present: AnalysisResults | null, pinned: readonly AnalysisResults[], missing: string): void;
  /** Another circuit: its traces may have the same names, and are others. */
  forget(): void;
  destroy(): void;
}

/** Traces of a plot that are shown at first: what is on nodes; currents and device values on request. */
const FIRST_TRACES = 4;

export function createWavesView(studio: Studio): WavesView {
  const root = element('div', { className: 'waves' });
  const cursors = createCursors();
  const hidden = new Map<string, Set<string>>();
  const mounted: { readonly key: string; readonly plot: WavePlot }[] = [];
  let again = () => {};
  let plots: readonly Plot[] = [];

  function destroyPlots(): void {
    for (const { plot } of mounted.splice(0)) plot.destroy();
  }

  function show(present: AnalysisResults | null, pinned: readonly AnalysisResults[], missing: string): void {
    again = () => show(present, pinned, missing);
    destroyPlots();
    plots = present ? plotsOf(present) : [];
    const pins = pinned.map(plotsOf);
    if (plots.length === 0) root.replaceChildren(element('p', { className: 'hint' }, missing));
    else root.replaceChildren(...plots.map((plot) => build(plot, pins)));
  }

  function build(plot: Plot, pins: readonly (readonly Plot[])[]): HTMLElement {
    const key = cursorKey(plot);
    const off = hidden.get(plot.id) ?? new Set(plot.traces.slice(FIRST_TRACES).map(({ name }) => name));
    hidden.set(plot.id, off);
    const shown = plot.traces.flatMap(({ name }, style) => (off.has(name) ? [] : [{ name, style }]));
    const drawn = [plot, ...pins.map((own) => own.find(({ id }) => id === plot.id))].flatMap((own, pin): DrawnTrace[] =>
      shown.flatMap(({ name, style }) => {
        const trace = own?.traces.find((one) => one.name === name);
        return trace ? [{ ...trace, style, pin }] : [];
      }),
    );
    cursors.follow(plot);
    const own = createWavePlot(
      plot,
      drawn,
      studio.palette.value.tokens,
      () => cursors.at(plot),
      (next) => {
        cursors.move(plot, next);
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
              again();
            },
          },
          name,
        ),
      ),
    );
  }

  function forget(): void {
    cursors.clear();
    hidden.clear();
  }

  return { root, plots: () => plots, show, forget, destroy: destroyPlots };
}
