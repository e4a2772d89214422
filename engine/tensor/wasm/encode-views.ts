import type { Launch, View } from '../plan';
import { type Encoding, type Entry, type Region, required } from './entry';

export const bytes = (view: View) => view.stride * 4;
export const padded = (n: number) => (n + 3) & ~3;
export const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** Where a view lies, and how far apart its rows are, in bytes. */
export interface Block {
  readonly pointer: number;
  readonly ld: number;
}
/** A view that is not there. */
export const NOTHING: Block = { pointer: 0, ld: 0 };

/** Collects an entry's views as it writes their words. */
export function access(launch: Launch, to: Encoding) {
  const reads: Region[] = [];
  const writes: Region[] = [];
  const block = (view: View | null | undefined, list: Region[]): Block => {
    if (!view) return NOTHING;
    list.push(to.region(view));
    return { pointer: to.address(view), ld: bytes(view) };
  };
  return {
    reads,
    writes,
    input: (i: number) => block(required(launch.inputs[i], launch, `input ${i}`), reads),
    optionalInput: (i: number) => block(launch.inputs[i], reads),
    output: (i: number) => block(required(launch.outputs[i], launch, `output ${i}`), writes),
    optionalOutput: (i: number) => block(launch.outputs[i], writes),
    inputView: (i: number) => required(launch.inputs[i], launch, `input ${i}`),
    outputView: (i: number) => required(launch.outputs[i], launch, `output ${i}`),
  };
}

interface Combination {
  readonly partial: Region;
  readonly chunkStride: number;
  readonly chunks: number;
  readonly groups: number;
  /** Rows of the output a group. */
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
  readonly offset?: number;
  readonly activation?: number;
  readonly bias?: View | null;
  readonly aLog?: View;
}

/** The entry that adds up partial results in order. */
export function combine(to: Encoding, out: View, from: Combination): Entry {
  const rowsPerTask = clamp(Math.ceil(8192 / Math.max(1, from.columns * from.chunks)), 1, from.rows);
  const perGroup = Math.ceil(from.rows / rowsPerTask);
  const extra = [from.bias, from.aLog].filter((view) => !!view) as View[];
  const words = [from.partial.start + (from.offset ?? 0), from.chunkStride, from.chunks, from.rows, from.columns];
  words.push(from.rowStep, from.columnStep, to.address(out), bytes(out), from.activation ?? 0);
  words.push(from.bias ? to.address(from.bias) : 0, from.bias ? bytes(from.bias) : 0);
  words.push(from.aLog ? to.address(from.aLog) : 0, from.aLog ? bytes(from.aLog) : 0, rowsPerTask, perGroup);
  return {
    kernel: 'combine',
    tasks: from.groups * perGroup,
    words,
    reads: [from.partial, ...extra.map((view) => to.region(view))],
    writes: [to.region(out)],
    scratch: 0,
  };
}
