/**
 * What a simulation is worth. The pure formulas are exported one by one so that a tensor graph can state the same ones
 * over predicted measures; `score` is what everything else calls. Ours, not the paper's.
 */
import type { SpecDefinition } from '../api/circuit';
import { distanceToSpec } from '../api/distance';

export { distanceToSpec, linearDifference, logDifference } from '../api/distance';

/** The reward of a sizing that cannot work, whatever its measures say. */
export const INVALID_REWARD = -1;
/** The reward of a sizing that meets every spec. */
export const MET_REWARD = 1;

export interface Score {
  /** To each spec, [S]; all -1 where invalid. */
  readonly distances: Float32Array;
  /** -1 where invalid, the mean shortfall in [-1, 0] where not met, 1 where met. */
  readonly reward: number;
  readonly met: boolean;
}

/** Reward, distances and whether the targets are met; exactly what holds holds, there is no tolerance. */
export function score(
  specs: readonly SpecDefinition[],
  measures: ArrayLike<number>,
  valid: boolean,
  targets: ArrayLike<number>,
): Score {
  const distances = new Float32Array(specs.length).fill(-1);
  if (!valid) return { distances, reward: INVALID_REWARD, met: false };
  let met = specs.length > 0;
  let shortfall = 0;
  for (const [i, spec] of specs.entries()) {
    const distance = distanceToSpec(spec, measures[i]!, targets[i]!);
    distances[i] = distance;
    shortfall += Math.min(0, distance);
    met &&= spec.direction === 'at-least' ? measures[i]! >= targets[i]! : measures[i]! <= targets[i]!;
  }
  return { distances, reward: met ? MET_REWARD : shortfall / Math.max(1, specs.length), met };
}

/** The circuit's benchmark targets, [S]. */
export function benchmarkTargets(specs: readonly SpecDefinition[]): Float64Array {
  return Float64Array.from(specs, (spec) => spec.target);
}
