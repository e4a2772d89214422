import type { Tensor } from './graph';
import { add, broadcastTo } from './ops/elementwise';
import { concatColumns, concatRows } from './ops/view';

/** The gradient of a slice of a tensor, and where the slice starts. */
export interface SliceGradient {
  readonly row: number;
  readonly column: number;
  readonly gradient: Tensor;
}

export function zerosLike(tensor: Tensor): Tensor {
  return zeros(tensor, tensor.rows, tensor.columns);
}

function zeros({ graph }: Tensor, rows: number, columns: number): Tensor {
  return broadcastTo(graph.scalar(0), rows, columns);
}

/**
 * The sum of all gradients that arrive at `tensor`. Slices side by side are joined by one concatenation; only slices
 * that overlap are padded and added.
 */
export function addUp(tensor: Tensor, whole: readonly Tensor[], slices: readonly SliceGradient[]): Tensor {
  const parts = [...joined(tensor, slices), ...whole];
  return parts.reduce((total, part) => add(total, part));
}

function joined(tensor: Tensor, slices: readonly SliceGradient[]): Tensor[] {
  const byColumns: SliceGradient[] = [];
  const byRows: SliceGradient[] = [];
  for (const slice of mergeEqual(slices)) {
    if (slice.gradient.rows === tensor.rows) byColumns.push(slice);
    else byRows.push(fullWidth(tensor, slice));
  }
  return [
    ...layers(
      byColumns,
      (s) => s.column,
      (s) => s.gradient.columns,
    ).map((layer) => columnsOf(tensor, layer, tensor.rows)),
    ...layers(
      byRows,
      (s) => s.row,
      (s) => s.gradient.rows,
    ).map((layer) => rowsOf(tensor, layer)),
  ];
}

/** Gradients of the same slice are added first. */
function mergeEqual(slices: readonly SliceGradient[]): SliceGradient[] {
  const merged = new Map<string, SliceGradient>();
  for (const slice of slices) {
    const { row, column, gradient } = slice;
    const key = `${row},${column},${gradient.rows},${gradient.columns}`;
    const other = merged.get(key);
    merged.set(key, other ? { row, column, gradient: add(other.gradient, gradient) } : slice);
  }
  return [...merged.values()];
}

/** Splits slices into as few layers as first fit finds, such that those of a layer do not overlap. */
function layers(
  slices: readonly SliceGradient[],
  from: (slice: SliceGradient) => number,
  length: (slice: SliceGradient) => number,
): SliceGradient[][] {
  const result: SliceGradient[][] = [];
  for (const slice of slices.toSorted((a, b) => from(a) - from(b))) {
    const layer = result.find((candidate) => {
      const end = candidate[candidate.length - 1]!;
      return from(end) + length(end) <= from(slice);
    });
    if (layer) layer.push(slice);
    else result.push([slice]);
  }
  return result;
}

function columnsOf(tensor: Tensor, layer: readonly SliceGradient[], rows: number): Tensor {
  const parts: Tensor[] = [];
  let at = 0;
  for (const { column, gradient } of layer) {
    if (column > at) parts.push(zeros(tensor, rows, column - at));
    parts.push(gradient);
    at = column + gradient.columns;
  }
  if (at < tensor.columns) parts.push(zeros(tensor, rows, tensor.columns - at));
  return concatColumns(...parts);
}

function rowsOf(tensor: Tensor, layer: readonly SliceGradient[]): Tensor {
  const parts: Tensor[] = [];
  let at = 0;
  for (const { row, gradient } of layer) {
    if (row > at) parts.push(zeros(tensor, row - at, tensor.columns));
    parts.push(gradient);
    at = row + gradient.rows;
  }
  if (at < tensor.rows) parts.push(zeros(tensor, tensor.rows - at, tensor.columns));
  return concatRows(...parts);
}

function fullWidth(tensor: Tensor, slice: SliceGradient): SliceGradient {
  if (slice.gradient.columns === tensor.columns) return slice;
  return { row: slice.row, column: 0, gradient: columnsOf(tensor, [slice], slice.gradient.rows) };
}
