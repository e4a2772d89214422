import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisResults, CircuitDefinition, Evaluation, Simulator, Waveforms } from '../api/circuit';
import { messageOf, OhmbaError } from '../base';
import { checkCircuit } from './check-circuit';
import { type CompiledDeck, createDeckCompiler, type DeckCompiler, saveCommand } from './deck/compile-deck';
import { deckDefinition } from './deck/deck-definition';
import { readStep } from './deck/read-step';
import { failedEvaluation, readEvaluation } from './read-evaluation';
import { isUndecided } from './refinement';
import { modelsOf } from './shipped-models';
import { registered } from './simulators/in-process';
import { createTally } from './simulators/statistics';

export interface NativeOptions {
  /** Processes at once; one a core where left out. */
  readonly workers?: number;
  /** Name or path of ngspice. */
  readonly program?: string;
}

const TIME_LIMIT = 20_000;

/**
 * ngspice asks for two OpenMP threads whatever the environment says; processes side by side then spend their time waiting
 * for one another's, a hundred times as long as they compute.
 */
const ONE_THREAD = 'set num_threads=1';

/**
 * The system's ngspice, a fresh process for each evaluation: the judge of the WASM engine. Decks are the same. ngspice is a
 * program that reads and writes files and runs commands where a netlist tells it to: `checkCircuit` refuses netlists that do
 * (see netlist-safety.ts), and no circuit is registered here without it.
 * @throws OhmbaError if there is no ngspice
 */
export async function createNativeSimulator({ workers, program = 'ngspice' }: NativeOptions = {}): Promise<Simulator> {
  const version = await versionOf(program);
  const capacity = workers || availableParallelism();
  const circuits = new Map<string, CircuitDefinition>();
  const compilers = new Map<string, Promise<DeckCompiler>>();
  const tally = createTally();
  const waiting: (() => void)[] = [];
  let busy = 0;
  let disposed = false;

  const compilerOf = (circuit: CircuitDefinition): Promise<DeckCompiler> => {
    const known =
      compilers.get(circuit.id) ?? modelsOf(circuit).then((models) => createDeckCompiler(deckDefinition(circuit), models));
    compilers.set(circuit.id, known);
    return known;
  };

  async function evaluate(circuit: CircuitDefinition, parameters: Float64Array, detail: boolean): Promise<Evaluation> {
    const begin = performance.now();
    const elapsed = () => performance.now() - begin;
    try {
      const compiler = await compilerOf(circuit);
      const run = await runProcess(program, compiler.compile(parameters), saveCommand(compiler.definition));
      if (run.late) return failedEvaluation(circuit, 'time-out', `no result within ${TIME_LIMIT / 1000} s`, elapsed());
      return readEvaluation(circuit, parameters, { ...run, milliseconds: elapsed() }, detail);
    } catch (thrown) {
      return failedEvaluation(circuit, 'bad-netlist', messageOf(thrown), elapsed());
    }
  }

  return {
    kind: 'ngspice-native',
    description: `${version} of the system, ${capacity} process${capacity === 1 ? '' : 'es'}`,
    capacity,
    register(circuit) {
      checkCircuit(circuit);
      circuits.set(circuit.id, circuit);
      compilers.delete(circuit.id);
    },
    async evaluate({ circuitId, parameters, detail = false }) {
      const circuit = registered(circuits, circuitId);
      if (disposed) return failedEvaluation(circuit, 'engine-died', 'the simulator was disposed of', 0);
      if (busy >= capacity) await new Promise<void>((resolve) => waiting.push(resolve));
      else busy++;
      const evaluation = await evaluate(circuit, parameters, detail);
      const next = waiting.shift();
      if (next) next();
      else busy--;
      tally.count(evaluation);
      return evaluation;
    },
    statistics: () => tally.read(waiting.length, busy),
    onEvent: () => () => {},
    async dispose() {
      disposed = true;
    },
  };
}

interface ProcessRun {
  readonly results: AnalysisResults;
  readonly log: string;
  readonly late: boolean;
}

async function runProcess(program: string, deck: CompiledDeck, save: string): Promise<ProcessRun> {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-'));
  try {
    for (let finer = 0; ; finer++) {
      const steps = deck.steps.flatMap((step) => [
        ...step.commands,
        ...step.refinements.slice(0, finer).flatMap(({ commands }) => commands),
      ]);
      const commands = ['set noaskquit', ONE_THREAD, save, ...steps, 'quit'];
      const netlist = deck.netlist.replace(/\.end\s*$/, `.control\n${commands.join('\n')}\n.endc\n.end\n`);
      writeFileSync(join(folder, 'deck.cir'), netlist);
      const { log, late } = await run(program, ['-b', 'deck.cir'], folder);
      const results: Record<string, Waveforms> = {};
      for (const step of deck.steps) {
        const waveforms = readStep(step, (file) => readIfThere(join(folder, file)));
        if (!waveforms) break;
        results[step.id] = waveforms;
      }
      // A process cannot be asked in between: what stays undecided is run anew, with one refinement more.
      const undecided = deck.steps.some((step) => {
        const next = step.refinements[finer];
        return next !== undefined && isUndecided(step, next.margin, results);
      });
      if (late || !undecided) return { results, log, late };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

function run(program: string, args: readonly string[], cwd: string): Promise<{ log: string; late: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, TIME_LIMIT);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        log = (log + part).slice(-20_000);
      });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ log, late });
    });
  });
}

async function versionOf(program: string): Promise<string> {
  const answer = await run(program, ['--version'], tmpdir()).catch(() => null);
  const version = answer && /ngspice-\d\S*/.exec(answer.log)?.[0];
  if (version) return version;
  throw new OhmbaError({
    what: `there is no ngspice on this machine (${program})`,
    expected: 'ngspice 36 or newer on the path',
    todo: 'install it (Debian: apt-get install ngspice), or use the WASM simulator',
  });
}
