import type { Graph, Tensor } from '../tensor';
/** Row permutation that reverses every segment in place; its own inverse. `segments`: S + 1 starts. */
export function reversedRows(segments: Int32Array): Int32Array {
  const rows = new Int32Array(segments[segments.length - 1]!);
  for (let s = 0; s + 1 < segments.length; s++) {
    const from = segments[s]!;
    const to = segments[s + 1]!;
    for (let row = from; row < to; row++) rows[row] = from + to - 1 - row;
  }
  return rows;
}

/** Starts of segments of the given lengths: S + 1 numbers. */
export function segmentStarts(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, s) => {
    starts[s + 1] = starts[s]! + length;
  });
  return starts;
}

/** The same segments once more for each member, one block of rows after the other. */
export function repeatSegments(segments: Int32Array, members: number): Int32Array {
  const count = segments.length - 1;
  const rows = segments[count]!;
  const repeated = new Int32Array(count * members + 1);
  for (let g = 0; g < members; g++) {
    for (let s = 0; s < count; s++) repeated[g * count + s] = g * rows + segments[s]!;
  }
  repeated[count * members] = members * rows;
  return repeated;
}

/** One over the length of each segment, [S, 1]: times the sum over a segment, its mean. */
export function segmentShares(graph: Graph, segments: Int32Array): Tensor {
  const count = segments.length - 1;
  const shares = Float32Array.from({ length: count }, (_, s) => 1 / (segments[s + 1]! - segments[s]!));
  return graph.constant(shares, count, 1);
}
