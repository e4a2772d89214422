/** Hand-built plans of one launch over random shapes: strided and contiguous, grouped, with and without optionals. */
import type { BinaryName, IndexView, Instruction, KernelName, Launch, Plan, UnaryName, View } from '../../engine/tensor/plan';

/** A small seeded stream (mulberry32). */
export function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Case {
  readonly plan: Plan;
  /** Initial contents of the one variable group, 'data'. */
  readonly values: Float32Array;
  /** Tensors the launch writes. */
  readonly outputs: readonly View[];
}

const GROUP = 'data';

/** Lays tensors out in one variable group, and finishes the plan. */
export function builder(random: () => number) {
  let length = 0;
  const fills: { view: View; make: () => number }[] = [];
  const indices: number[] = [];
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    random,
    whole,
    pick: <T>(values: readonly T[]): T => values[whole(0, values.length - 1)]!,
    tensor(rows: number, columns: number, make: () => number = normal, strided = random() < 0.4): View {
      const left = strided ? whole(0, 5) : 0;
      const stride = columns + left + (strided ? whole(0, 5) : 0);
      const view: View = { space: 'variable', group: GROUP, offset: length + left, rows, columns, stride };
      length += Math.ceil((rows * stride) / 64) * 64 + 64;
      fills.push({ view, make });
      return view;
    },
    list(values: readonly number[]): IndexView {
      const offset = indices.length;
      indices.push(...values);
      while (indices.length % 64) indices.push(0);
      return { offset, length: values.length };
    },
    /** Segment starts over `groups` equal runs of rows. */
    segments(groups: number, most = 300): { starts: number[]; rows: number } {
      const rows = Math.min(most, this.pick([1, 3, 15, 40, 300]));
      const starts = [0];
      for (let g = 0; g < groups; g++) {
        let at = g * rows;
        const longest = this.pick([1, 4, 20, rows]);
        while (at < (g + 1) * rows) {
          at = Math.min((g + 1) * rows, at + whole(1, longest));
          starts.push(at);
        }
      }
      return { starts, rows: rows * groups };
    },
    finish(launch: Launch): Case {
      const values = new Float32Array(length + 64).map(() => 7.25);
      for (const { view, make } of fills) {
        for (let r = 0; r < view.rows; r++) {
          for (let c = 0; c < view.columns; c++) values[view.offset + r * view.stride + c] = make();
        }
      }
      const plan: Plan = {
        name: launch.kernel,
        launches: [launch],
        arenaLength: 0,
        constants: new Float32Array(0),
        indices: Int32Array.from(indices),
        inputs: {},
        outputs: {},
        groups: { [GROUP]: values.length },
      };
      return { plan, values, outputs: launch.outputs.filter((view) => view !== null) };
    },
  };
}
type Builder = ReturnType<typeof builder>;

const SIZES = [1, 2, 3, 4, 5, 8, 12, 18, 31, 33, 64];
const UNARY: UnaryName[] = ['neg', 'abs', 'exp', 'tanh', 'sigmoid', 'softplus', 'silu', 'relu', 'step', 'square', 'floor'];
const BINARY: BinaryName[] = ['add', 'sub', 'mul', 'max', 'min', 'less'];

function program(b: Builder, inputs: number): Instruction[] {
  const list: Instruction[] = [];
  const count = b.whole(1, 14);
  for (let i = 0; i < count; i++) {
    const any = () => b.whole(0, inputs + i - 1);
    const kind = b.random();
    if (kind < 0.1) list.push({ op: 'constant', value: b.random() * 2 - 1 });
    else if (kind < 0.5) list.push({ op: b.pick(UNARY), a: any() });
    else if (kind < 0.93) list.push({ op: b.pick(BINARY), a: any(), b: any() });
    else list.push({ op: 'select', a: any(), b: any(), c: any() });
  }
  // Values are kept near 1, so that rounding stays comparable.
  return list;
}

const none: readonly IndexView[] = [];

