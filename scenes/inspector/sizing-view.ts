/** A sizing and what was measured of it, as two tables: the same for environments and for points. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { positionInRange } from '../format/distance';
import { formatQuantity } from '../format/engineering';
import { element, setText } from '../shell/dom';
import { createSpecRows } from '../shell/spec-rows';
import type { Subject } from './subject';

export interface SizingView {
  readonly nodes: readonly Node[];
  show(subject: Subject): void;
}

export function createSizingView(info: CircuitInfo): SizingView {
  const summary = element('p', { className: 'circuit-counts' });
  const specs = createSpecRows(info, 'Measured');
  const sizes = info.parameters.map((parameter) => {
    const value = element('td', { className: 'number' });
    const mark = element('i', { className: 'range-mark' });
    const range = `${formatQuantity(parameter.minimum, parameter.unit)} to ${formatQuantity(parameter.maximum, parameter.unit)}, ${parameter.scale}`;
    const bar = element('span', { className: 'range-bar', title: range, ariaHidden: 'true' }, mark);
    const name = element(
      'th',
      { scope: 'row', title: parameter.title },
      element('code', {}, parameter.name),
      ` ${parameter.title}`,
    );
    return { value, mark, root: element('tr', {}, name, value, element('td', { className: 'spec-cell' }, bar)) };
  });
  const sizing = element(
    'table',
    { className: 'specs' },
    element('caption', { className: 'visually-hidden' }, 'Sizing'),
    element(
      'thead',
      {},
      element('tr', {}, ...['Parameter', 'Value', 'In range'].map((text) => element('th', { scope: 'col' }, text))),
    ),
    element('tbody', {}, ...sizes.map((size) => size.root)),
  );
  return {
    nodes: [summary, specs.root, sizing],
    show({ summary: text, parameters, rows }) {
      setText(summary, text);
      specs.show(rows);
      info.parameters.forEach((parameter, p) => {
        setText(sizes[p].value, formatQuantity(parameters[p], parameter.unit));
        const place = positionInRange(parameters[p], parameter.minimum, parameter.maximum, parameter.scale);
        sizes[p].mark.style.left = `${100 * place}%`;
      });
    },
  };
}
