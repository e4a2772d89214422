/** A table of specs: target, measured value, distance bar. The same in every panel, as the wall draws it. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { barPosition } from '../format/distance';
import { formatMeasure, formatQuantity } from '../format/engineering';
import { element, setText } from './dom';

export interface SpecRow {
  readonly target: number;
  readonly measured: number;
  readonly distance: number;
}

/** Place of the target on a bar, in percent of its width; misses get more room than margins. */
const ZERO = 62;

export function createSpecRows(info: CircuitInfo, head: string) {
  const lines = info.specs.map((spec) => {
    const name = element('th', { scope: 'row', title: spec.title }, spec.title);
    const target = element('td', { className: 'number dim' });
    const measured = element('td', { className: 'number' });
    const fill = element('i', { className: 'spec-fill' });
    const bar = element('span', { className: 'spec-bar', ariaHidden: 'true' }, fill, element('i', { className: 'spec-target' }));
    const root = element('tr', {}, name, target, measured, element('td', { className: 'spec-cell' }, bar));
    return { root, name, target, measured, fill };
  });
  const head4 = ['Spec', 'Target', head, 'Distance'].map((title) => element('th', { scope: 'col' }, title));
  const root = element(
    'table',
    { className: 'specs' },
    element('caption', { className: 'visually-hidden' }, `${info.title}: specs`),
    element('thead', {}, element('tr', {}, ...head4)),
    element('tbody', {}, ...lines.map((line) => line.root)),
  );

  function show(rows: readonly SpecRow[]): void {
    const known = rows.filter((row) => !Number.isNaN(row.distance));
    const worst = known.length > 0 ? Math.min(...known.map((row) => row.distance)) : Number.NaN;
    rows.forEach((row, s) => {
      const line = lines[s];
      const spec = info.specs[s];
      setText(line.target, `${spec.direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(row.target, spec.unit)}`);
      setText(line.measured, formatMeasure(row.measured, row.distance, { target: row.target, unit: spec.unit }));
      const state = Number.isNaN(row.distance) ? 'unknown' : row.distance >= 0 ? 'hold' : 'miss';
      line.root.dataset.state = state;
      line.root.dataset.hardest = String(row.distance === worst && worst < 0);
      const place = Number.isNaN(row.distance) ? 0 : barPosition(row.distance);
      const left = place < 0 ? ZERO * (1 + place) : ZERO;
      const width = place < 0 ? -place * ZERO : place * (100 - ZERO);
      line.fill.style.left = `${left}%`;
      line.fill.style.width = `${width}%`;
    });
  }
  return { root, show };
}
