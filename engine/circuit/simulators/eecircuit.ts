/**
 * The only place that knows how eecircuit-engine is made inside. Version 1.8.0 keeps ngspice 45 in a loop that asks
 * for one command after another; this adapter feeds the loop and reads ngspice's files. It leans on `commandList`,
 * `getInput` reading from it, `setNetList` writing /test.cir, `runSim` ending once /out.raw can be read, and the module
 * behind `__getSpiceModuleForTests`; test/circuit/eecircuit.test.ts fails if one of them changes.
 */
import { Simulation } from 'eecircuit-engine';
import { OhmbaError } from '../../base';

/** Commands for ngspice, asked for one by one; null ends the run. */
export type CommandSource = () => string | null;

export interface SpiceEngine {
  /** Loads the netlist, then runs what `next` says. Resolves with what ngspice printed. */
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
  const simulation = new Simulation();
  await quietly(() => simulation.start());
  const internals = simulation as unknown as Internals;
  const files = internals.__getSpiceModuleForTests()?.FS;
  if (!files || internals.commandList === undefined)
    throw new OhmbaError({
      what: 'eecircuit-engine is not made as expected',
      expected: 'version 1.8.0',
      todo: 'install the version in package-lock.json with npm ci',
    });
  return {
    async run(netlist, next) {
      // runSim waits for ever for a readable out.raw; a stand-in lets every run end, whatever ngspice made of it.
      files.writeFile('/out.raw', STAND_IN);
      simulation.setNetList(netlist);
      internals.commandList = commandQueue(next);
      await quietly(() => simulation.runSim());
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

const LOAD = ['', 'source test.cir'];
const UNLOAD = ['destroy all', 'remcirc'];

/**
 * What the engine sees as its list of commands. An element is made when it is asked for, so that what to do next may
 * depend on results so far.
 */
function commandQueue(next: CommandSource): ArrayLike<string> {
  const made: string[] = [...LOAD];
  let ended = false;
  const extend = (length: number) => {
    while (!ended && made.length < length) {
      const command = next();
      if (command !== null) made.push(command);
      else {
        made.push(...UNLOAD);
        ended = true;
      }
    }
  };
  return new Proxy(made, {
    get(target, key) {
      if (key === 'length') return ended ? target.length : target.length + 1;
      const index = typeof key === 'string' ? Number(key) : Number.NaN;
      if (Number.isInteger(index)) extend(index + 1);
      return Reflect.get(target, key);
    },
  });
}

/** One plot of one point, as small as a raw file can be. */
const STAND_IN = (() => {
  const header =
    'Title: -\nDate: -\nPlotname: -\nFlags: real\nNo. Variables: 1\nNo. Points: 1\nVariables:\n\t0\tx\tvoltage\nBinary:\n';
  const bytes = new Uint8Array(header.length + 8);
  bytes.set(new TextEncoder().encode(header));
  return bytes;
})();

/** The engine repeats what ngspice prints on its error stream on the console; `getInfo()` has it too. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const print = console.error;
  console.error = () => {};
  try {
    return await work();
  } finally {
    console.error = print;
  }
}
