import type { Tensor } from '../graph';
import { ShapeError } from '../shape';
import { broadcastTo } from './elementwise';

/** Rows `from` to `to` (exclusive), without a copy. */
export function sliceRows(x: Tensor, from: number, to: number): Tensor {
  return slice('sliceRows', x, from, to, 0, x.columns);
}

/** Columns `from` to `to` (exclusive), without a copy. */
export function sliceColumns(x: Tensor, from: number, to: number): Tensor {
  return slice('sliceColumns', x, 0, x.rows, from, to);
}

function slice(op: string, x: Tensor, rowFrom: number, rowTo: number, columnFrom: number, columnTo: number): Tensor {
  const whole = [rowFrom, rowTo, columnFrom, columnTo].every(Number.isInteger);
  if (
    !whole ||
    rowFrom < 0 ||
    columnFrom < 0 ||
    rowTo > x.rows ||
    columnTo > x.columns ||
    rowFrom >= rowTo ||
    columnFrom >= columnTo
  ) {
    const [from, to] = op === 'sliceRows' ? [rowFrom, rowTo] : [columnFrom, columnTo];
    throw new ShapeError(op, { x, from, to }, 'a range of at least one within x, from < to');
  }
  const rows = rowTo - rowFrom;
  const columns = columnTo - columnFrom;
  if (rows === x.rows && columns === x.columns) return x;
  const { body, inputs } = x.node;
  if (body.kind === 'slice') {
    const parent = inputs[0]!;
    const row = body.row + rowFrom;
    const column = body.column + columnFrom;
    return slice(op, parent, row, row + rows, column, column + columns);
  }
  // The gradient is left to autodiff, which joins the slices of one tensor.
  return x.graph.addNode(op, { kind: 'slice', row: rowFrom, column: columnFrom }, [x], [{ rows, columns }]).outputs[0]!;
}

/** The same elements in row-major order under another shape. Copies only what is a column slice. */
export function reshape(x: Tensor, rows: number, columns: number): Tensor {
  if (rows * columns !== x.rows * x.columns)
    throw new ShapeError('reshape', { x, rows, columns }, `rows · columns to be ${x.rows * x.columns}`);
  if (rows === x.rows && columns === x.columns) return x;
  if (x.node.body.kind === 'reshape') return reshape(x.node.inputs[0]!, rows, columns);
  const repeated = repeatedScalar(x);
  if (repeated) return broadcastTo(repeated, rows, columns);
  const source = contiguous(x);
  return x.graph.addNode('reshape', { kind: 'reshape' }, [source], [{ rows, columns }], ([dy]) => [
    reshape(dy!, source.rows, source.columns),
  ]).outputs[0]!;
}

/** The scalar that `x` repeats everywhere, or null: under another shape it is still fused into its readers. */
function repeatedScalar(x: Tensor): Tensor | null {
  const { body, inputs, graph } = x.node;
  if (body.kind !== 'elementwise' || body.op !== 'identity') return null;
  const [operand] = body.operands;
  if (operand && 'literal' in operand) return graph.scalar(operand.literal);
  const source = inputs[0]!;
  return source.rows === 1 && source.columns === 1 ? source : null;
}

/** `x` itself, or a copy of it if it is a column slice of something wider. */
export function contiguous(x: Tensor): Tensor {
  let base = x;
  while (base.node.body.kind === 'stop') base = base.node.inputs[0]!;
  const isColumnSlice = base.node.body.kind === 'slice' && base.rows > 1 && base.columns < base.node.inputs[0]!.columns;
  if (!isColumnSlice) return x;
  return x.graph.addKernel('copy', [x], [{ rows: x.rows, columns: x.columns }], {}, [], ([dy]) => [dy!])[0]!;
}

/** The same values, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return x.graph.addNode('stopGradient', { kind: 'stop' }, [x], [{ rows: x.rows, columns: x.columns }], () => [null]).outputs[0]!;
}

/** Tensors of one height side by side. Producers write straight into the result where they can. */
export function concatColumns(...parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (!first) throw new Error('concatColumns: got no tensors; expected at least one');
  if (parts.length === 1) return first;
  if (parts.some((part) => part.rows !== first.rows))
    throw new ShapeError('concatColumns', Object.fromEntries(parts.entries()), 'tensors with the same number of rows');
  const offsets: number[] = [];
  let columns = 0;
  for (const part of parts) {
    offsets.push(columns);
    columns += part.columns;
  }
  const shape = { rows: first.rows, columns };
  return first.graph.addNode('concatColumns', { kind: 'assemble', axis: 'columns', offsets }, parts, [shape], ([dy], needs) =>
    parts.map((part, i) => (needs[i] ? sliceColumns(dy!, offsets[i]!, offsets[i]! + part.columns) : null)),
  ).outputs[0]!;
}

/** Tensors of one width on top of each other. Producers write straight into the result where they can. */
export function concatRows(...parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (!first) throw new Error('concatRows: got no tensors; expected at least one');
  if (parts.length === 1) return first;
  if (parts.some((part) => part.columns !== first.columns))
    throw new ShapeError('concatRows', Object.fromEntries(parts.entries()), 'tensors with the same number of columns');
  const offsets: number[] = [];
  let rows = 0;
  for (const part of parts) {
    offsets.push(rows);
    rows += part.rows;
  }
  const shape = { rows, columns: first.columns };
  return first.graph.addNode('concatRows', { kind: 'assemble', axis: 'rows', offsets }, parts, [shape], ([dy], needs) =>
    parts.map((part, i) => (needs[i] ? sliceRows(dy!, offsets[i]!, offsets[i]! + part.rows) : null)),
  ).outputs[0]!;
}
