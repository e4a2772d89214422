/** Keeps one copy of each list of numbers, so that equal lists are the same object. */
export class Interner<T extends Int32Array | Float32Array> {
  readonly #buckets = new Map<number, T[]>();
  readonly #ids = new Map<T, number>();

  /** The first list with these contents. `list` is kept and must not change afterwards. */
  intern(list: T): T {
    // Bits, not values, are compared: -0 and 0 differ, NaN equals itself.
    const bits = bitsOf(list);
    const hash = hashOf(bits);
    const bucket = this.#buckets.get(hash);
    const known = bucket?.find((other) => sameBits(bitsOf(other), bits));
    if (known) return known;
    if (bucket) bucket.push(list);
    else this.#buckets.set(hash, [list]);
    this.#ids.set(list, this.#ids.size);
    return list;
  }

  /** A small number that stands for an interned list. */
  idOf(list: T): number {
    const id = this.#ids.get(list);
    if (id === undefined) throw new Error('interner: the list was never interned; pass it through intern first');
    return id;
  }
}

function bitsOf(list: Int32Array | Float32Array): Int32Array {
  return new Int32Array(list.buffer, list.byteOffset, list.length);
}

/** FNV-1a over 32-bit words. */
function hashOf(bits: Int32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bits.length; i++) hash = Math.imul(hash ^ bits[i]!, 0x01000193);
  return hash ^ bits.length;
}

function sameBits(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