export const CASES: Readonly<Record<KernelName, (b: Builder) => Case>> = {
  matmul(b) {
    const variant = b.pick(['nt', 'nn', 'tn'] as const);
    const [groups, n, k] = [b.whole(1, 4), b.pick(SIZES), b.pick([...SIZES, 300, 700])];
    const m = b.pick([...SIZES, 130]);
    const a = variant === 'tn' ? b.tensor(groups * k, m) : b.tensor(groups * m, k);
    const w = variant === 'nt' ? b.tensor(groups * n, k) : b.tensor(groups * k, n);
    const bias = b.random() < 0.5 ? b.tensor(groups, n) : null;
    const activation = b.pick(['none', 'none', 'relu', 'tanh', 'silu'] as const);
    const attributes = { variant, groups, m, n, k, activation };
    return b.finish({
      kernel: 'matmul',
      inputs: [a, w, bias],
      outputs: [b.tensor(groups * m, n)],
      index: none,
      attributes,
      label: 'l',
    });
  },
  'column-sum'(b) {
    const [groups, rows, columns] = [b.whole(1, 4), b.pick([1, 5, 255, 700]), b.pick(SIZES)];
    return b.finish({
      kernel: 'column-sum',
      inputs: [b.tensor(groups * rows, columns)],
      outputs: [b.tensor(groups, columns)],
      index: none,
      attributes: { groups },
      label: 'l',
    });
  },
  'row-sum'(b) {
    const [rows, columns] = b.random() < 0.3 ? [b.whole(1, 2), 9001] : [b.whole(1, 300), b.pick(SIZES)];
    // Positive terms: a sum that cancels would only measure the rounding of its terms.
    const [x, y] = [b.tensor(rows, columns, b.random), b.tensor(rows, 1)];
    return b.finish({ kernel: 'row-sum', inputs: [x], outputs: [y], index: none, attributes: {}, label: 'l' });
  },
  'rms-norm'(b) {
    const [groups, rows, columns] = [b.whole(1, 4), b.whole(1, 80), b.pick(SIZES)];
    const inputs = [b.tensor(groups * rows, columns), b.tensor(groups, columns)];
    const outputs = [b.tensor(groups * rows, columns)];
    return b.finish({ kernel: 'rms-norm', inputs, outputs, index: none, attributes: { groups, eps: 1e-5 }, label: 'l' });
  },
  'rms-norm-backward'(b) {
    const [groups, rows, columns] = [b.whole(1, 4), b.whole(1, 80), b.pick(SIZES)];
    const block = () => b.tensor(groups * rows, columns);
    const inputs = [block(), b.tensor(groups, columns), block()];
    const outputs = [block(), block()];
    return b.finish({ kernel: 'rms-norm-backward', inputs, outputs, index: none, attributes: { groups, eps: 1e-5 }, label: 'l' });
  },
  'causal-conv': (b) => convolution(b, false),
  'causal-conv-backward': (b) => convolution(b, true),
  'selective-scan': (b) => scan(b, false),
  'selective-scan-backward': (b) => scan(b, true),
  attention: (b) => attention(b, false),
  'attention-backward': (b) => attention(b, true),
  elementwise(b) {
    const [groups, perGroup, columns] = [b.whole(1, 3), b.pick([1, 2, 7, 200]), b.pick([...SIZES, 600, 1500])];
    const rows = groups * perGroup;
    const plainOnly = b.random() < 0.4;
    const broadcast = Array.from({ length: b.whole(1, 5) }, () =>
      plainOnly ? b.pick(['full', 'scalar'] as const) : b.pick(['full', 'row', 'column', 'scalar'] as const),
    );
    const shapes = { full: [rows, columns], row: [groups, columns], column: [rows, 1], scalar: [1, 1] } as const;
    const strided = b.random() < 0.3;
    const inputs = broadcast.map((kind) => b.tensor(shapes[kind][0], shapes[kind][1], undefined, strided));
    const list = program(b, inputs.length);
    const results = Array.from({ length: b.whole(1, 3) }, () => b.whole(0, inputs.length + list.length - 1));
    const outputs = results.map(() => b.tensor(rows, columns, undefined, strided));
    // Sometimes in place.
    const full = broadcast.indexOf('full');
    if (full >= 0 && b.random() < 0.4) outputs[0] = inputs[full]!;
    const attributes = { rows, columns, groups, broadcast, program: list, results };
    return b.finish({ kernel: 'elementwise', inputs, outputs, index: none, attributes, label: 'l' });
  },
  copy(b) {
    const [rows, columns] = [b.whole(1, 300), b.pick(SIZES)];
    const [x, y] = [b.tensor(rows, columns), b.tensor(rows, columns)];
    return b.finish({ kernel: 'copy', inputs: [x], outputs: [y], index: none, attributes: {}, label: 'l' });
  },
  'gather-rows'(b) {
    const [rows, columns, count] = [b.whole(1, 100), b.pick(SIZES), b.whole(1, 200)];
    const indices = Array.from({ length: count }, () => b.whole(0, rows - 1));
    const index = [b.list(indices)];
    let out = count;
    if (b.random() < 0.5) {
      out = b.whole(1, count);
      const starts = Array.from({ length: out - 1 }, () => b.whole(0, count)).sort((x, y) => x - y);
      index.push(b.list([0, ...starts, count]));
    }
    const [x, y] = [b.tensor(rows, columns), b.tensor(out, columns)];
    return b.finish({ kernel: 'gather-rows', inputs: [x], outputs: [y], index, attributes: { scale: 0.5 }, label: 'l' });
  },
  'gather-elements': (b) => pool(b, true),
  'scatter-elements': (b) => pool(b, false),
  random(b) {
    const values = [b.whole(0, 65535), b.whole(0, 65535), b.whole(0, 100000), 0];
    let i = 0;
    const state = b.tensor(1, 4, () => values[i++]!, false);
    const y = b.tensor(b.whole(1, 90), b.pick(SIZES));
    const attributes = { distribution: b.pick(['uniform', 'normal'] as const), stream: b.whole(0, 9) };
    return b.finish({ kernel: 'random', inputs: [state], outputs: [y], index: none, attributes, label: 'l' });
  },
  'clip-scale'(b) {
    const g = b.tensor(b.whole(1, 200), b.whole(1, 70), undefined, false);
    const attributes = { maxNorm: b.pick([0.1, 1, 1000]) };
    return b.finish({ kernel: 'clip-scale', inputs: [g], outputs: [b.tensor(1, 1)], index: none, attributes, label: 'l' });
  },
  adamw(b) {
    const length = b.pick([1, 6, 1000, 5003]);
    const block = (make?: () => number) => b.tensor(1, length, make, false);
    const scalar = (value: number) => b.tensor(1, 1, () => value, false);
    const inputs = [block(), scalar(b.pick([0, 0.3, 1])), scalar(b.whole(1, 3000)), scalar(1e-3)];
    const outputs = [block(), block(), block(() => b.random())];
    const attributes = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 };
    return b.finish({ kernel: 'adamw', inputs, outputs, index: none, attributes, label: 'l' });
  },
};

