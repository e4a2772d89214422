import { OhmbaError } from '../base';

const ARRAYS = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

const RANGES: Readonly<Partial<Record<NumberKind, readonly [number, number]>>> = {
  u8: [0, 255],
  u16: [0, 65535],
  u32: [0, 4294967295],
  i32: [-2147483648, 2147483647],
};

export type NumberKind = keyof typeof ARRAYS;
export type NumberArray<Kind extends NumberKind = NumberKind> = InstanceType<(typeof ARRAYS)[Kind]>;

export function createNumberArray<Kind extends NumberKind>(kind: Kind, length: number): NumberArray<Kind> {
  return new ARRAYS[kind](length) as NumberArray<Kind>;
}

/** The same values in a longer array. */
export function grown<Kind extends NumberKind>(kind: Kind, values: NumberArray<Kind>, length: number): NumberArray<Kind> {
  const longer = createNumberArray(kind, length);
  longer.set(values as ArrayLike<number>);
  return longer;
}

/**
 * One field of a component, by entity index. A typed array loses writes past its end and wraps numbers that do not fit,
 * both in silence; a column grows, and refuses.
 */
export class NumberColumn<Kind extends NumberKind = NumberKind> {
  readonly #kind: Kind;
  readonly #name: string;
  readonly #range: readonly [number, number] | undefined;
  #values: NumberArray<Kind>;

  constructor(name: string, kind: Kind, capacity = 64) {
    this.#name = name;
    this.#kind = kind;
    this.#range = RANGES[kind];
    this.#values = createNumberArray(kind, capacity);
  }

  /** For loops that read a lot; another array after the column has grown. */
  get values(): NumberArray<Kind> {
    return this.#values;
  }

  get(index: number): number {
    const value = this.#values[index];
    if (value === undefined) throw this.#outside(index);
    return value;
  }

  set(index: number, value: number): void {
    if (this.#values[index] === undefined) this.#grow(index);
    if (this.#range && !(Number.isInteger(value) && value >= this.#range[0] && value <= this.#range[1])) {
      throw new OhmbaError({
        what: `${value} was written to ${this.#name} (${this.#kind})`,
        expected: `a whole number from ${this.#range[0]} to ${this.#range[1]}`,
        todo: 'correct the value, or declare the field wider',
      });
    }
    this.#values[index] = value;
  }

  add(index: number, amount: number): void {
    this.set(index, this.get(index) + amount);
  }

  #grow(index: number): void {
    if (!Number.isInteger(index) || index < 0) throw this.#outside(index);
    this.#values = grown(this.#kind, this.#values, Math.max(index + 1, 2 * this.#values.length));
  }

  #outside(index: number): OhmbaError {
    return new OhmbaError({
      what: `${this.#name} has no entity ${index}`,
      expected: 'the index of an entity that has the component',
      todo: 'check that the entity lives before reading it',
    });
  }
}

/** A field of texts. */
export class TextColumn {
  readonly #values: string[] = [];

  get(index: number): string {
    return this.#values[index] ?? '';
  }

  set(index: number, value: string): void {
    this.#values[index] = value;
  }
}
