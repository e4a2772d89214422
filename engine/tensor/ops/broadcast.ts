import type { Tensor } from '../graph';
import { ShapeError } from '../shape';

export type Broadcast = 'full' | 'row' | 'column' | 'scalar';

interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/** How `tensor` is read over `shape`, or null if it cannot be. A `row` tensor [G, columns] serves G blocks of rows. */
export function broadcastOver(tensor: Shape, shape: Shape): Broadcast | null {
  const { rows, columns } = tensor;
  if (rows === shape.rows && columns === shape.columns) return 'full';
  if (rows === 1 && columns === 1) return 'scalar';
  if (columns === 1 && rows === shape.rows) return 'column';
  if (columns === shape.columns && shape.rows % rows === 0) return 'row';
  return null;
}

/** The shape that all operands broadcast to; an error that names the op if there is none. */
export function commonShape(op: string, operands: Readonly<Record<string, Tensor | number>>): Shape {
  const tensors = Object.values(operands).filter((operand) => typeof operand !== 'number');
  const shape = {
    rows: Math.max(...tensors.map((t) => t.rows)),
    columns: Math.max(...tensors.map((t) => t.columns)),
  };
  const groups = new Set<number>();
  for (const tensor of tensors) {
    const how = broadcastOver(tensor, shape);
    if (how === 'row') groups.add(tensor.rows);
    if (how === null || groups.size > 1)
      throw new ShapeError(
        op,
        operands,
        'operands of one shape [R, C], or [1, C] or [G, C] (one row, or one for each of G equal blocks of rows), [R, 1], [1, 1]',
      );
  }
  return shape;
}
