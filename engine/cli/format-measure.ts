import type { SpecDefinition } from '../api/circuit';
import { formatQuantity } from '../base';

const MOST_DIGITS = 12;

/** A measure beside its target: with as many digits as show that it misses, where it does. */
export function formatMeasure(
  { unit, direction, target }: Pick<SpecDefinition, 'unit' | 'direction' | 'target'>,
  value: number,
  digits = 3,
): string {
  const missed = direction === 'at-least' ? value < target : value > target;
  let shown = digits;
  while (missed && shown < MOST_DIGITS && formatQuantity(value, unit, shown) === formatQuantity(target, unit, shown)) shown++;
  return formatQuantity(value, unit, shown);
}
