import type { IndexView, Kernel, KernelName, Launch, LaunchOf, Plan, View } from '../../engine/tensor/plan';

/** A seeded stream for test data (mulberry32). */
export function testRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface TestPlan {
  readonly plan: Plan;
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** Builds a plan of a few launches over random tensors, strided where asked, for comparing executors. */
export class PlanBuilder {
  readonly #launches: Launch[] = [];
  readonly #inputs: Record<string, View> = {};
  readonly #outputs: Record<string, View> = {};
  readonly #values: Record<string, Float32Array> = {};
  readonly #indices: number[] = [];
  #arena = 0;

  constructor(readonly random: () => number) {}

  integer(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** A tensor in the arena; with `slice` it is some columns of a wider one. */
  tensor(rows: number, columns: number, slice = false): View {
    const stride = slice ? columns + 5 : columns;
    const offset = this.#arena + (slice ? 3 : 0);
    this.#arena += Math.ceil((rows * stride) / 64) * 64;
    return { space: 'arena', group: '', offset, rows, columns, stride };
  }

  /** A tensor of random values; `spread` scales normals, or a function gives them. */
  input(rows: number, columns: number, options: { slice?: boolean; fill?: (i: number) => number } = {}): View {
    const view = this.tensor(rows, columns, options.slice);
    const whole: View = { ...view, offset: view.offset - (options.slice ? 3 : 0), columns: view.stride };
    const name = `in${Object.keys(this.#inputs).length}`;
    this.#inputs[name] = whole;
    const values = new Float32Array(whole.rows * whole.columns);
    for (let i = 0; i < values.length; i++) values[i] = options.fill ? options.fill(i) : this.random() * 2 - 1;
    this.#values[name] = values;
    return view;
  }

  /** A tensor that is compared after the run. */
  output(rows: number, columns: number, slice = false): View {
    const view = this.tensor(rows, columns, slice);
    if (!slice) {
      this.#outputs[`out${Object.keys(this.#outputs).length}`] = view;
      return view;
    }
    // What lies between the columns of a slice must stay as it was.
    const whole: View = { ...view, offset: view.offset - 3, columns: view.stride };
    const name = `out${Object.keys(this.#outputs).length}`;
    this.#outputs[name] = whole;
    this.#inputs[name] = whole;
    this.#values[name] = Float32Array.from({ length: whole.rows * whole.columns }, () => this.random());
    return view;
  }

  /** An input that is changed in place and compared. */
  inPlace(rows: number, columns: number, fill?: (i: number) => number): View {
    const view = this.input(rows, columns, fill ? { fill } : {});
    this.#outputs[`out${Object.keys(this.#outputs).length}`] = view;
    return view;
  }

  index(values: ArrayLike<number>): IndexView {
    const view = { offset: this.#indices.length, length: values.length };
    this.#indices.push(...Array.from(values));
    while (this.#indices.length % 64 !== 0) this.#indices.push(0);
    return view;
  }

  /** Segments over `groups` members of `rows` rows each, no segment crossing members. */
  segments(groups: number, rows: number, count: number): IndexView {
    const starts = new Set<number>();
    for (let g = 0; g < groups; g++) {
      starts.add(g * rows);
      for (let s = 1; s < count; s++) starts.add(g * rows + this.integer(0, rows - 1));
    }
    return this.index([...starts].sort((a, b) => a - b).concat(groups * rows));
  }

  launch<Name extends KernelName>(
    kernel: Name,
    inputs: readonly (View | null)[],
    outputs: readonly (View | null)[],
    attributes: LaunchOf<Name>['attributes'],
    index: readonly IndexView[] = [],
  ): this {
    const launch: Kernel<Name, LaunchOf<Name>['attributes']> = { kernel, inputs, outputs, attributes, index, label: kernel };
    this.#launches.push(launch as unknown as Launch);
    return this;
  }

  build(name = 'test'): TestPlan {
    return {
      plan: {
        name,
        launches: this.#launches,
        arenaLength: this.#arena,
        constants: new Float32Array(64),
        indices: Int32Array.from(this.#indices),
        inputs: this.#inputs,
        outputs: this.#outputs,
        groups: {},
      },
      values: this.#values,
    };
  }
}
