import type { Tensor } from '../graph';
import { checkSegments, ShapeError } from '../shape';

export interface GatherOptions {
  /** Row m of the result sums the indices from starts[m] to starts[m + 1] − 1; without, each index is one row. */
  readonly starts?: Int32Array;
  readonly scale?: number;
}

/**
 * A constant 0/1 matrix times x: y[m] = scale · Σ x[indices[j]]. The gradient gathers by the transposed lists, so it
 * adds in a fixed order.
 *
 * @param x [R, C]
 * @returns [indices.length or starts.length − 1, C]
 */
export function gatherRows(x: Tensor, indices: Int32Array, options: GatherOptions = {}): Tensor {
  const { starts, scale = 1 } = options;
  for (const index of indices)
    if (index < 0 || index >= x.rows)
      throw new Error(`gatherRows: index ${index} is outside x [${x.rows}, ${x.columns}]; expected 0 to ${x.rows - 1}`);
  if (starts) checkSegments('gatherRows', starts, indices.length);
  const rows = starts ? starts.length - 1 : indices.length;
  const shape = { rows, columns: x.columns };
  const index = starts ? [indices, starts] : [indices];
  // The caller's lists may be reused before the gradient is asked for.
  const own = { indices: indices.slice(), starts: starts?.slice() };
  return x.graph.addKernel('gather-rows', [x], [shape], { scale }, index, ([dy]) => {
    const back = transposed(own.indices, own.starts, x.rows);
    return [gatherRows(dy!, back.indices, back.starts ? { starts: back.starts, scale } : { scale })];
  })[0]!;
}

/** Sum over the rows of each segment: x [R, C], S + 1 starts → [S, C]. */
export function segmentSum(x: Tensor, segmentStarts: Int32Array): Tensor {
  checkSegments('segmentSum', segmentStarts, x.rows);
  return gatherRows(
    x,
    Int32Array.from({ length: x.rows }, (_, row) => row),
    { starts: segmentStarts },
  );
}

/** The lists of the transposed matrix: for each row of x, the result rows that read it, in order. */
function transposed(
  indices: Int32Array,
  starts: Int32Array | undefined,
  rows: number,
): { indices: Int32Array; starts?: Int32Array } {
  const from = new Int32Array(rows + 1);
  for (const index of indices) from[index + 1]!++;
  const eachOnce = from.subarray(1).every((count) => count === 1);
  for (let row = 0; row < rows; row++) from[row + 1]! += from[row]!;
  const next = from.slice();
  const back = new Int32Array(indices.length);
  const results = starts ? starts.length - 1 : indices.length;
  for (let m = 0; m < results; m++) {
    const end = starts ? starts[m + 1]! : m + 1;
    for (let j = starts ? starts[m]! : m; j < end; j++) back[next[indices[j]!]!++] = m;
  }
  return eachOnce ? { indices: back } : { indices: back, starts: from };
}

/**
 * Ragged read from a pool, taken flat: y[r] = pool[base + slot[sequence]·stride] for triple r = (base, stride, sequence).
 * Pools are data: no gradient.
 *
 * @param slots [S, 1] whole numbers
 * @param triples 3·R integers
 * @returns [R, 1]
 */
export function gatherElements(pool: Tensor, slots: Tensor, triples: Int32Array): Tensor {
  if (slots.columns !== 1 || triples.length === 0 || triples.length % 3 !== 0)
    throw new ShapeError(
      'gatherElements',
      { pool, slots, integers: triples.length },
      'slots [S, 1] and 3·R integers (base, stride, sequence)',
    );
  for (let r = 2; r < triples.length; r += 3)
    if (triples[r]! < 0 || triples[r]! >= slots.rows)
      throw new Error(`gatherElements: triple ${(r - 2) / 3} reads sequence ${triples[r]}; expected 0 to ${slots.rows - 1}`);
  const shape = { rows: triples.length / 3, columns: 1 };
  return pool.graph.addKernel('gather-elements', [pool, slots], [shape], {}, [triples], () => [])[0]!;
}
