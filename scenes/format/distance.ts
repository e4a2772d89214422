/** Where distances and values stand on a bar: the same on the wall and in every table. */

/**
 * Place of a distance on a spec bar, -1 … 1 with the target at 0. A distance is tanh(½ ln(measure/target)) with the
 * sign of "better", so ±0.33 is a factor of two; the square root spreads what lies near the target.
 */
export function barPosition(distance: number): number {
  if (!(distance > -1)) return -1;
  return Math.sign(distance) * Math.sqrt(Math.min(1, Math.abs(distance)));
}

/** Distance at which the measure is off by `factor`. */
export function distanceOfFactor(factor: number): number {
  return (factor - 1) / (factor + 1);
}

/** Place of a physical value in its range, 0 … 1. */
export function positionInRange(value: number, minimum: number, maximum: number, scale: 'log' | 'linear'): number {
  const share =
    scale === 'log' ? Math.log(value / minimum) / Math.log(maximum / minimum) : (value - minimum) / (maximum - minimum);
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

/** The physical value at a place in a range, 0 … 1: the inverse of `positionInRange`. */
export function physicalValue(
  { minimum, maximum, scale }: { readonly minimum: number; readonly maximum: number; readonly scale: 'log' | 'linear' },
  place: number,
): number {
  return scale === 'log' ? minimum * (maximum / minimum) ** place : minimum + (maximum - minimum) * place;
}

/** The worst of an environment's distances; a missing one counts as furthest. */
export function worstDistance(distances: ArrayLike<number>, offset: number, count: number): number {
  let worst = Number.POSITIVE_INFINITY;
  for (let s = 0; s < count; s++) {
    const distance = distances[offset + s];
    worst = Math.min(worst, Number.isNaN(distance) ? -1 : distance);
  }
  return count === 0 ? -1 : worst;
}
