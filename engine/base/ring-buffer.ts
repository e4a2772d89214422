import { OhmbaError } from './errors';

/** Keeps the last `capacity` items; older ones fall out. */
export class RingBuffer<T> {
  readonly #items: T[] = [];
  readonly capacity: number;
  #next = 0;
  #total = 0;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new OhmbaError({
        what: `a ring buffer of ${capacity} items`,
        expected: 'a whole capacity of 1 or more',
        todo: 'correct the capacity',
      });
    }
    this.capacity = capacity;
  }

  push(item: T): void {
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.capacity;
    this.#total++;
  }

  /** Items held. */
  get length(): number {
    return this.#items.length;
  }

  /** Items ever pushed. */
  get total(): number {
    return this.#total;
  }

  /** `at(0)` is the oldest, `at(-1)` the newest; undefined outside. */
  at(index: number): T | undefined {
    const length = this.#items.length;
    const place = index < 0 ? length + index : index;
    if (place < 0 || place >= length) return undefined;
    const start = length < this.capacity ? 0 : this.#next;
    return this.#items[(start + place) % length];
  }

  /** Oldest first. */
  toArray(): T[] {
    const start = this.#items.length < this.capacity ? 0 : this.#next;
    return [...this.#items.slice(start), ...this.#items.slice(0, start)];
  }

  clear(): void {
    this.#items.length = 0;
    this.#next = 0;
  }
}
