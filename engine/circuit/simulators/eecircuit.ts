/**
 * The only place that knows how eecircuit-engine is made inside. Version 1.8.0 keeps ngspice 45 in a loop that asks
 * for one command after another; this adapter feeds the loop and reads ngspice's files. It leans on `commandList`,
 * `getInput` reading from it, `setNetList` writing /test.cir, `runSim` ending once /out.raw can be read, and the module
 * behind `__getSpiceModuleForTests`; test/circuit/eecircuit.test.ts fails if one of them changes.
 */
import { OhmbaError } from '../../base';

/** The instance is of no use any more; a new one has to be started. */
export class EngineDied extends Error {
  override readonly name = 'EngineDied';
}

/** Lines of commands for ngspice (`;` between commands), asked for one by one; null ends the run. */
export type CommandSource = () => string | null;

export interface SpiceEngine {
  /**
   * Loads the netlist, then runs what `next` says. Resolves with what ngspice printed; rejects with EngineDied, or with
   * what WebAssembly threw, where the instance is of no further use.
   */
  run(netlist: string, next: CommandSource): Promise<string>;
  /** A file of the engine's own file system; null where there is none. */
  readFile(name: string): Uint8Array | null;
  removeFile(name: string): void;
}

interface Internals {
  commandList: ArrayLike<string>;
  __getSpiceModuleForTests(): { FS?: FileSystem } | null;
}

interface FileSystem {
  readFile(path: string): Uint8Array;
  writeFile(path: string, content: string | Uint8Array): void;
  unlink(path: string): void;
}

/** Starts an instance of ngspice in WebAssembly in this thread; about half a second. */
export async function startEngine(): Promise<SpiceEngine> {
  // 20 MB of module: loaded only by a thread that simulates.
  const { Simulation } = await import('eecircuit-engine');
  const simulation = new Simulation();
  const prompt = await alone(undefined, async () => {
    await simulation.start();
    return (globalThis as Scope).window?.prompt;
  });
  const internals = simulation as unknown as Internals;
  const files = internals.__getSpiceModuleForTests()?.FS;
  if (!files || !prompt || internals.commandList === undefined)
    throw new OhmbaError({
      what: 'eecircuit-engine is not made as expected',
      expected: 'version 1.8.0',
      todo: 'install the version in package-lock.json with npm ci',
    });
  return {
    async run(netlist, next) {
      await alone(prompt, () => {
        // runSim waits for ever for a readable out.raw; a stand-in lets every run end, whatever ngspice made of it.
        files.writeFile('/out.raw', STAND_IN);
        simulation.setNetList(netlist);
        return new Promise<void>((resolve, reject) => {
          internals.commandList = commandQueue(next, () => {
            const fault = new EngineDied(`ngspice asks a question instead of running: ${lastErrors(simulation.getInfo())}`);
            reject(fault);
            return fault;
          });
          simulation.runSim().then(() => resolve(), reject);
        });
      });
      return simulation.getInfo();
    },
    readFile(name) {
      try {
        return files.readFile(`/${name}`);
      } catch {
        return null;
      }
    },
    removeFile(name) {
      try {
        files.unlink(`/${name}`);
      } catch {
        // There was none.
      }
    },
  };
}

const LOAD = 'source test.cir';
const UNLOAD = 'destroy all; remcirc';

/**
 * What the engine sees as its list of commands. An element is made when it is asked for, so that what to do next may
 * depend on results so far. An engine that asks for the first command again, in one run, takes commands for answers to
 * a question ("Run Spice anyway?"), and would do so for ever: `onQuestion` gives what it is stopped with.
 */
function commandQueue(next: CommandSource, onQuestion: () => Error): ArrayLike<string> {
  const made: string[] = [];
  let ended = false;
  let begun = false;
  const extend = (length: number) => {
    while (!ended && made.length < length) {
      const command = next();
      // In as few lines as can be: the engine loses 4 kB for every one that it asks for.
      const line = made.length === 0 ? [LOAD, command ?? UNLOAD].join('; ') : (command ?? UNLOAD);
      made.push(line);
      ended = command === null;
    }
  };
  return new Proxy(made, {
    get(target, key) {
      if (key === 'length') return ended ? target.length : target.length + 1;
      const index = typeof key === 'string' ? Number(key) : Number.NaN;
      if (index === 0) {
        if (begun) throw onQuestion();
        begun = true;
      }
      if (Number.isInteger(index)) extend(index + 1);
      return Reflect.get(target, key);
    },
  });
}

function lastErrors(log: string): string {
  const lines = log.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /error|undefined|cannot|can't|unknown/i.test(line));
  return (errors.length > 0 ? errors : lines.filter((line) => line !== '').slice(-3)).slice(0, 3).join('; ');
}

/** One plot of one point, as small as a raw file can be. */
const STAND_IN = (() => {
  const header =
    'Title: -\nDate: -\nPlotname: -\nFlags: real\nNo. Variables: 1\nNo. Points: 1\nVariables:\n\t0\tx\tvoltage\nBinary:\n';
  const bytes = new Uint8Array(header.length + 8);
  bytes.set(new TextEncoder().encode(header));
  return bytes;
})();

/** How the engine asks for its next command: through a global that it makes itself, shared by all in a thread. */
type Prompt = () => string | null;

interface Scope {
  window?: { prompt?: Prompt | undefined } | undefined;
}

/**
 * Gives the thread to one engine. Instances in one thread share `window.prompt`, so they take turns; and the global is
 * gone when the turn ends, for other libraries would take Node for a browser by it. What ngspice prints on its error
 * stream is kept off the console meanwhile: `getInfo()` has it too.
 */
function alone<T>(prompt: Prompt | undefined, work: () => Promise<T>): Promise<T> {
  const turn = last.then(async () => {
    const scope = globalThis as Scope;
    const before = { window: scope.window, prompt: scope.window?.prompt, print: console.error };
    if (prompt) scope.window = Object.assign(scope.window ?? {}, { prompt });
    console.error = () => {};
    try {
      return await work();
    } finally {
      console.error = before.print;
      if (before.window === undefined) delete scope.window;
      else before.window.prompt = before.prompt;
    }
  });
  last = turn.catch(() => {});
  return turn;
}
let last: Promise<unknown> = Promise.resolve();
