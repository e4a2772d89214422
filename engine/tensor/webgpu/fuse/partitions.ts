import type { View } from '../../plan';
import type { KernelCall, RowAccess } from '../dispatch';
import type { WideArena } from './tensors';

/**
 * Which rows of every tensor belong to which segment, as far as that can be told: the segments of a Mamba block are its
 * tensors' *parts*, and kernels that work row by row, or gather rows of one segment each, carry them on to what they
 * read and write. What a kernel does to a part then needs nothing of other parts.
 */
export interface Partitions {
  /** First row of each part of a kernel's rows, one more at the end; null where it has no parts. */
  readonly ofCall: readonly (Parts | null)[];
  /** Whether operand i of a call is touched, for each part, in rows of that part alone. */
  isLocal(call: number, operand: number): boolean;
}

/** Equal parts are one object. */
export type Parts = readonly number[];

interface Tensor {
  readonly rows: number;
  readonly parts: Parts;
}

export function partitionsOf(calls: readonly KernelCall[], arena: WideArena): Partitions {
  const known = new Map<string, Parts>();
  const intern = (parts: Parts): Parts => {
    const key = parts.join();
    const first = known.get(key) ?? parts;
    known.set(key, first);
    return first;
  };
  const tensors = new Map<number, Tensor>();
  const ofCall: (Parts | null)[] = calls.map(({ byRows }) => (byRows?.segments ? intern(byRows.segments) : null));

  // The tensor of a view that begins in its first row.
  const tensorOf = (view: View | null | undefined): number | null => {
    if (view?.space !== 'arena') return null;
    const tensor = arena.at(view.offset);
    return view.offset - arena.tensors[tensor]!.offset < (view.rows > 1 ? view.stride : 1) ? tensor : null;
  };
  const partsOf = (view: View | null | undefined, rows: number): Parts | null => {
    const tensor = tensors.get(tensorOf(view) ?? -1);
    return tensor?.rows === rows ? tensor.parts : null;
  };
  const source = ({ operands }: KernelCall): Parts | null => operands[0]! && partsOf(operands[0], operands[0].rows);
  const gathered = (call: KernelCall): Parts | null => {
    const from = call.byRows?.gather ? source(call) : null;
    const parts = from && gatheredParts(from, call.byRows!);
    return parts && intern(parts);
  };

  const visit = (c: number): boolean => {
    const call = calls[c]!;
    const { byRows, operands } = call;
    if (!byRows) return false;
    const sameRows = operands.filter((_, i) => byRows.operands[i] === 'rows');
    const parts =
      ofCall[c] ?? sameRows.map((view) => partsOf(view, byRows.rows)).find((found) => found !== null) ?? gathered(call);
    if (!parts) return false;
    let changed = ofCall[c] === null;
    ofCall[c] = parts;
    for (const view of sameRows) {
      const tensor = tensorOf(view);
      if (tensor === null || tensors.has(tensor)) continue;
      tensors.set(tensor, { rows: byRows.rows, parts });
      changed = true;
    }
    return changed;
  };
  const order = calls.map((_, c) => c);
  for (let changed = true; changed; ) {
    changed = false;
    for (const c of order) changed = visit(c) || changed;
    order.reverse();
  }

  return {
    ofCall,
    isLocal(c, operand) {
      const parts = ofCall[c];
      if (!parts) return false;
      const call = calls[c]!;
      const byRows = call.byRows!;
      if (byRows.operands[operand] === 'rows') return partsOf(call.operands[operand], byRows.rows) === parts;
      if (byRows.operands[operand] !== 'gathered') return false;
      const from = source(call);
      return from !== null && staysInParts(from, parts, byRows);
    },
  };
}

/** For each row the part that it is in. */
function partOfRows(parts: Parts): Int32Array {
  const partOf = new Int32Array(parts[parts.length - 1]!);
  for (let p = 0; p + 1 < parts.length; p++) partOf.fill(p, parts[p]!, parts[p + 1]!);
  return partOf;
}

/** The rows that row r of a gather takes. */
function takenBy(r: number, { indices, starts }: NonNullable<RowAccess['gather']>): Int32Array {
  return starts ? indices.subarray(starts[r]!, starts[r + 1]!) : indices.subarray(r, r + 1);
}

/** Parts of rows gathered from a tensor with parts; null where that leaves them open: a row takes from none or several, or out of order. */
function gatheredParts(from: Parts, { rows, gather }: RowAccess): Parts | null {
  const partOf = partOfRows(from);
  const starts: number[] = [];
  for (let r = 0; r < rows; r++) {
    const taken = takenBy(r, gather!);
    const part = partOf[taken[0] ?? -1];
    if (part === undefined || part < starts.length - 1 || taken.some((row) => partOf[row] !== part)) return null;
    while (starts.length <= part) starts.push(r);
  }
  while (starts.length < from.length) starts.push(rows);
  return starts;
}

/** Whether every row of a gather takes from its own part alone. */
function staysInParts(from: Parts, parts: Parts, { rows, gather }: RowAccess): boolean {
  const [partOf, own] = [partOfRows(from), partOfRows(parts)];
  for (let r = 0; r < rows; r++) if (takenBy(r, gather!).some((row) => partOf[row] !== own[r])) return false;
  return true;
}
