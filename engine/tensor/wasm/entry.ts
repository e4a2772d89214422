import type { Launch, View } from '../plan';

/** Kernels of the interpreter, in the order of `dispatch` in kernels/main.ts. */
export const KERNELS = [
  'matmul-rows',
  'matmul-columns',
  'combine',
  'column-sum',
  'row-sum',
  'rms-norm',
  'rms-norm-backward',
  'causal-conv',
  'causal-conv-backward',
  'selective-scan',
  'selective-scan-backward',
  'attention',
  'attention-backward',
  'elementwise',
  'copy',
  'gather-rows',
  'gather-elements',
  'scatter-elements',
  'random',
  'sum-squares',
  'clip-scale',
  'adamw',
] as const;
export type KernelId = (typeof KERNELS)[number];

/** Bytes that an entry reads or writes: `width` bytes every `stride`, from `start` to `end`. */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly stride: number;
  readonly width: number;
}

/** One line of the table: a kernel over `tasks` tasks that may run in any order, on any thread. */
export interface Entry {
  readonly kernel: KernelId;
  readonly tasks: number;
  readonly words: number[];
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
  /** Bytes of private scratch a thread needs for it. */
  readonly scratch: number;
  /** Which word holds an offset into the program's lists, to be made an address; none by default. */
  readonly listWord?: number;
}

/** What a forward launch leaves for its gradient beside its output. */
export interface Saved {
  readonly region: Region;
  /** No forward launch saves it, so the gradient's entries have to begin with one that does. */
  readonly byGradient: boolean;
}

/** What an encoder may ask for while it turns a launch into entries. */
export interface Encoding {
  /** Byte address of a view's first element. */
  address(view: View): number;
  region(view: View): Region;
  /** Byte address of an index list and its values. */
  index(position: number): { address: number; values: Int32Array };
  /** Where the launch's forward pass saves what its gradient needs; null where it saves nothing. */
  readonly saved: Saved | null;
  /** Bytes for partial results, shared in rotation by the launches. */
  partial(bytes: number): Region;
  /** Stores a list of numbers with the program; the result goes to the entry's `listWord`. */
  list(values: readonly number[]): number;
}

export type Encoder<L extends Launch = Launch> = (launch: L, to: Encoding) => Entry[];

/** An output, which must be there. */
export function required(view: View | null | undefined, launch: Launch, what: string): View {
  if (!view) throw new Error(`${launch.kernel} "${launch.label}" has no ${what}; it is not optional`);
  return view;
}

export function check(condition: boolean, launch: Launch, message: string): asserts condition {
  if (!condition) throw new Error(`${launch.kernel} "${launch.label}": ${message}`);
}

const scratchFloat = new Float32Array(1);
const scratchBits = new Int32Array(scratchFloat.buffer);
/** The bits of an f32 as a word. */
export function floatBits(value: number): number {
  scratchFloat[0] = value;
  return scratchBits[0]!;
}

/** Whether two regions share a byte. Column slices of one wide tensor interleave without meeting. */
export function overlap(a: Region, b: Region): boolean {
  if (a.end <= b.start || b.end <= a.start) return false;
  if (a.stride !== b.stride || a.stride === 0) return true;
  const shift = (((b.start - a.start) % a.stride) + a.stride) % a.stride;
  return !(a.width <= shift && shift + b.width <= a.stride);
}
