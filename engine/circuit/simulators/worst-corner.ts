import type { CircuitDefinition, Evaluation, Simulator } from '../../api/circuit';
import { benchmarkTargets, score } from '../reward';
import { atCorner, type Corner, cornerTitle } from '../verify/corners';

/** A circuit that asks for corners, and its variants. */
interface Cornered {
  readonly circuit: CircuitDefinition;
  readonly targets: Float64Array;
  readonly corners: readonly { readonly title: string; readonly variant: CircuitDefinition }[];
}

/**
 * A simulator for circuits that are to be sized for their worst corner (`CircuitDefinition.corners`): where the nominal result
 * meets the benchmark target, all corners are simulated too, and each measure is the least favourable of all; a corner that
 * is invalid makes the sizing invalid. Every call is in `Evaluation.calls`. Waveforms are the nominal ones.
 */
export function worstCornerSimulator(simulator: Simulator): Simulator {
  const cornered = new Map<string, Cornered>();
  return {
    ...simulator,
    register(circuit) {
      simulator.register(circuit);
      cornered.delete(circuit.id);
      const corners = cornersOf(circuit).map((corner) => ({ title: corner.title, variant: atCorner(circuit, corner) }));
      if (corners.length === 0) return;
      for (const { variant } of corners) simulator.register(variant);
      cornered.set(circuit.id, { circuit, targets: benchmarkTargets(circuit.specs), corners });
    },
    async evaluate(request) {
      const nominal = await simulator.evaluate(request);
      const asked = cornered.get(request.circuitId);
      if (!asked || !score(asked.circuit.specs, nominal.measures, nominal.valid, asked.targets).met) return nominal;
      const { parameters } = request;
      const others = await Promise.all(
        asked.corners.map(async ({ title, variant }) => ({
          title,
          evaluation: await simulator.evaluate({ circuitId: variant.id, parameters }),
        })),
      );
      return worstOf(asked, nominal, others);
    },
  };
}

function cornersOf({ process, corners = [] }: CircuitDefinition): Corner[] {
  return corners.map(({ section = process.section ?? '', supply = process.supply, temperature = process.temperature }) => ({
    title: cornerTitle(section, supply, temperature),
    section,
    supply,
    temperature,
  }));
}

function worstOf(
  { circuit: { specs } }: Cornered,
  nominal: Evaluation,
  others: readonly { readonly title: string; readonly evaluation: Evaluation }[],
): Evaluation {
  const all = [nominal, ...others.map(({ evaluation }) => evaluation)];
  const cost = {
    calls: all.length,
    milliseconds: all.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  };
  const failed = others.find(({ evaluation }) => !evaluation.valid);
  if (failed) {
    const { failure, failureDetail } = failed.evaluation;
    return { ...nominal, ...cost, valid: false, failure, failureDetail: `at ${failed.title}: ${failureDetail}` };
  }
  const measures = Float64Array.from(specs, ({ direction }, i) => {
    const values = all.map((evaluation) => evaluation.measures[i]!);
    return direction === 'at-least' ? Math.min(...values) : Math.max(...values);
  });
  return { ...nominal, ...cost, measures };
}
