import type { CircuitInfo, Evaluation } from '../api';
import type { World } from '../ecs';
import { Counts, type Transition } from './resources';

/**
 * Counts what a simulation took: its calls of the simulator, whoever made them, and how it failed.
 * @returns place of the last call among all of the run, from 1
 */
export function countCall(world: World, circuit: CircuitInfo, evaluation: Evaluation, phase: Transition['phase']): number {
  const counts = world.resource(Counts);
  const count = counts.circuits[circuit.index]!;
  const { calls = 1 } = evaluation;
  counts[phase] += calls;
  count[phase] += calls;
  if (!isValid(evaluation)) count.failures++;
  if (evaluation.failure === 'time-out') count.timedOut++;
  return counts.training + counts.evaluation;
}

/** Whether measures may be trusted. */
export function isValid({ valid, failure }: Evaluation): boolean {
  return valid && failure === null;
}
