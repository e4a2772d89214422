/** The line over the wall: what is hardest now, and how tiles are grouped, sorted and filtered. */
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import { createChoice } from '../shell/choice';
import { element, setText } from '../shell/dom';
import type { Studio } from '../shell/scene';
import type { Look } from '../shell/view-state';
import type { FilterName, GroupName, SortName, WallLook } from './arrange';
import { FILTERS, GROUPS, SORTS } from './arrange';
import { hardestSpec, openHardest, sentence } from './hardest';

export interface WallToolbar {
  readonly root: HTMLElement;
  show(look: WallLook, catalogue: Catalogue, snapshot: Snapshot, alarms: number): void;
}

export function createToolbar(studio: Studio, setLook: (change: Look) => void): WallToolbar {
  const group = createChoice<GroupName>('Group by', GROUPS, (chosen) => setLook({ group: chosen }));
  const sort = createChoice<SortName>('Sort by', SORTS, (chosen) => setLook({ sort: chosen }));
  const filter = createChoice<FilterName>('Show', FILTERS, (chosen) => setLook({ tiles: chosen }));
  const circuit = element('select', { ariaLabel: 'Circuits', onchange: () => setLook({ only: circuit.value }) });
  const text = element('span', { className: 'hardest-text' });
  const plots = element(
    'button',
    {
      type: 'button',
      className: 'accent',
      title: 'The best sizing so far on the bench, where this spec can be seen',
      onclick: () => openHardest(studio),
    },
    'Show its plots',
  );
  const label = (words: string, ...nodes: readonly Node[]) =>
    element('span', { className: 'toolbar-group' }, element('span', { className: 'dim', ariaHidden: 'true' }, words), ...nodes);
  const root = element(
    'div',
    { className: 'wall-head' },
    element('p', { className: 'hardest', role: 'status' }, text, plots),
    element(
      'div',
      { className: 'toolbar' },
      label('Group', group.root),
      label('Sort', sort.root),
      label('Show', filter.root, circuit),
    ),
  );
  const alarmButton = filter.root.querySelector<HTMLElement>('[data-choice="alarms"]') as HTMLElement;
  let offered = '';
  return {
    root,
    show(look, catalogue, snapshot, alarms) {
      group.show(look.group);
      sort.show(look.sort);
      filter.show(look.filter);
      setText(alarmButton, alarms === 0 ? FILTERS.alarms : `${FILTERS.alarms} ${alarms}`);
      alarmButton.dataset.alarms = String(alarms > 0);
      const circuits = catalogue.circuits.map(({ id, title }) => ({ id, title }));
      if (JSON.stringify(circuits) !== offered) {
        offered = JSON.stringify(circuits);
        circuit.replaceChildren(
          element('option', { value: 'all' }, 'All circuits'),
          ...circuits.map(({ id, title }) => element('option', { value: id }, title)),
        );
      }
      circuit.hidden = circuits.length < 2;
      circuit.value = look.circuit ?? 'all';
      const hardest = hardestSpec(catalogue, snapshot);
      setText(text, sentence(hardest));
      plots.hidden = hardest === null;
    },
  };
}
