/** What became of each plug-in: those that failed first, with the reason. */
import type { PluginReport } from '../../engine/api/plugin';
import { element } from '../shell/dom';

export function createPluginTable(plugins: readonly PluginReport[]): HTMLElement {
  if (plugins.length === 0) return element('p', { className: 'hint' }, 'This engine says nothing of its plug-ins.');
  const sorted = [...plugins].sort(
    (a, b) => Number(a.state === 'ready') - Number(b.state === 'ready') || a.id.localeCompare(b.id),
  );
  return element(
    'table',
    { className: 'plain-table plugin-table' },
    element('caption', { className: 'visually-hidden' }, 'Plug-ins'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...['Plug-in', 'State', 'Version', 'Brings', 'Needs'].map((text) => element('th', { scope: 'col' }, text)),
      ),
    ),
    element('tbody', {}, ...sorted.map(createRow)),
  );
}

function createRow({ id, title, version, requires, state, reason, brings }: PluginReport): HTMLElement {
  return element(
    'tr',
    { dataset: { plugin: id, state } },
    element('th', { scope: 'row' }, title || id, element('code', {}, id)),
    element('td', { className: 'plugin-state' }, state === 'ready' ? 'ready' : `failed: ${reason}`),
    element('td', {}, version),
    element('td', {}, brings.join(', ')),
    element('td', {}, requires.join(', ')),
  );
}
