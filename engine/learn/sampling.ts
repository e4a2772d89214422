import type { PackedBatch } from '../model/packed-batch';
import {
  add,
  floor,
  type Graph,
  gatherElements,
  gatherRows,
  less,
  mul,
  select,
  sliceColumns,
  sliceRows,
  type Tensor,
  type Variable,
  VariableGroup,
} from '../tensor';
import { fieldRows, fieldTriples, type PoolField, type ReplayPool, type TransitionTensors } from './replay-pool';

/** Seed and step of the random numbers drawn on the device, shared by all plans of an agent. */
export function createRandomState(seed: number): { readonly group: VariableGroup; readonly variable: Variable } {
  const group = new VariableGroup('random');
  const variable = group.add('state', 1, 4, (target) => {
    target[0] = seed & 0xffff;
    target[1] = (seed >>> 16) & 0xffff;
  });
  return { group, variable };
}

/** Ends a plan: the next replay draws other numbers. */
export function advanceRandomState(graph: Graph, state: Variable): void {
  graph.assign(state, add(graph.variable(state), graph.constant([0, 0, 1, 0], 1, 4)));
}

/**
 * Draws a slot for every sequence: from the real buffer with probability `realRatio`, else from the synthetic one
 * (from the real one while that is empty).
 * @param realRatio one for all, or one a circuit: [circuits, 1]
 * @param filled [circuits, 2] transitions in the real and in the synthetic buffer
 */
export function sampleSlots(
  graph: Graph,
  pool: ReplayPool,
  batch: PackedBatch,
  random: Variable,
  filled: Tensor,
  realRatio: Tensor,
): Tensor {
  const n = batch.sequences;
  const draws = graph.random('uniform', 2 * n, 1, random);
  const perSequence = gatherRows(filled, batch.circuitOfSequence);
  const real = sliceColumns(perSequence, 0, 1);
  const synthetic = sliceColumns(perSequence, 1, 2);
  const ratio = realRatio.rows === 1 ? realRatio : gatherRows(realRatio, batch.circuitOfSequence);
  const useSynthetic = mul(less(ratio, sliceRows(draws, 0, n)), less(0, synthetic));
  const place = sliceRows(draws, n, 2 * n);
  return select(useSynthetic, add(floor(mul(place, synthetic)), pool.realCapacity), floor(mul(place, real)));
}

/** Reads fields of the transitions in `slots` with one gather. */
export function gatherTransitions<F extends PoolField>(
  graph: Graph,
  pool: ReplayPool,
  batch: PackedBatch,
  slots: Tensor,
  fields: readonly F[],
): Pick<TransitionTensors, F> {
  const parts = fields.map((field) => fieldTriples(pool, batch, field));
  const triples = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    triples.set(part, at);
    at += part.length;
  }
  const all = gatherElements(graph.variable(pool.group.get('pool')), slots, triples);
  const result: Partial<Record<PoolField, Tensor>> = {};
  let row = 0;
  for (const field of fields) {
    const rows = fieldRows(batch, field);
    result[field] = sliceRows(all, row, row + rows);
    row += rows;
  }
  return result as Pick<TransitionTensors, F>;
}
