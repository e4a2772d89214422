/** The phases of a tick in their order, as long as they took: a strip to see, a table to read. */
import { PHASES } from '../../engine/api/phases';
import { formatPercent } from '../format/engineering';
import { element, setText } from '../shell/dom';

export function createPhaseStrip() {
  const parts = PHASES.map((name, i) =>
    element('i', { title: name, dataset: { phase: String(i % 4) } }, element('span', {}, name)),
  );
  const rows = PHASES.map((name, i) => {
    const cells = [element('td', { className: 'number' }), element('td', { className: 'number' })];
    const root = element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('i', { className: 'phase-key', dataset: { phase: String(i % 4) } }), name),
      ...cells,
    );
    return { root, cells };
  });
  const table = element(
    'table',
    { className: 'phase-table' },
    element('caption', { className: 'visually-hidden' }, 'Milliseconds of each phase'),
    element('thead', {}, element('tr', {}, ...['Phase', 'ms', 'Share'].map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...rows.map((row) => row.root)),
  );
  return {
    strip: element('div', { className: 'phase-strip', ariaHidden: 'true' }, ...parts),
    table,
    show(phases: Readonly<Record<string, number>>): void {
      const total = PHASES.reduce((sum, name) => sum + (phases[name] ?? 0), 0);
      PHASES.forEach((name, i) => {
        const milliseconds = phases[name] ?? 0;
        parts[i].style.flexGrow = String(milliseconds / Math.max(total, 1e-9));
        parts[i].title = `${name}: ${milliseconds.toFixed(1)} ms`;
        setText(rows[i].cells[0], milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0));
        setText(rows[i].cells[1], formatPercent(milliseconds / Math.max(total, 1e-9)));
      });
    },
  };
}
