import { kernels as binaries } from '../kernels/build/kernels';
import { createAllocator } from './allocator';
import { type Helpers, startHelpers } from './helpers';

/** Exports of the kernels (kernels/main.ts). */
export interface KernelExports {
  initialise(): void;
  run(control: number): void;
  evaluate(which: number, x: number, y: number, count: number): void;
  philoxWords(at: number): void;
}

export interface Machine {
  readonly threads: number;
  readonly kernels: KernelExports;
  allocate(bytes: number): number;
  free(address: number): void;
  readonly used: number;
  /** Views over the memory. Take them anew after any allocation: growing replaces the buffer. */
  floats(address: number, length: number): Float32Array;
  words(address: number, length: number): Int32Array;
  /** Makes sure every thread owns that much private scratch. */
  reserveScratch(bytes: number): void;
  /** Runs a table on all threads and returns when it is done. `profile`: address of f64 milliseconds a launch, or 0. */
  run(table: number, times: number, profile: number): void;
  /** Used by profiles while it is set. */
  clock: () => number;
  dispose(): void;
}

const PAGE = 65536;
/** The control block; below it nothing, above it the heap. */
const CONTROL = 1024;
const HEAP = 4096;
/** Kernels may read (never write) a little past a tensor's end. */
const SLACK = PAGE;
const MOST_PAGES = 32768;
/** Words of the control block. */
const TABLE = 1;
const TIMES = 2;
const THREADS = 3;
const PROFILE = 8;
const SCRATCH = 9;
const SCRATCH_BYTES = 10;

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/**
 * Compiles the kernels, makes their memory and starts the helper threads.
 *
 * @param relaxed the binary with relaxed SIMD, which this engine must know (`Platform.relaxedSimd`)
 */
export async function createMachine(threads: number, memoryMegabytes: number, relaxed: boolean): Promise<Machine> {
  const shared = threads > 1;
  const maximum = Math.min(MOST_PAGES, Math.ceil((memoryMegabytes * 1024 * 1024) / PAGE));
  // The binary declares the most a memory may have; a smaller maximum is enforced in `grow`.
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES, shared });
  const module = await WebAssembly.compile(decode(binaries[shared ? 'shared' : 'plain'][relaxed ? 'relaxed' : 'strict']));
  const clock = { read: (): number => 0 };
  const env = { memory, clock: () => clock.read(), abort: () => undefined };
  const instance = await WebAssembly.instantiate(module, { env });
  const kernels = instance.exports as unknown as KernelExports;

  const allocator = createAllocator(HEAP, (end) => {
    const pages = Math.ceil((end + SLACK) / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages <= 0) return;
    const total = memory.buffer.byteLength / PAGE + pages;
    if (total > maximum) {
      throw new Error(
        `the kernels need ${Math.ceil((total * PAGE) / 2 ** 20)} MiB, at most ${Math.floor((maximum * PAGE) / 2 ** 20)} are allowed; ` +
          'raise memoryMegabytes (2048 at most), use smaller batches, or dispose programs that are no longer run',
      );
    }
    // In steps of at least 1 MiB, so that many small programs do not grow page by page.
    const step = Math.min(Math.max(pages, 16), maximum - memory.buffer.byteLength / PAGE);
    memory.grow(step);
  });
  const control = () => new Int32Array(memory.buffer, CONTROL, 16);
  kernels.initialise();
  control().fill(0);
  control()[THREADS] = threads;

  let helpers: Helpers | null = null;
  if (shared) helpers = await startHelpers({ module, memory, control: CONTROL, count: threads - 1 });

  let scratch = 0;
  let scratchBytes = 0;
  const machine: Machine = {
    threads,
    kernels,
    allocate: (bytes) => allocator.allocate(bytes),
    free: (address) => allocator.free(address),
    get used() {
      return allocator.used;
    },
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
    words: (address, length) => new Int32Array(memory.buffer, address, length),
    reserveScratch(bytes) {
      if (bytes <= scratchBytes) return;
      // Powers of two: programs that come and go do not leave odd holes.
      const size = 2 ** Math.ceil(Math.log2(bytes));
      const block = allocator.allocate(size * threads);
      if (scratchBytes > 0) allocator.free(scratch);
      scratch = block;
      scratchBytes = size;
    },
    run(table, times, profile) {
      const words = control();
      words[TABLE] = table;
      words[TIMES] = times;
      words[PROFILE] = profile;
      words[SCRATCH] = scratch;
      words[SCRATCH_BYTES] = scratchBytes;
      kernels.run(CONTROL);
    },
    clock: () => 0,
    dispose() {
      helpers?.stop();
      helpers = null;
    },
  };
  clock.read = () => machine.clock();
  return machine;
}
