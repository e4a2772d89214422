/** How far a measure is from its target: the same formulas for the reward, the networks and whoever looks. Ours, not the paper's. */
import type { SpecDefinition } from './circuit';

/** (x - g) / (x + g) = tanh(0.5 ln(x / g)) for positive measures: -1 … 1, 0 at the target; larger is more. */
export function logDifference(measure: number, target: number): number {
  if (measure === Number.POSITIVE_INFINITY) return 1;
  const sum = measure + target;
  return sum > 0 ? (measure - target) / sum : 0;
}

/** (x - g) / (|x| + |g|), for measures that may be negative. */
export function linearDifference(measure: number, target: number): number {
  if (!Number.isFinite(measure)) return measure > 0 ? 1 : -1;
  const sum = Math.abs(measure) + Math.abs(target);
  return sum > 0 ? (measure - target) / sum : 0;
}

/**
 * The normalised distance to one spec: negative by how far it is missed, 0 or more where it holds, within [-1, 1].
 * A missing measure is -1.
 */
export function distanceToSpec(spec: SpecDefinition, measure: number, target: number): number {
  if (Number.isNaN(measure)) return -1;
  const { scale, floor = 0 } = spec.transform;
  const difference =
    scale === 'log' ? logDifference(Math.max(floor, measure), Math.max(floor, target)) : linearDifference(measure, target);
  return spec.direction === 'at-least' ? difference : -difference;
}
