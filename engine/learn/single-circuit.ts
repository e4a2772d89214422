import { type PackedBatch, packBatch } from '../model/packed-batch';
import type { Graph, Tensor } from '../tensor';
import type { LearningState } from './networks';

/** A batch of `count` sequences of one circuit and none of the others. */
export function packCircuit({ circuits }: LearningState, circuit: number, count: number): PackedBatch {
  return packBatch(
    circuits,
    circuits.map((_, c) => (c === circuit ? count : 0)),
  );
}

/**
 * Where a circuit stands in a batch once for each of its parameters: 1 at copy a's action a, 0 elsewhere, [P · P, 1]. Times the
 * actions and summed up, one backward pass gives what moves each of them.
 */
export function ownActions(graph: Graph, parameters: number): Tensor {
  const own = Float32Array.from({ length: parameters * parameters }, (_, row) =>
    Math.floor(row / parameters) === row % parameters ? 1 : 0,
  );
  return graph.constant(own, parameters * parameters, 1);
}
