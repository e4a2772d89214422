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

/** The part of each row of a tensor, -1 where that is not known. */
interface Tensor {
  readonly stride: number;
  readonly partOf: Int32Array;
  readonly count: number;
}

/** Rows of a tensor that an operand is. */
interface Place {
  readonly tensor: number;
  readonly stride: number;
  readonly first: number;
}

export function partitionsOf(calls: readonly KernelCall[], arena: WideArena): Partitions {
  const interned = new Map<string, Parts>();
  const intern = (parts: Parts): Parts => {
    const key = parts.join();
    const first = interned.get(key) ?? parts;
    interned.set(key, first);
    return first;
  };
  const tensors = new Map<number, Tensor>();
  const ofCall: (Parts | null)[] = calls.map(({ byRows }) => (byRows?.segments ? intern(byRows.segments) : null));

  const placeOf = (view: View | null | undefined, rows: number): Place | null => {
    if (view?.space !== 'arena') return null;
    // A view that was made one long row has its rows one after another.
    const stride = view.rows === rows ? view.stride : view.columns / rows;
    const tensor = arena.at(view.offset);
    const at = view.offset - arena.tensors[tensor]!.offset;
    return Number.isInteger(stride) && stride > 0 ? { tensor, stride, first: Math.floor(at / stride) } : null;
  };
  /** The part of each of an operand's rows. */
  const known = (view: View | null | undefined, rows: number): { partOf: Int32Array; count: number } | null => {
    const place = placeOf(view, rows);
    const tensor = place && tensors.get(place.tensor);
    if (!tensor || tensor.stride !== place.stride) return null;
    return { partOf: tensor.partOf.subarray(place.first, place.first + rows), count: tensor.count };
  };
  const partsOf = (view: View | null | undefined, rows: number): Parts | null => {
    const found = known(view, rows);
    const parts = found && runsOf(found.partOf, found.count);
    return parts && intern(parts);
  };
  /** Notes the parts of an operand's rows where none are known; true if that was news. */
  const note = (view: View | null | undefined, partOf: Int32Array, count: number): boolean => {
    const place = placeOf(view, partOf.length);
    if (!place) return false;
    let tensor = tensors.get(place.tensor);
    if (!tensor) {
      const rows = Math.ceil(arena.tensors[place.tensor]!.length / place.stride);
      tensor = { stride: place.stride, partOf: new Int32Array(rows).fill(-1), count };
      tensors.set(place.tensor, tensor);
    }
    if (tensor.stride !== place.stride || tensor.count !== count) return false;
    let changed = false;
    for (let r = 0; r < partOf.length; r++) {
      if (partOf[r]! < 0 || tensor.partOf[place.first + r] !== -1) continue;
      tensor.partOf[place.first + r] = partOf[r]!;
      changed = true;
    }
    return changed;
  };

  const visit = (c: number): boolean => {
    const { byRows, operands } = calls[c]!;
    if (!byRows) return false;
    const { rows, gather } = byRows;
    const sameRows = operands.filter((_, i) => byRows.operands[i] === 'rows');
    const source = operands[byRows.operands.indexOf('gathered')];
    let changed = false;
    if (!ofCall[c]) {
      const from = gather && source ? known(source, source.rows) : null;
      const gathered = from && runsOf(partsGathered(from.partOf, byRows), from.count);
      const parts = sameRows.map((view) => partsOf(view, rows)).find((found) => found !== null) ?? (gathered && intern(gathered));
      if (!parts) return false;
      ofCall[c] = parts;
      changed = true;
    }
    const own = partOfRows(ofCall[c]);
    const count = ofCall[c].length - 1;
    for (const view of sameRows) changed = note(view, own, count) || changed;
    const taken = gather && source ? partsTaken(own, source.rows, byRows) : null;
    if (taken) changed = note(source, taken, count) || changed;
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
      const { byRows, operands } = calls[c]!;
      if (byRows!.operands[operand] === 'rows') return partsOf(operands[operand], byRows!.rows) === parts;
      const from = byRows!.operands[operand] === 'gathered' ? known(operands[operand], operands[operand]!.rows) : null;
      return from !== null && from.count === parts.length - 1 && staysInParts(from.partOf, partOfRows(parts), byRows!);
    },
  };
}

/** For each row the part that it is in. */
function partOfRows(parts: Parts): Int32Array {
  const partOf = new Int32Array(parts[parts.length - 1]!);
  for (let p = 0; p + 1 < parts.length; p++) partOf.fill(p, parts[p]!, parts[p + 1]!);
  return partOf;
}

/** Parts as runs of rows, in order and none of them empty; null where a row's part is not known, or comes out of order. */
function runsOf(partOf: Int32Array | null, count: number): Parts | null {
  if (!partOf) return null;
  const starts: number[] = [];
  for (let r = 0; r < partOf.length; r++) {
    const next = starts.length;
    if (partOf[r] === next) starts.push(r);
    else if (partOf[r] !== next - 1) return null; // -1, too
  }
  return starts.length === count ? [...starts, partOf.length] : null;
}

/** The rows that row r of a gather takes. */
function takenBy(r: number, { indices, starts }: NonNullable<RowAccess['gather']>): Int32Array {
  return starts ? indices.subarray(starts[r]!, starts[r + 1]!) : indices.subarray(r, r + 1);
}

/** The part of each row of a gather's result, where all that it takes is of one part, -1 where it takes nothing; else null. */
function partsGathered(from: Int32Array, { rows, gather }: RowAccess): Int32Array | null {
  const partOf = new Int32Array(rows).fill(-1);
  for (let r = 0; r < rows; r++) {
    for (const row of takenBy(r, gather!)) {
      if (partOf[r] !== -1 && partOf[r] !== from[row]) return null;
      partOf[r] = from[row]!;
    }
  }
  return partOf;
}

/** The part of each row that a gather takes from, -1 for rows that it leaves alone; null where a row goes to several parts. */
function partsTaken(own: Int32Array, sourceRows: number, { rows, gather }: RowAccess): Int32Array | null {
  const partOf = new Int32Array(sourceRows).fill(-1);
  for (let r = 0; r < rows; r++) {
    for (const row of takenBy(r, gather!)) {
      if (partOf[row] !== -1 && partOf[row] !== own[r]) return null;
      partOf[row] = own[r]!;
    }
  }
  return partOf;
}

/** Whether every row of a gather takes from its own part alone. */
function staysInParts(from: Int32Array, own: Int32Array, { rows, gather }: RowAccess): boolean {
  for (let r = 0; r < rows; r++) if (takenBy(r, gather!).some((row) => from[row] !== own[r])) return false;
  return true;
}
