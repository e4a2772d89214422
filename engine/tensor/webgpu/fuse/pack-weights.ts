import type { View } from '../../plan';
import { blocksOf, type KernelCall } from '../dispatch';
import { shaders } from '../shaders';
import type { BlockShape, BlockWeights, MambaBlock } from './block';

/** The buffer of packed weights, as a group that no plan has. */
export const PACKED = '#packed';

const fours = (n: number) => Math.ceil(n / 4) * 4;
const sixteens = (n: number) => Math.ceil(n / 16) * 16;

/** A weight's part of a record; rows and columns are those of the packed copy, `filled…` what of them exists. */
interface Piece {
  readonly view: View;
  readonly rows: number;
  readonly columns: number;
  readonly filledRows: number;
  readonly filled: number;
  readonly place: number;
  readonly line: number;
  readonly first?: number;
  readonly transposed?: boolean;
  readonly decay?: boolean;
}

/** Elements of a group's record, and its pieces: the layout of shaders/mamba-weights.wgsl. */
function piecesOf(
  weights: BlockWeights,
  { width, inner, states, rank, taps }: BlockShape,
  direction: MambaBlock['direction'],
): { readonly pieces: readonly Piece[]; readonly record: number } {
  const pieces: Piece[] = [];
  let at = 0;
  const add = (view: View, rows: number, columns: number, options: Partial<Piece> = {}) => {
    const padded = options.columns ?? fours(columns);
    pieces.push({ view, rows, columns: padded, filledRows: rows, filled: columns, place: at, line: padded, ...options });
  };
  const next = (length: number) => {
    at += length;
  };
  const whole = (view: View, rows: number, columns: number, options: Partial<Piece> = {}) => {
    add(view, rows, columns, options);
    next(rows * (options.columns ?? fours(columns)));
  };
  whole(weights.norm, 1, width);
  whole(weights.convolution, inner, taps);
  whole(weights.convolutionBias, 1, inner);
  whole(weights.step, inner, rank);
  whole(weights.stepBias, 1, inner);
  whole(weights.aLog, inner, states, { columns: sixteens(states), decay: true });
  whole(weights.skip, 1, inner);
  const forward = direction === 'forward';
  if (forward) whole(weights.inProjection, width, 2 * inner, { transposed: true });
  else whole(weights.inProjection, 2 * inner, width);
  // Step, B and C one after another, the step padded to fours, the others to sixteens.
  const selected = fours(rank) + 2 * sixteens(states);
  let column = 0;
  for (const [first, count, columns] of [
    [0, rank, fours(rank)],
    [rank, states, sixteens(states)],
    [rank + states, states, sixteens(states)],
  ] as const) {
    if (forward) add(weights.selection, inner, count, { first, columns, transposed: true, line: selected, place: at + column });
    else add(weights.selection, columns, inner, { first, filledRows: count, place: at + column * inner });
    column += columns;
  }
  next(selected * inner);
  if (forward) whole(weights.outProjection, inner, width, { transposed: true });
  else whole(weights.outProjection, width, inner);
  return { pieces, record: at };
}

/** Kernels that bring a block's weights to element `offset` of the packed buffer, and how many elements that takes. */
export function packCalls({ weights, shape, direction }: MambaBlock, offset: number): { calls: KernelCall[]; length: number } {
  const { pieces, record } = piecesOf(weights, shape, direction);
  const { groups } = shape;
  const length = groups * record;
  const target: View = { space: 'variable', group: PACKED, offset, rows: 1, columns: length, stride: length };
  const calls = pieces.map(
    (piece): KernelCall => ({
      shader: shaders['pack-weights'],
      operands: [piece.view, target],
      indices: [],
      uniforms: {
        rows: groups * piece.rows,
        columns: piece.columns,
        group_rows: piece.rows,
        filled_rows: piece.filledRows,
        filled: piece.filled,
        x_group_rows: piece.view.rows / groups,
        x_first: piece.first ?? 0,
        place: piece.place,
        line: piece.line,
        record,
        transposed: piece.transposed ? 1 : 0,
        decay: piece.decay ? 1 : 0,
      },
      constants: {},
      workgroups: blocksOf(groups * piece.rows * piece.columns),
      label: 'pack weights',
    }),
  );
  return { calls, length };
}
