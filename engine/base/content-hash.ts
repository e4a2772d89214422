/**
 * A 64-bit hash of content, fed piece by piece: two 32-bit lanes with the mixing of MurmurHash3 (Appleby). For telling
 * whether two runs are the same; not for security. The same on every machine: NaNs count as one value, and numbers go
 * in as little-endian bytes.
 */
export class ContentHash {
  #low = 0x9747b28c | 0;
  #high = 0x85ebca6b | 0;
  #length = 0;
  readonly #bits = new DataView(new ArrayBuffer(8));

  /** Every byte of an integer array. */
  bytes(values: Uint8Array): this {
    let i = 0;
    for (; i + 4 <= values.length; i += 4) {
      this.word(values[i]! | (values[i + 1]! << 8) | (values[i + 2]! << 16) | (values[i + 3]! << 24));
    }
    for (; i < values.length; i++) this.word(values[i]!);
    return this.word(values.length);
  }

  text(value: string): this {
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
    return this.word(value.length);
  }

  number(value: number): this {
    this.#bits.setFloat64(0, Number.isNaN(value) ? Number.NaN : value, true);
    return this.word(this.#bits.getInt32(0, true)).word(this.#bits.getInt32(4, true));
  }

  /** Numbers of any typed array, each at its own precision. */
  numbers(values: Float32Array | Float64Array | Uint32Array | Int32Array | readonly number[]): this {
    if (values instanceof Float32Array) {
      for (const value of values) {
        this.#bits.setFloat32(0, Number.isNaN(value) ? Number.NaN : value, true);
        this.word(this.#bits.getInt32(0, true));
      }
    } else {
      for (const value of values) this.number(value);
    }
    return this.word(values.length);
  }

  word(value: number): this {
    this.#low = step(this.#low, value, 0xcc9e2d51, 0x1b873593, 15);
    this.#high = step(this.#high, value ^ this.#low, 0x239b961b, 0xab0e9789, 17);
    this.#length++;
    return this;
  }

  /** What it has become so far: [low, high, words fed]. */
  state(): readonly [number, number, number] {
    return [this.#low, this.#high, this.#length];
  }

  /** Goes on from where a hash was when it gave this state. */
  restore([low, high, length]: readonly [number, number, number]): void {
    this.#low = low;
    this.#high = high;
    this.#length = length;
  }

  /** 16 hexadecimal digits of everything fed so far; feeding may go on. */
  digest(): string {
    const low = finish(this.#low ^ this.#length);
    const high = finish(this.#high ^ low);
    return hex(high) + hex(finish(low ^ high));
  }
}

function step(hash: number, value: number, c1: number, c2: number, rotation: number): number {
  let k = Math.imul(value, c1);
  k = (k << rotation) | (k >>> (32 - rotation));
  const mixed = hash ^ Math.imul(k, c2);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
