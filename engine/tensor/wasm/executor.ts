import type { Executor, Program } from '../executor';
import type { Plan, View } from '../plan';
import type { VariableGroup } from '../variables';
import { platform } from './helpers';
import { createMachine, type Machine } from './machine';
import { flopsOf, type LaunchProfile } from './profile';
import { encodePlan, PARTIAL_SLOTS, type Placement, tableWords } from './table';

export interface WasmOptions {
  /**
   * Threads, the calling one included. Default: the machine's cores, at most 8; 1 where memory cannot be shared
   * (a page that is not cross-origin isolated). The results are the same bits for any number.
   */
  readonly threads?: number;
  /**
   * Whether multiply-adds may be rounded once (relaxed SIMD, a fifth faster). Default: where the engine knows it. False
   * gives the same bits on every processor and engine.
   */
  readonly relaxed?: boolean;
  /** The most memory it may grow to, at most and by default 2048. */
  readonly memoryMegabytes?: number;
}

export interface WasmExecutor extends Executor {
  readonly kind: 'wasm';
  readonly threads: number;
  /** Whether it multiplies and adds in one rounding. */
  readonly relaxed: boolean;
  /** Bytes in use: variables, programs, scratch. */
  readonly usedBytes: number;
  /**
   * Replays a program of this executor `times` times, launch by launch, and says what each took per replay.
   * `clock` gives milliseconds. Launches that otherwise run side by side are timed one after the other.
   */
  profile(program: Program, clock: () => number, times?: number): Promise<LaunchProfile[]>;
}

interface Group {
  readonly address: number;
  readonly length: number;
}

const MOST_THREADS = 8;

function canShare(): boolean {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  // Node has no such flag; a page's own thread may not wait, only a worker's.
  return (
    typeof SharedArrayBuffer !== 'undefined' &&
    isolated !== false &&
    typeof (globalThis as { window?: unknown }).window === 'undefined'
  );
}

/**
 * The WebAssembly executor: SIMD kernels, several threads where memory can be shared. `run` returns when the work is
 * done. Call it from a worker in a browser, since threads wait for each other.
 */
export async function createWasmExecutor(options: WasmOptions = {}): Promise<WasmExecutor> {
  const { threads: wanted, memoryMegabytes = 2048 } = options;
  if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 1 || wanted > 64)) {
    throw new Error(`threads is ${wanted}; expected a whole number from 1 to 64`);
  }
  const { cores, relaxedSimd } = await platform();
  const threads = canShare() ? (wanted ?? Math.min(MOST_THREADS, cores)) : 1;
  const relaxed = (options.relaxed ?? true) && relaxedSimd;
  const machine = await createMachine(threads, memoryMegabytes, relaxed);
  const groups = new Map<string, Group>();
  const programs = new Map<Program, WasmProgram>();

  function group(name: string): Group {
    const found = groups.get(name);
    if (!found)
      throw new Error(
        `no variable group "${name}" here; allocate it first. There are: ${[...groups.keys()].join(', ') || 'none'}`,
      );
    return found;
  }

  return {
    kind: 'wasm',
    threads,
    relaxed,
    description: `wasm ${relaxed ? 'relaxed ' : ''}SIMD, ${threads} thread${threads > 1 ? 's' : ''}`,
    get usedBytes() {
      return machine.used;
    },
    allocate(variables: VariableGroup) {
      if (groups.has(variables.name))
        throw new Error(`variable group "${variables.name}" is allocated already; release it first`);
      const { length } = variables;
      const address = machine.allocate(length * 4);
      groups.set(variables.name, { address, length });
      machine.floats(address, length).set(variables.initialValues());
    },
    release(name) {
      machine.free(group(name).address);
      groups.delete(name);
      for (const program of programs.values()) if (name in program.plan.groups) program.lose(name);
    },
    prepare(plan) {
      for (const [name, length] of Object.entries(plan.groups)) {
        const have = group(name).length;
        if (have < length)
          throw new Error(`plan "${plan.name}" expects ${length} elements in group "${name}", which has ${have}`);
      }
      const built = createProgram(
        machine,
        plan,
        (name) => group(name).address,
        (program) => programs.delete(program),
      );
      programs.set(built, built);
      return built;
    },
    write(name, values, offset = 0) {
      const { address, length } = group(name);
      if (offset < 0 || offset + values.length > length) {
        throw new Error(`writing ${values.length} elements at ${offset} of group "${name}" exceeds its ${length}`);
      }
      machine.floats(address + offset * 4, values.length).set(values);
    },
    async read(name, offset = 0, count) {
      const { address, length } = group(name);
      const wantedLength = count ?? length - offset;
      if (offset < 0 || wantedLength < 0 || offset + wantedLength > length) {
        throw new Error(`reading ${wantedLength} elements at ${offset} of group "${name}" exceeds its ${length}`);
      }
      return copyOf(machine.floats(address + offset * 4, wantedLength));
    },
    async profile(program, clock, times = 1) {
      const own = programs.get(program);
      if (!own) throw new Error(`program "${program.plan.name}" was not prepared by this executor, or is disposed`);
      return own.profile(clock, times);
    },
    dispose() {
      machine.dispose();
      programs.clear();
      groups.clear();
    },
  };
}

