/** What is known of a point, in words, beside the pointer. */

import type { CircuitInfo } from '../../engine/api/circuit-info';
import { distanceToSpec } from '../../engine/api/distance';
import { fromZ } from '../../engine/api/measure-transform';
import { formatCount, formatMeasure, formatQuantity, formatReward } from '../format/engineering';
import { element } from '../shell/dom';
import type { PointColumns } from '../store/points';
import { ORIGINS } from './tint';

interface Area {
  readonly width: number;
  readonly height: number;
}

export interface Tooltip {
  readonly root: HTMLElement;
  /** `x`, `y`: place within `area`, CSS pixels. */
  show(info: CircuitInfo, points: PointColumns, row: number, x: number, y: number, area: Area): void;
  hide(): void;
}

export function describePoint(
  points: Pick<PointColumns, 'first' | 'origin' | 'origins' | 'met' | 'valid' | 'reward' | 'episode' | 'step'>,
  row: number,
): string {
  const origin = points.origins[points.origin[row]];
  const state = points.met[row]
    ? 'all targets met'
    : points.valid[row]
      ? `reward ${formatReward(points.reward[row])}`
      : 'invalid';
  return `Point ${formatCount(points.first + row)} · ${state} · ${ORIGINS[origin] ?? origin}, episode ${points.episode[row]} step ${points.step[row]}`;
}

export function createTooltip(): Tooltip {
  const root = element('div', { className: 'point-tip', hidden: true, role: 'tooltip' });
  let shown = '';

  function tell(info: CircuitInfo, points: PointColumns, row: number): void {
    const S = info.specs.length;
    const rows = info.specs.map((spec, s) => {
      const measure = points.measures[row * S + s];
      const distance = distanceToSpec(spec, points.valid[row] ? measure : Number.NaN, spec.target);
      const predicted = points.predicted[row * S + s];
      const told = Number.isNaN(predicted) ? '' : formatQuantity(fromZ(spec.transform, predicted), spec.unit);
      const line = element(
        'tr',
        { dataset: { state: distance >= 0 ? 'hold' : 'miss' } },
        element('th', { scope: 'row' }, `${distance >= 0 ? '✓' : '✗'} ${spec.title}`),
        element('td', {}, formatMeasure(measure, distance, spec)),
        element(
          'td',
          { className: 'dim' },
          `${spec.direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(spec.target, spec.unit)}`,
        ),
        element('td', { className: 'dim' }, told),
      );
      return line;
    });
    const head = ['', 'measured', 'target', 'imagined'].map((text) => element('th', { scope: 'col' }, text));
    root.replaceChildren(
      element('p', {}, describePoint(points, row)),
      element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
    );
  }

  return {
    root,
    show(info, points, row, x, y, { width, height }) {
      const point = `${info.id} ${points.first + row}`;
      if (point !== shown) tell(info, points, row);
      shown = point;
      root.hidden = false;
      // On the side where there is more room: so it need not be measured, which costs a layout at every move.
      const [left, above] = [x > width / 2, y > height / 2];
      root.style.left = left ? '' : `${x + 18}px`;
      root.style.right = left ? `${width - x + 18}px` : '';
      root.style.top = above ? '' : `${y + 14}px`;
      root.style.bottom = above ? `${height - y + 14}px` : '';
    },
    hide() {
      root.hidden = true;
    },
  };
}
