import type { IndexView, View } from '../plan';

/** A strided view of float64 memory. */
export class Matrix {
  constructor(
    readonly data: Float64Array,
    readonly offset: number,
    readonly rows: number,
    readonly columns: number,
    readonly stride: number,
  ) {}

  at(row: number, column: number): number {
    return this.data[this.offset + row * this.stride + column]!;
  }

  set(row: number, column: number, value: number): void {
    this.data[this.offset + row * this.stride + column] = value;
  }

  add(row: number, column: number, value: number): void {
    this.data[this.offset + row * this.stride + column]! += value;
  }

  fill(value: number): void {
    for (let row = 0; row < this.rows; row++) for (let column = 0; column < this.columns; column++) this.set(row, column, value);
  }

  /** Element `i` of contiguous memory, whatever the shape. */
  flat(i: number): number {
    return this.data[this.offset + i]!;
  }

  setFlat(i: number, value: number): void {
    this.data[this.offset + i] = value;
  }

  get length(): number {
    return this.rows * this.columns;
  }
}

/** Where a program's views point. */
export interface Memory {
  readonly arena: Float64Array;
  readonly constants: Float64Array;
  readonly indices: Int32Array;
  variables(group: string): Float64Array;
}

export function matrixAt(memory: Memory, view: View): Matrix {
  const { space, group, offset, rows, columns, stride } = view;
  const data = space === 'arena' ? memory.arena : space === 'constant' ? memory.constants : memory.variables(group);
  return new Matrix(data, offset, rows, columns, stride);
}

export function listAt(memory: Memory, view: IndexView): Int32Array {
  return memory.indices.subarray(view.offset, view.offset + view.length);
}