interface WasmProgram extends Program {
  /** Its storage is incomplete from now on. */
  lose(group: string): void;
  profile(clock: () => number, times: number): LaunchProfile[];
}

/** Out of shared memory, which many APIs refuse. */
function copyOf(values: Float32Array): Float32Array {
  const copy = new Float32Array(values.length);
  copy.set(values);
  return copy;
}

/** Lays a plan out in memory and writes its table. */
function createProgram(
  machine: Machine,
  plan: Plan,
  groupAddress: (name: string) => number,
  onDispose: (program: Program) => void,
): WasmProgram {
  const blocks: number[] = [];
  const take = (bytes: number) => {
    const block = machine.allocate(bytes);
    blocks.push(block);
    return block;
  };
  const releaseAll = () => {
    for (const block of blocks.splice(0)) machine.free(block);
  };
  let placement: Placement;
  let table: number;
  try {
    const arena = take(plan.arenaLength * 4);
    const constants = take(plan.constants.length * 4);
    const indices = take(plan.indices.length * 4);
    const storage = { arena, constants, indices, group: groupAddress };
    // Once to learn how much partial sums and saved values take, then with them in place.
    const draft = encodePlan(plan, { ...storage, partials: 0, partialBytes: 0, saved: 0 }, false);
    const partials = take(draft.partialBytes * PARTIAL_SLOTS);
    placement = { ...storage, partials, partialBytes: draft.partialBytes, saved: take(draft.savedBytes) };
    table = writeTable(machine, plan, placement, take, true);
    machine.reserveScratch(draft.scratchBytes);
    machine.floats(arena, plan.arenaLength).fill(0);
    machine.floats(constants, plan.constants.length).set(plan.constants);
    machine.words(indices, plan.indices.length).set(plan.indices);
  } catch (error) {
    releaseAll();
    throw error;
  }

  let trouble = '';
  const usable = () => {
    if (trouble) throw new Error(`program "${plan.name}" cannot be used: ${trouble}`);
  };
  function view(kind: 'input' | 'output', name: string): { address: number; length: number } {
    const views: Readonly<Record<string, View>> = kind === 'input' ? plan.inputs : plan.outputs;
    const found = Object.hasOwn(views, name) ? views[name] : undefined;
    if (!found)
      throw new Error(`program "${plan.name}" has no ${kind} "${name}"; it has ${Object.keys(views).join(', ') || 'none'}`);
    const base = { arena: placement.arena, constant: placement.constants, variable: 0 }[found.space];
    const start = found.space === 'variable' ? groupAddress(found.group) : base;
    return { address: start + found.offset * 4, length: found.rows * found.columns };
  }

  const program: WasmProgram = {
    plan,
    write(name, values) {
      usable();
      const { address, length } = view('input', name);
      if (values.length !== length) {
        throw new Error(`input "${name}" of program "${plan.name}" has ${length} elements; ${values.length} were given`);
      }
      machine.floats(address, length).set(values);
    },
    run(times = 1) {
      usable();
      if (times > 0) machine.run(table, times, 0);
    },
    async read(name) {
      usable();
      const { address, length } = view('output', name);
      return copyOf(machine.floats(address, length));
    },
    lose(name) {
      trouble = `its variable group "${name}" was released`;
    },
    profile(clock, times) {
      usable();
      const before = blocks.length;
      const cells = take(plan.launches.length * 8);
      try {
        const separate = writeTable(machine, plan, placement, take, false);
        machine.floats(cells, plan.launches.length * 2).fill(0);
        machine.clock = clock;
        machine.run(separate, times, cells);
        const milliseconds = new Float64Array(machine.floats(cells, 1).buffer, cells, plan.launches.length);
        return plan.launches.map((launch, i) => ({
          label: launch.label,
          kernel: launch.kernel,
          milliseconds: milliseconds[i]! / times,
          flops: flopsOf(launch),
        }));
      } finally {
        machine.clock = () => 0;
        for (const block of blocks.splice(before)) machine.free(block);
      }
    },
    dispose() {
      if (trouble === 'it is disposed') return;
      trouble = 'it is disposed';
      releaseAll();
      onDispose(program);
    },
  };
  return program;
}

function writeTable(machine: Machine, plan: Plan, placement: Placement, take: (bytes: number) => number, merge: boolean): number {
  const encoded = encodePlan(plan, placement, merge);
  const lists = take(encoded.lists.length * 4);
  machine.words(lists, encoded.lists.length).set(encoded.lists);
  const words = tableWords(encoded, lists);
  const table = take(words.length * 4);
  machine.words(table, words.length).set(words);
  return table;
}
