import { OhmbaError } from '../base';
import { createNumberArray, grown, type NumberArray, type NumberKind } from './column';

interface Block {
  readonly offset: number;
  readonly length: number;
}

type Arrays<Fields extends Readonly<Record<string, NumberKind>>> = { [Name in keyof Fields]: NumberArray<Fields[Name]> };

/**
 * Rows of different lengths in a few flat arrays that share their offsets. Freed rows are merged and used again, first
 * fit; a row is zeroed when it is handed out.
 */
export class RaggedPool<Fields extends Readonly<Record<string, NumberKind>>> {
  readonly #kinds: Fields;
  #arrays: Arrays<Fields>;
  #capacity: number;
  #used = 0;
  /** Sorted by offset, never adjacent. */
  #free: Block[] = [];
  /** Length of each row in use, by offset. */
  readonly #rows = new Map<number, number>();

  constructor(fields: Fields, capacity = 256) {
    this.#kinds = fields;
    this.#capacity = capacity;
    this.#arrays = mapFields(fields, (kind) => createNumberArray(kind, capacity)) as Arrays<Fields>;
  }

  /** The flat arrays; others after the pool has grown. */
  get arrays(): Readonly<Arrays<Fields>> {
    return this.#arrays;
  }

  get rows(): number {
    return this.#rows.size;
  }

  /** Numbers that the arrays span: in use, or free between rows. */
  get span(): number {
    return this.#used;
  }

  /** Returns the offset of a new row. */
  allocate(length: number): number {
    if (!Number.isInteger(length) || length < 1) {
      throw new OhmbaError({
        what: `a row of ${length} numbers was asked for`,
        expected: 'a whole length of 1 or more',
        todo: 'correct the length',
      });
    }
    const place = this.#free.findIndex((block) => block.length >= length);
    let offset = this.#used;
    if (place >= 0) {
      const block = this.#free[place]!;
      offset = block.offset;
      const rest = block.length - length;
      this.#free.splice(place, 1, ...(rest > 0 ? [{ offset: offset + length, length: rest }] : []));
    } else {
      this.#used += length;
      if (this.#used > this.#capacity) this.#grow();
    }
    this.#rows.set(offset, length);
    for (const array of Object.values(this.#arrays)) array.fill(0, offset, offset + length);
    return offset;
  }

  release(offset: number): void {
    const length = this.#rows.get(offset);
    if (length === undefined) {
      throw new OhmbaError({
        what: `no row starts at ${offset}`,
        expected: 'an offset that was allocated and not yet released',
        todo: 'release a row once',
      });
    }
    this.#rows.delete(offset);
    const next = this.#free.findIndex((block) => block.offset > offset);
    const at = next < 0 ? this.#free.length : next;
    this.#free.splice(at, 0, { offset, length });
    this.#merge(at);
    this.#merge(at - 1);
    const last = this.#free.at(-1);
    if (last && last.offset + last.length === this.#used) {
      this.#used = last.offset;
      this.#free.pop();
    }
  }

  /** A view of a row; valid until the pool grows, which happens between phases only. */
  row<Name extends keyof Fields>(field: Name, offset: number): NumberArray<Fields[Name]> {
    const length = this.#rows.get(offset) ?? 0;
    return this.#arrays[field].subarray(offset, offset + length) as NumberArray<Fields[Name]>;
  }

  #merge(at: number): void {
    const block = this.#free[at];
    const next = this.#free[at + 1];
    if (!block || !next || block.offset + block.length !== next.offset) return;
    this.#free.splice(at, 2, { offset: block.offset, length: block.length + next.length });
  }

  #grow(): void {
    this.#capacity = Math.max(this.#used, 2 * this.#capacity);
    this.#arrays = mapFields(this.#kinds, (kind, name) => grown(kind, this.#arrays[name]!, this.#capacity)) as Arrays<Fields>;
  }
}

function mapFields<Fields extends Readonly<Record<string, NumberKind>>>(
  fields: Fields,
  make: (kind: NumberKind, name: keyof Fields) => NumberArray,
): Record<keyof Fields, NumberArray> {
  return Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, make(kind, name)])) as Record<
    keyof Fields,
    NumberArray
  >;
}
