import type { AnalysisResults } from '../../api/circuit';
import { messageOf, OhmbaError } from '../../base';
import type { DeckCompiler } from '../deck/compile-deck';
import type { DeckDefinition } from '../deck/deck-definition';
import { createDeckRunner, type DeckRunner } from './deck-runner';
import { EngineDied, type SpiceEngine, startEngine } from './eecircuit';
import type { FromWorker, Port, ToWorker } from './worker-protocol';

/**
 * The whole of a simulator worker: one engine, one evaluation after another.
 * @param now milliseconds, for how long evaluations take
 */
export async function serveSimulator(
  port: Port<ToWorker, FromWorker>,
  now: () => number,
  start: () => Promise<SpiceEngine> = startEngine,
): Promise<void> {
  const waiting: ToWorker[] = [];
  let handle = (message: ToWorker): void => {
    waiting.push(message);
  };
  port.listen((message) => handle(message));
  let runner: DeckRunner;
  try {
    runner = createDeckRunner(await start());
  } catch (thrown) {
    port.post({ kind: 'unusable', message: messageOf(thrown) });
    return;
  }
  const decks = new Map<string, DeckDefinition>();
  const compilers = new Map<string, DeckCompiler>();
  let tail: Promise<void> = Promise.resolve();
  handle = (message) => {
    tail = tail.then(() => answer(message));
  };

  async function answer(message: ToWorker): Promise<void> {
    if (message.kind === 'register') {
      decks.set(message.deck.id, message.deck);
      compilers.delete(message.deck.id);
      return;
    }
    const { job, circuitId, parameters } = message;
    const begin = now();
    try {
      const compiler = compilers.get(circuitId) ?? runner.compiler(decks.get(circuitId)!);
      compilers.set(circuitId, compiler);
      const { results, log } = await runner.run(compiler, parameters);
      port.post({ kind: 'done', job, results, log, milliseconds: now() - begin }, buffersOf(results));
    } catch (thrown) {
      const fatal = !(thrown instanceof OhmbaError);
      port.post({
        kind: 'failed',
        job,
        failure: fatal && !(thrown instanceof EngineDied) ? 'engine-died' : 'bad-netlist',
        fatal,
        message: messageOf(thrown),
        milliseconds: now() - begin,
      });
    }
  }

  port.post({ kind: 'ready' });
  for (const message of waiting) handle(message);
}

function buffersOf(results: AnalysisResults): ArrayBuffer[] {
  const arrays = Object.values(results).flatMap(({ axis, real, imaginary }) => [
    axis,
    ...Object.values(real),
    ...Object.values(imaginary),
  ]);
  return [...new Set(arrays.map((values) => values.buffer as ArrayBuffer))];
}
