import type { AnalysisResults, Waveforms } from '../../api/circuit';
import type { CompiledDeck } from '../deck/compile-deck';
import type { DataGuard } from '../deck/deck-definition';
import { wasStopped } from '../deck/early-stop';
import { readStep } from '../deck/read-step';
import { guardFault } from '../guards';
import { isUndecided } from '../refinement';
import type { SpiceEngine } from './eecircuit';

export interface DeckRun {
  readonly results: AnalysisResults;
  /** What ngspice printed; kept short. */
  readonly log: string;
}

const LOG_LIMIT = 4000;

/**
 * Runs the analyses of a deck on one loaded circuit and reads what they wrote. Stops at the first analysis that gave
 * nothing or whose guards do not hold: what follows would not count.
 */
export async function runDeck(engine: SpiceEngine, deck: CompiledDeck, save: string): Promise<DeckRun> {
  const results: Record<string, Waveforms> = {};
  for (const { file, statements } of deck.steps)
    for (const one of [file, ...statements.map((statement) => statement.file)]) engine.removeFile(one);
  const log = await engine.run(deck.netlist, commands(engine, deck, save, results));
  return { results, log: log.slice(-LOG_LIMIT) };
}

function commands(
  engine: SpiceEngine,
  deck: CompiledDeck,
  save: string,
  results: Record<string, Waveforms>,
): () => string | null {
  const iterator = (function* (): Generator<readonly string[], void> {
    // Saves and stops of the run before, or of an early stop, would still be there.
    const fresh = ['delete all', save];
    /** What the next line begins with. */
    let due: readonly string[] = fresh;
    for (const step of deck.steps) {
      const { early } = step;
      yield [...due, ...(early?.commands ?? []), ...step.commands];
      due = [];
      // The command after `write` is being asked for, so the file is there.
      const read = () => readStep(step, (file) => engine.readFile(file));
      const fails = (guards: readonly DataGuard[], found: Waveforms) =>
        guards.some((guard) => guardFault(guard, found, deck.lookup) !== null);
      let waveforms = read();
      if (early) {
        due = fresh;
        // What failed when ngspice looked may have held at the guard's moment: then the whole analysis decides.
        if (waveforms && wasStopped(early, waveforms) && !fails(early.guards, waveforms)) {
          yield [...fresh, ...step.commands];
          due = [];
          waveforms = read();
        }
      }
      if (!waveforms) return;
      results[step.id] = waveforms;
      for (const { margin, commands } of step.refinements) {
        if (!isUndecided(step, margin, results)) break;
        // They begin with the same as `fresh`.
        yield commands;
        due = [];
        const finer = read();
        if (!finer) return;
        results[step.id] = finer;
      }
      if (fails(step.guards, waveforms)) return;
    }
  })();
  return () => {
    const { value, done } = iterator.next();
    return done ? null : value.join('; ');
  };
}
