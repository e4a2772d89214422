import type { StateTensors } from '../model/actor-critic';
import type { PackedBatch } from '../model/packed-batch';
import { gatherRows, mul, type Tensor } from '../tensor';
import { type SpecTensors, violations } from './score';

/**
 * What policy and critics are told of a state. An invalid sizing has no measures: theirs, and what they miss, stand as 0.
 *
 * @param known sizing [parameterRows, 1], measures and goal [specRows, 1], validity [sequences, 1]
 * @param violation [specRows, 1], where it is needed elsewhere as well
 */
export function stateTensors(
  batch: PackedBatch,
  specs: SpecTensors,
  { u, z, goal, valid }: Omit<StateTensors, 'violation'>,
  violation: Tensor = violations(specs, z, goal),
): StateTensors {
  const known = gatherRows(valid, batch.sequenceOfSpec);
  return { u, z: mul(z, known), goal, violation: mul(violation, known), valid };
}
