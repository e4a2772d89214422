import type { PackedBatch } from '../model/packed-batch';
import { add, type Graph, gatherRows, less, mul, select, sliceRows, sub, type Tensor, type Variable } from '../tensor';
import type { SpecTensors } from './score';

/**
 * Targets for a training batch. A transition is worth the same whatever it was made for, so each sequence draws its
 * target anew: the benchmark target, a random one from the range, or what its next point reached (hindsight).
 * @returns normalised targets, [specRows, 1]
 */
export function sampleGoals(
  graph: Graph,
  batch: PackedBatch,
  specs: SpecTensors,
  achieved: Tensor | null,
  random: Variable,
  shares: { readonly fromRange: number; readonly inHindsight: number },
): Tensor {
  const draws = graph.random('uniform', batch.sequences + batch.specRows, 1, random);
  const kind = gatherRows(sliceRows(draws, 0, batch.sequences), batch.sequenceOfSpec);
  const place = sliceRows(draws, batch.sequences, batch.sequences + batch.specRows);
  const fromRange = add(specs.easy, mul(place, sub(specs.hard, specs.easy)));
  const drawn = select(less(kind, shares.fromRange), fromRange, specs.benchmark);
  if (!achieved || shares.inHindsight === 0) return drawn;
  return select(less(1 - shares.inHindsight, kind), achieved, drawn);
}
