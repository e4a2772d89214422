/** The toolbar: which circuit, what colour says, how many points, which view; and the legend. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { createChoice } from '../shell/choice';
import { element } from '../shell/dom';
import type { Studio } from '../shell/scene';
import type { Look } from '../shell/view-state';
import { legendNodes } from './legend';
import type { ExplorationLook, Top, ViewName } from './look';
import { VIEWS } from './look';
import type { LegendEntry, TintName } from './tint';
import { TINTS } from './tint';

export function createControls(studio: Studio, setLook: (change: Look) => void) {
  const circuit = element('select', { ariaLabel: 'Circuit', onchange: () => studio.circuit.set(circuit.value) });
  const across = element('select', { ariaLabel: 'Trade-off: measure across', onchange: () => setLook({ across: across.value }) });
  const up = element('select', { ariaLabel: 'Trade-off: measure up', onchange: () => setLook({ up: up.value }) });
  const tint = createChoice<TintName>('Colour by', TINTS, (colour) => setLook({ colour }));
  const top = createChoice<Top>('How many', { 0: 'All', 10: 'Best 10', 100: '100', 1000: '1000' }, (chosen) =>
    setLook({ top: chosen }),
  );
  const show = createChoice<ViewName>('View', VIEWS, (chosen) => setLook({ show: chosen }));
  const count = element('span', { className: 'exploration-count' });
  const clear = element('button', { type: 'button', title: 'Let all brushes go (X)' }, 'Clear brushes');
  const legend = element('div', { className: 'exploration-legend' });
  const root = element(
    'div',
    { className: 'exploration-head' },
    element(
      'div',
      { className: 'toolbar' },
      circuit,
      show.root,
      tint.root,
      top.root,
      element('span', {}, across, ' × ', up),
      count,
      clear,
    ),
    legend,
  );
  let written = '';

  function fill(info: CircuitInfo, circuits: readonly CircuitInfo[], entries: readonly LegendEntry[]): void {
    circuit.replaceChildren(...circuits.map(({ id, title }) => element('option', { value: id }, title)));
    for (const select of [across, up]) {
      select.replaceChildren(...info.specs.map(({ name, title }) => element('option', { value: name }, title)));
    }
    legend.replaceChildren(...legendNodes(entries));
  }

  return {
    root,
    count,
    clear,
    show(look: ExplorationLook, info: CircuitInfo, entries: readonly LegendEntry[]) {
      const circuits = studio.catalogue.value?.circuits ?? [];
      const text = JSON.stringify([look, info.id, circuits.map(({ id }) => id), entries]);
      clear.hidden = !studio.brushes.value.some((brush) => brush.circuit === info.id);
      if (text === written) return;
      written = text;
      fill(info, circuits, entries);
      circuit.value = info.id;
      circuit.hidden = circuits.length < 2;
      across.value = info.specs[look.across].name;
      up.value = info.specs[look.up].name;
      tint.show(look.tint);
      top.show(look.top);
      show.show(look.show);
    },
  };
}
