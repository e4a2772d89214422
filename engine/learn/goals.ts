import type { PackedBatch } from '../model/packed-batch';
import { add, type Graph, gatherRows, less, mul, select, sliceRows, sub, type Tensor, type Variable } from '../tensor';
import { type SpecTensors, withMargin } from './score';

/** Shares of the goals, and by how much of violation those that somebody sets are moved beyond themselves. */
export interface GoalShares {
  readonly fromRange: number;
  readonly inHindsight: number;
  readonly margin: number;
}

/**
 * Goals for a training batch. A transition is worth the same whatever it was made for, so each sequence draws its
 * goal anew: the benchmark target or a random one from the range, moved by the margin; or exactly what its next point reached
 * (hindsight), so that the transition is one that met its goal.
 * @returns normalised goals, [specRows, 1]
 */
export function sampleGoals(
  graph: Graph,
  batch: PackedBatch,
  specs: SpecTensors,
  achieved: Tensor | null,
  random: Variable,
  { fromRange, inHindsight, margin }: GoalShares,
): Tensor {
  const draws = graph.random('uniform', batch.sequences + batch.specRows, 1, random);
  const kind = gatherRows(sliceRows(draws, 0, batch.sequences), batch.sequenceOfSpec);
  const place = sliceRows(draws, batch.sequences, batch.sequences + batch.specRows);
  const inRange = add(specs.easy, mul(place, sub(specs.hard, specs.easy)));
  const set = withMargin(specs, select(less(kind, fromRange), inRange, specs.benchmark), margin);
  if (!achieved || inHindsight === 0) return set;
  return select(less(1 - inHindsight, kind), achieved, set);
}
