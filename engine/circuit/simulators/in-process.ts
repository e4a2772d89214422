import type { CircuitDefinition, Evaluation, Simulator } from '../../api/circuit';
import { messageOf, OhmbaError } from '../../base';
import { checkCircuit } from '../check-circuit';
import type { DeckCompiler } from '../deck/compile-deck';
import { deckDefinition } from '../deck/deck-definition';
import { failedEvaluation, readEvaluation } from '../read-evaluation';
import { createDeckRunner } from './deck-runner';
import { EngineDied, startEngine } from './eecircuit';
import { createTally } from './statistics';

/**
 * ngspice in this very thread: for a single evaluation, for tests and for the check of pruning. It has no time-out,
 * since nothing could end it; everything else uses a pool.
 */
export async function createInProcessSimulator(now: () => number, models: 'pruned' | 'whole' = 'pruned'): Promise<Simulator> {
  let runner = createDeckRunner(await startEngine());
  const circuits = new Map<string, CircuitDefinition>();
  const compilers = new Map<string, DeckCompiler>();
  const tally = createTally();
  let tail: Promise<unknown> = Promise.resolve();

  async function evaluate(circuit: CircuitDefinition, parameters: Float64Array, detail: boolean): Promise<Evaluation> {
    const begin = now();
    try {
      const compiler = compilers.get(circuit.id) ?? runner.compiler(deckDefinition(circuit));
      compilers.set(circuit.id, compiler);
      const run = await runner.run(compiler, parameters, models);
      return readEvaluation(circuit, parameters, { ...run, milliseconds: now() - begin }, detail);
    } catch (thrown) {
      if (!(thrown instanceof OhmbaError)) {
        runner = createDeckRunner(await startEngine());
        compilers.clear();
        tally.replaced++;
      }
      const failure = thrown instanceof OhmbaError || thrown instanceof EngineDied ? 'bad-netlist' : 'engine-died';
      return failedEvaluation(circuit, failure, messageOf(thrown), now() - begin);
    }
  }

  return {
    kind: 'ngspice-wasm',
    description: 'ngspice 45 in WebAssembly, in this thread',
    capacity: 1,
    register(circuit) {
      checkCircuit(circuit);
      circuits.set(circuit.id, circuit);
      compilers.delete(circuit.id);
    },
    evaluate({ circuitId, parameters, detail = false }) {
      const circuit = registered(circuits, circuitId);
      const evaluation = tail.then(() => evaluate(circuit, parameters, detail));
      tail = evaluation;
      return evaluation.then((result) => {
        tally.count(result);
        return result;
      });
    },
    statistics: () => tally.read(0, 0),
    onEvent: () => () => {},
    dispose: async () => {},
  };
}

/** @throws OhmbaError if the circuit was never registered */
export function registered(circuits: ReadonlyMap<string, CircuitDefinition>, id: string): CircuitDefinition {
  const circuit = circuits.get(id);
  if (circuit) return circuit;
  throw new OhmbaError({
    what: `the circuit "${id}" was never registered with the simulator`,
    expected: circuits.size > 0 ? `one of ${[...circuits.keys()].join(', ')}` : 'a registered circuit',
    todo: 'call register first',
  });
}
