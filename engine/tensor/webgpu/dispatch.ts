import type { IndexView, Launch, View } from '../plan';
import type { Shader } from './shader';

/** One kernel over its operands, as data: what a launch is lowered to. Tests read it without a device. */
export interface KernelCall {
  readonly shader: Shader;
  /** In the order of the shader's operands. */
  readonly operands: readonly (View | null)[];
  /** In the order of the shader's indices. */
  readonly indices: readonly IndexView[];
  readonly uniforms: Readonly<Record<string, number>>;
  readonly constants: Readonly<Record<string, number>>;
  /** Workgroups of a dispatch of its own. */
  readonly workgroups: number;
  readonly label: string;
  /** How it goes about rows; absent where a row of its result needs more than `RowAccess` can say. */
  readonly byRows?: RowAccess;
  /** In a chain: the rows that each workgroup takes. */
  readonly parts?: PartView;
}

/** Which rows of its operands a kernel touches for a row of its result. */
export interface RowAccess {
  /** Rows of the result. */
  readonly rows: number;
  /** For each operand the same row, the rows that `gather` lists, or null for anything else. */
  readonly operands: readonly ('rows' | 'gathered' | null)[];
  /** Rows that row r takes from the gathered operand: indices[r], or with starts indices[starts[r]] … indices[starts[r + 1] - 1]. */
  readonly gather?: { readonly indices: Int32Array; readonly starts: Int32Array | null };
  /** First rows of the only parts that it can work by. */
  readonly segments?: readonly number[];
}

export interface PartView {
  /** First row of each part, one more at the end. */
  readonly starts: IndexView;
  /** Points of a row, of a kernel by points. */
  readonly width: number;
  /** Kernels of one level need nothing of each other; they follow one another in a chain, without a barrier between them. */
  readonly level: number;
}

/** Whether kernel i of a chain waits for what those before it have written. */
export function waits(chain: Chain, i: number): boolean {
  return i > 0 && chain[i]!.parts?.level !== chain[i - 1]!.parts?.level;
}

/** Kernels that a workgroup runs one after another, each on its own part of the rows; or one kernel by itself. */
export type Chain = readonly KernelCall[];

export type Dispatch =
  | { readonly form: 'kernel'; readonly call: KernelCall }
  /** Independent chains in one dispatch. */
  | { readonly form: 'joint'; readonly chains: readonly Chain[]; readonly label: string };

/** The kernels of a dispatch. */
export function callsOf(dispatch: Dispatch): readonly KernelCall[] {
  return dispatch.form === 'kernel' ? [dispatch.call] : dispatch.chains.flat();
}

/** Workgroups of a chain. */
export function workgroupsOf([first]: Chain): number {
  return first!.parts ? first!.parts.starts.length - 1 : first!.workgroups;
}

/** What lowering a launch may ask for. */
export interface Lowering {
  /** Scratch, [rows, columns] and contiguous; without `lasting` it lives for this launch alone. */
  scratch(rows: number, columns: number, lasting?: boolean): View;
  /**
   * What a forward launch keeps for the backward launch of the same values: made by the first of the two; null where a launch
   * has no partner, or the partner has made nothing.
   */
  kept(launch: Launch, make: (() => View) | null): View | null;
  /** A derived index table (row → segment start, runs of rows); equal keys share one. */
  table(key: string, build: () => ArrayLike<number>): IndexView;
  /** Values of an index list of the plan. */
  values(view: IndexView): Int32Array;
  /** Workgroups that fill the device; sums over rows are cut until there are about as many. */
  readonly parallel: number;
}

/** True if the elements of a view follow one another without gaps. */
export function isContiguous(view: View): boolean {
  return view.rows <= 1 || view.stride === view.columns;
}

/** The same storage as one row. */
export function flattened(view: View): View {
  return { ...view, rows: 1, columns: view.rows * view.columns, stride: view.rows * view.columns };
}

/** Workgroups of `size` threads for `count` points. */
export function blocksOf(count: number, size = 256): number {
  return Math.max(1, Math.ceil(count / size));
}

/** Threads of a workgroup. */
export function threadsOf({ shader, constants }: Pick<KernelCall, 'shader' | 'constants'>): number {
  return constants[shader.threads] ?? Number(shader.threads);
}
