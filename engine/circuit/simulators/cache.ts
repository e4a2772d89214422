import type { CircuitDefinition, Evaluation, Simulator } from '../../api/circuit';
import { ContentHash } from '../../base';
import { registered } from './in-process';

/** Evaluations kept; each is a few hundred bytes. */
const CAPACITY = 8192;

/** Outcomes of the machine, not of the circuit: asked again, they may differ. */
const PASSING: readonly unknown[] = ['time-out', 'engine-died'];

/**
 * A simulator that remembers results by content: the circuit's whole declaration (models and conditions included) and the
 * sizing. The longest unused go first. What was asked for with waveforms is not kept, and always simulated.
 */
export function cachedSimulator(simulator: Simulator, capacity = CAPACITY): Simulator {
  const contents = new Map<string, string>();
  const circuits = new Map<string, CircuitDefinition>();
  const known = new Map<string, Evaluation>();
  let hits = 0;
  return {
    ...simulator,
    register(circuit) {
      simulator.register(circuit);
      circuits.set(circuit.id, circuit);
      contents.set(circuit.id, contentOf(circuit));
    },
    async evaluate(request) {
      const { circuitId, parameters, detail = false } = request;
      registered(circuits, circuitId);
      const key = `${contents.get(circuitId)} ${parameters.join()}`;
      const before = known.get(key);
      if (before && !detail) {
        hits++;
        known.delete(key);
        known.set(key, before);
        return { ...before, measures: before.measures.slice(), milliseconds: 0 };
      }
      const evaluation = await simulator.evaluate(request);
      if (!PASSING.includes(evaluation.failure)) {
        const { curves: _, ...kept } = evaluation;
        known.set(key, { ...kept, measures: kept.measures.slice() });
        if (known.size > capacity) known.delete(known.keys().next().value!);
      }
      return evaluation;
    },
    statistics: () => ({ ...simulator.statistics(), cacheHits: hits }),
  };
}

/** A hash of everything that decides a result. Functions count by their text. */
function contentOf(circuit: CircuitDefinition): string {
  const text = JSON.stringify(circuit, (_, value: unknown) => (typeof value === 'function' ? String(value) : value));
  return new ContentHash().text(text).digest();
}