function convolution(b: Builder, backward: boolean): Case {
  const [groups, columns, width] = [b.whole(1, 4), b.pick(SIZES), b.whole(1, 5)];
  const { starts, rows } = b.segments(groups);
  const inputs = [b.tensor(rows, columns), b.tensor(groups * columns, width), b.tensor(groups, columns)];
  const attributes = { groups, width, activation: b.pick(['none', 'silu'] as const) };
  const index = [b.list(starts)];
  if (!backward) {
    return b.finish({ kernel: 'causal-conv', inputs, outputs: [b.tensor(rows, columns)], index, attributes, label: 'l' });
  }
  const outputs = inputs.map((view) => b.tensor(view.rows, view.columns));
  inputs.push(b.tensor(rows, columns));
  return b.finish({ kernel: 'causal-conv-backward', inputs, outputs, index, attributes, label: 'l' });
}

function scan(b: Builder, backward: boolean): Case {
  const [groups, D, N] = [b.whole(1, 4), b.pick(SIZES), b.pick([1, 2, 3, 8, 16])];
  const { starts, rows } = b.segments(groups);
  const row = (columns: number) => b.tensor(rows, columns);
  const aLog = b.tensor(groups * D, N, () => Math.log(1 + b.random() * N));
  const gate = b.random() < 0.7 ? row(D) : null;
  const inputs = [row(D), row(D), aLog, row(N), row(N), b.tensor(groups, D), gate];
  const index = [b.list(starts)];
  if (!backward) {
    return b.finish({ kernel: 'selective-scan', inputs, outputs: [row(D)], index, attributes: { groups }, label: 'l' });
  }
  const outputs = inputs.map((view) => (view ? b.tensor(view.rows, view.columns) : null));
  inputs.push(row(D));
  return b.finish({ kernel: 'selective-scan-backward', inputs, outputs, index, attributes: { groups }, label: 'l' });
}

function attention(b: Builder, backward: boolean): Case {
  const [heads, width] = [b.whole(1, 3), b.whole(1, 9)];
  const { starts, rows } = b.segments(1, 40);
  const block = () => b.tensor(rows, heads * width);
  const inputs = [block(), block(), block()];
  const index = [b.list(starts)];
  if (!backward) return b.finish({ kernel: 'attention', inputs, outputs: [block()], index, attributes: { heads }, label: 'l' });
  inputs.push(block());
  return b.finish({
    kernel: 'attention-backward',
    inputs,
    outputs: [block(), block(), block()],
    index,
    attributes: { heads },
    label: 'l',
  });
}

function pool(b: Builder, gather: boolean): Case {
  const [sequences, width] = [b.whole(1, 20), b.whole(1, 7)];
  const slots = sequences + b.whole(0, 10);
  const rows = sequences * width;
  const store = b.tensor(slots, width, undefined, false);
  const free = Array.from({ length: slots }, (_, i) => i);
  // A scatter's slots differ, so that its result does not rest on an order.
  const slot = b.tensor(sequences, 1, () => (gather ? b.whole(0, slots - 1) : (free.shift() ?? 0)), false);
  const triples = Array.from({ length: rows }, (_, r) => [r % width, width, Math.floor(r / width)]).flat();
  const values = b.tensor(rows, 1);
  const index = [b.list(triples)];
  return gather
    ? b.finish({ kernel: 'gather-elements', inputs: [store, slot], outputs: [values], index, attributes: {}, label: 'l' })
    : b.finish({ kernel: 'scatter-elements', inputs: [values, slot], outputs: [store], index, attributes: {}, label: 'l' });
}
