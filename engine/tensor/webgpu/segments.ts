import type { IndexView } from '../plan';
import type { Lowering } from './dispatch';

/** Row at which the segment of each row starts. */
export function firstRows(context: Lowering, segments: IndexView): IndexView {
  return context.table(`first:${segments.offset}:${segments.length}`, () => perRow(context.values(segments), 0));
}

/** Row after the segment of each row. */
export function endRows(context: Lowering, segments: IndexView): IndexView {
  return context.table(`end:${segments.offset}:${segments.length}`, () => perRow(context.values(segments), 1));
}

function perRow(starts: Int32Array, which: 0 | 1): Int32Array {
  const rows = new Int32Array(starts[starts.length - 1] ?? 0);
  for (let s = 0; s + 1 < starts.length; s++) rows.fill(starts[s + which]!, starts[s]!, starts[s + 1]!);
  return rows;
}

export interface Chunks {
  /** First row of each chunk, one more at the end. */
  readonly starts: IndexView;
  /** First chunk of each segment, one more at the end. */
  readonly ofSegment: IndexView;
  /** First chunk of each group, one more at the end. */
  readonly ofGroup: IndexView;
  readonly count: number;
  /** The values of `starts`, and a key for tables derived from them. */
  readonly values: readonly number[];
  readonly key: string;
  /** Some segment has more than one chunk. */
  readonly cut: boolean;
}

/** Cuts every segment into chunks of at most `length` rows, in order. Empty segments have none. */
export function chunksOf(context: Lowering, segments: IndexView, length: number, rows: number, groups: number): Chunks {
  const values = context.values(segments);
  const { starts, ofSegment, ofGroup } = cutSegments(values, length, rows, groups);
  const key = `${segments.offset}:${segments.length}:${length}`;
  return {
    starts: context.table(`chunks:${key}`, () => starts),
    ofSegment: context.table(`segment-chunks:${key}`, () => ofSegment),
    ofGroup: context.table(`group-chunks:${key}:${groups}`, () => ofGroup),
    count: starts.length - 1,
    values: starts,
    key,
    cut: ofSegment.some((first, s) => s > 0 && first - ofSegment[s - 1]! > 1),
  };
}

export function cutSegments(segments: ArrayLike<number>, length: number, rows: number, groups: number) {
  const starts: number[] = [];
  const ofSegment: number[] = [];
  const ofGroup: number[] = [0];
  for (let s = 0; s + 1 < segments.length; s++) {
    ofSegment.push(starts.length);
    // Equal chunks: a segment of length + 1 rows becomes two halves, not one full chunk and one row.
    const [start, end] = [segments[s]!, segments[s + 1]!];
    const pieces = Math.ceil((end - start) / length);
    for (let piece = 0; piece < pieces; piece++) {
      const row = start + Math.floor(((end - start) * piece) / pieces);
      while (ofGroup.length < groups && row >= (ofGroup.length * rows) / groups) ofGroup.push(starts.length);
      starts.push(row);
    }
  }
  ofSegment.push(starts.length);
  while (ofGroup.length <= groups) ofGroup.push(starts.length);
  starts.push(rows);
  return { starts, ofSegment, ofGroup };
}
