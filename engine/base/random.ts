import { OhmbaError } from './errors';

/** Everything that a stream remembers; plain data. */
export interface RandomState {
  readonly words: readonly [number, number, number, number];
  /** The second normal of the last pair, where one is left. */
  readonly spare: number | null;
}

/**
 * A seeded stream of random numbers: xoshiro128** (Blackman and Vigna, 2018), seeded through splitmix32. Period
 * 2^128 - 1. A stream can be split by name, so that what one part of the engine draws never shifts what another gets.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare: number | null = null;

  constructor(seed: number | RandomState) {
    const next = splitmix32(typeof seed === 'object' ? 0 : seed);
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
    if (typeof seed === 'object') this.restore(seed);
  }

  /** A whole number in [0, 2^32). */
  word(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  /** In [0, 1), 53 bits. */
  uniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  /** A whole number in [0, bound), each equally likely. */
  integer(bound: number): number {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 4294967296)) {
      throw new OhmbaError({
        what: `a random integer below ${bound} was asked for`,
        expected: 'a whole bound from 1 to 2^32',
        todo: 'pass the number of choices',
      });
    }
    const limit = 4294967296 - (4294967296 % bound);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % bound;
    }
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }

  /** A stream of its own for `name`; this one is not advanced, so the order of splits does not matter. */
  split(name: string): RandomStream {
    let hash = 0x811c9dc5;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    const mix = splitmix32(hash);
    const words = [this.#a ^ mix(), this.#b ^ mix(), this.#c ^ mix(), this.#d ^ mix()] as const;
    const child = new RandomStream(words[0] ^ rotate(words[1], 8) ^ rotate(words[2], 16) ^ rotate(words[3], 24));
    child.#a ^= words[1];
    child.#b ^= words[2];
    child.#c ^= words[3];
    child.#d ^= words[0];
    if ((child.#a | child.#b | child.#c | child.#d) === 0) child.#a = 1;
    for (let i = 0; i < 8; i++) child.word();
    return child;
  }

  state(): RandomState {
    return { words: [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0], spare: this.#spare };
  }

  /** Goes on from where a stream was when it gave this state. */
  restore({ words, spare }: RandomState): void {
    if ((words[0] | words[1] | words[2] | words[3]) === 0) throw emptyState();
    [this.#a, this.#b, this.#c, this.#d] = words;
    this.#spare = spare;
  }
}

function emptyState(): OhmbaError {
  return new OhmbaError({
    what: 'a random stream was restored from an all-zero state',
    expected: 'a state that a stream returned',
    todo: 'start from a seed instead',
  });
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function splitmix32(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 4294967296)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) | 0;
  };
}
