import type { CircuitDefinition, Simulator } from '../api/circuit';
import { sizingToPhysical, sizingToUnit } from '../api/parameter-space';
import { RandomStream } from '../base';
import { score } from './reward';
import { evaluateSizings, type Sample } from './sampling';

export interface WitnessSearch {
  readonly targets: ArrayLike<number>;
  readonly start: ArrayLike<number>;
  readonly seed: number;
  /** Evaluations at most. */
  readonly budget: number;
}

const OFFSPRING = 8;
const FIRST_SPREAD = 0.15;
const LAST_SPREAD = 1e-4;

/**
 * Looks for a sizing that meets targets: an evolution strategy with one parent and Rechenberg's one-fifth rule. It is
 * there to prove that a target can be met, not to be fast.
 * @returns the best sizing found, whether it meets the targets or not, and what that took
 */
export async function searchWitness(
  circuit: CircuitDefinition,
  simulator: Simulator,
  { targets, start, seed, budget }: WitnessSearch,
): Promise<{ readonly best: Sample; readonly met: boolean; readonly evaluations: number }> {
  const random = new RandomStream(seed).split(`${circuit.id} witness`);
  const value = ({ evaluation }: Sample) => score(circuit.specs, evaluation.measures, evaluation.valid, targets);
  let [best] = (await evaluateSizings(circuit, simulator, [Float64Array.from(start)])) as [Sample];
  let evaluations = 1;
  let spread = FIRST_SPREAD;
  while (!value(best).met && evaluations < budget) {
    const center = sizingToUnit(circuit.parameters, best.parameters);
    const sizings = Array.from({ length: OFFSPRING }, () =>
      sizingToPhysical(
        circuit.parameters,
        [...center].map((u) => u + spread * random.normal()),
      ),
    );
    const offspring = await evaluateSizings(circuit, simulator, sizings);
    evaluations += OFFSPRING;
    const better = offspring.filter((sample) => value(sample).reward > value(best).reward);
    for (const sample of better) if (value(sample).reward > value(best).reward) best = sample;
    spread *= better.length > OFFSPRING / 5 ? 1.4 : 0.85;
    // Stuck: look around widely again.
    if (spread < LAST_SPREAD) spread = FIRST_SPREAD;
  }
  return { best, met: value(best).met, evaluations };
}
