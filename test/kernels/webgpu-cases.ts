import type { Instruction, KernelName } from '../../engine/tensor/plan';
import { PlanBuilder, type TestPlan, testRandom } from './webgpu-launches';

/** One random launch of a kernel, by seed: shapes of 1, shapes not multiples of anything, slices, absent optionals. */
type Case = (b: PlanBuilder) => PlanBuilder;

const pick = <T>(b: PlanBuilder, values: readonly T[]): T => values[b.integer(0, values.length - 1)]!;
const size = (b: PlanBuilder) => pick(b, [1, 2, 3, 5, 16, 17, 33, 64, 71]);

function matmul(variant: 'nt' | 'nn' | 'tn'): Case {
  return (b) => {
    const groups = b.integer(1, 4);
    const [m, n] = [size(b), size(b)];
    const k = variant === 'tn' ? pick(b, [1, 40, 300, 701]) : size(b);
    const slice = b.random() < 0.3;
    const a = variant === 'tn' ? b.input(groups * k, m, { slice }) : b.input(groups * m, k, { slice });
    const other = variant === 'nt' ? b.input(groups * n, k) : b.input(groups * k, n);
    const bias = b.random() < 0.5 ? b.input(groups, n) : null;
    const activation = pick(b, ['none', 'relu', 'tanh', 'silu'] as const);
    const c = b.output(groups * m, n, b.random() < 0.3);
    return b.launch('matmul', [a, other, bias], [c], { variant, groups, m, n, k, activation });
  };
}

const segmented = (b: PlanBuilder) => {
  const groups = b.integer(1, 3);
  const rows = pick(b, [1, 7, 40, 70]);
  const segments = b.segments(groups, rows, pick(b, [1, 1, 3, 9, rows]));
  return { groups, rows: groups * rows, segments };
};

function convolution(backward: boolean): Case {
  return (b) => {
    const { groups, rows, segments } = segmented(b);
    const columns = pick(b, [1, 5, 64, 70]);
    const width = b.integer(1, 5);
    const activation = pick(b, ['none', 'silu'] as const);
    const x = b.input(rows, columns, { slice: b.random() < 0.5 });
    const weight = b.input(groups * columns, width);
    const bias = b.input(groups, columns);
    const attributes = { groups, width, activation };
    if (!backward) return b.launch('causal-conv', [x, weight, bias], [b.output(rows, columns)], attributes, [segments]);
    const outputs = [b.output(rows, columns, b.random() < 0.5), b.output(groups * columns, width), b.output(groups, columns)];
    return b.launch('causal-conv-backward', [x, weight, bias, b.input(rows, columns)], outputs, attributes, [segments]);
  };
}

/** Sequences that are cut into chunks, and a short one between them. */
const longSegments = (b: PlanBuilder) => {
  const [first, second] = [b.integer(130, 300), b.integer(1, 90)];
  const rows = first + 1 + second;
  return { groups: 1, rows, segments: b.index([0, first, first + 1, rows]) };
};

/** A scan; backward alone, or forward and then backward over the same values. */
function scan(backward: boolean, long = false, both = false): Case {
  return (b) => {
    const { groups, rows, segments } = long ? longSegments(b) : segmented(b);
    const columns = long ? 5 : pick(b, [1, 3, 33, 40]);
    // Few kinds: a software adapter takes seconds to compile one.
    const states = pick(b, long ? [3, 20] : [3, 16]);
    const gated = states > 3;
    const inputs = [
      b.input(rows, columns, { slice: b.random() < 0.3 }),
      b.input(rows, columns, { fill: () => b.random() * 6 - 4 }),
      b.input(groups * columns, states, { fill: () => b.random() * 3 - 1 }),
      b.input(rows, states, { slice: true }),
      b.input(rows, states, { slice: true }),
      b.input(groups, columns),
      gated ? b.input(rows, columns, { slice: b.random() < 0.5, fill: () => b.random() * 8 - 4 }) : null,
    ];
    if (!backward || both) b.launch('selective-scan', inputs, [b.output(rows, columns)], { groups }, [segments]);
    if (!backward) return b;
    const outputs = [
      b.output(rows, columns),
      b.output(rows, columns),
      b.output(groups * columns, states),
      b.output(rows, states, b.random() < 0.5),
      b.output(rows, states),
      b.output(groups, columns),
      gated ? b.output(rows, columns, b.random() < 0.5) : null,
    ];
    return b.launch('selective-scan-backward', [...inputs, b.input(rows, columns)], outputs, { groups }, [segments]);
  };
}

function attention(backward: boolean): Case {
  return (b) => {
    const rows = pick(b, [1, 9, 40]);
    const segments = b.segments(1, rows, pick(b, [1, 4, rows]));
    const heads = b.integer(1, 3);
    const columns = heads * pick(b, [1, 4, 7]);
    const inputs = Array.from({ length: backward ? 4 : 3 }, () => b.input(rows, columns, { fill: () => b.random() * 4 - 2 }));
    const outputs = Array.from({ length: backward ? 3 : 1 }, () => b.output(rows, columns));
    if (backward) return b.launch('attention-backward', inputs, outputs, { heads }, [segments]);
    return b.launch('attention', inputs, outputs, { heads }, [segments]);
  };
}

const elementwise: Case = (b) => {
  const groups = b.integer(1, 3);
  const rows = groups * pick(b, [1, 7, 20]);
  const columns = pick(b, [1, 3, 40]);
  const inputs = b.integer(1, 5);
  const broadcast = Array.from({ length: inputs }, () => pick(b, ['full', 'full', 'row', 'column', 'scalar'] as const));
  const shape = { full: [rows, columns], row: [groups, columns], column: [rows, 1], scalar: [1, 1] } as const;
  const program: Instruction[] = [];
  const register = () => b.integer(0, inputs + program.length - 1);
  const unary = ['neg', 'abs', 'square', 'tanh', 'sigmoid', 'softplus', 'silu', 'relu', 'step', 'floor'] as const;
  const binary = ['add', 'sub', 'mul', 'max', 'min', 'less'] as const;
  for (let i = 0; i < 8; i++) {
    const kind = b.random();
    if (kind < 0.1) program.push({ op: 'constant', value: b.random() * 4 - 2 });
    else if (kind < 0.5) program.push({ op: pick(b, unary), a: register() });
    else if (kind < 0.9) program.push({ op: pick(b, binary), a: register(), b: register() });
    else program.push({ op: 'select', c: register(), a: register(), b: register() });
    // Bounded, so that random programs stay where f32 and f64 agree.
    program.push({ op: 'tanh', a: inputs + program.length - 1 });
  }
  // One step through each function whose argument must be positive.
  for (const op of ['exp', 'log', 'sqrt', 'reciprocal'] as const) {
    program.push({ op: 'square', a: register() }, { op: 'constant', value: 0.5 });
    program.push({ op: 'add', a: inputs + program.length - 2, b: inputs + program.length - 1 });
    program.push({ op, a: inputs + program.length - 1 });
  }
  program.push({ op: 'div', a: inputs + program.length - 1, b: inputs + program.length - 2 });
  const views = broadcast.map((kind) => b.input(shape[kind][0], shape[kind][1], { slice: kind === 'full' && b.random() < 0.3 }));
  const count = b.integer(1, 3);
  const results = Array.from({ length: count }, (_, o) => inputs + program.length - 1 - o * 2);
  const outputs = results.map(() => b.output(rows, columns, b.random() < 0.2));
  return b.launch('elementwise', views, outputs, { rows, columns, groups, broadcast, program, results });
};

type CaseName = KernelName | `long-${KernelName}` | 'long-selective-scan and back' | `matmul ${'nt' | 'nn' | 'tn'}`;

/** Random launches of every kernel. `clip-scale` and `adamw` are chained, as in an optimiser step. */
export const cases: Readonly<Partial<Record<CaseName, Case>>> = {
  'matmul nt': matmul('nt'),
  'matmul nn': matmul('nn'),
  'matmul tn': matmul('tn'),
  'column-sum': (b) => {
    const groups = b.integer(1, 4);
    const columns = size(b);
    return b.launch(
      'column-sum',
      [b.input(groups * pick(b, [1, 9, 130, 500]), columns, { slice: b.random() < 0.5 })],
      [b.output(groups, columns)],
      { groups },
    );
  },
  'row-sum': (b) => {
    const rows = size(b);
    return b.launch('row-sum', [b.input(rows, pick(b, [1, 3, 50, 200]), { slice: b.random() < 0.5 })], [b.output(rows, 1)], {});
  },
  'rms-norm': (b) => {
    const groups = b.integer(1, 3);
    const [rows, columns] = [groups * size(b), size(b)];
    const inputs = [b.input(rows, columns, { slice: b.random() < 0.3 }), b.input(groups, columns)];
    return b.launch('rms-norm', inputs, [b.output(rows, columns)], { groups, eps: 1e-5 });
  },
  'rms-norm-backward': (b) => {
    const groups = b.integer(1, 3);
    const [rows, columns] = [groups * size(b), size(b)];
    const inputs = [b.input(rows, columns), b.input(groups, columns), b.input(rows, columns)];
    return b.launch('rms-norm-backward', inputs, [b.output(rows, columns), b.output(rows, columns)], { groups, eps: 1e-5 });
  },
  'causal-conv': convolution(false),
  'causal-conv-backward': convolution(true),
  'selective-scan': scan(false),
  'selective-scan-backward': scan(true),
  'long-selective-scan': scan(false, true),
  'long-selective-scan-backward': scan(true, true),
  'long-selective-scan and back': scan(true, true, true),
  attention: attention(false),
  'attention-backward': attention(true),
  elementwise,
  copy: (b) => {
    const [rows, columns] = [size(b), size(b)];
    return b.launch('copy', [b.input(rows, columns, { slice: true })], [b.output(rows, columns, b.random() < 0.5)], {});
  },
  'gather-rows': (b) => {
    const [rows, columns, from] = [size(b), size(b), size(b)];
    const ragged = b.random() < 0.5;
    const starts = [0];
    for (let r = 0; r < rows; r++) starts.push(starts[r]! + (ragged ? b.integer(0, 4) : 1));
    const indices = b.index(Array.from({ length: Math.max(1, starts[rows]!) }, () => b.integer(0, from - 1)));
    const index = ragged ? [indices, b.index(starts)] : [indices];
    const x = b.input(from, columns, { slice: b.random() < 0.3 });
    return b.launch('gather-rows', [x], [b.output(rows, columns, b.random() < 0.3)], { scale: pick(b, [1, 0.25]) }, index);
  },
  'gather-elements': (b) => {
    const [sequences, rows] = [b.integer(1, 20), b.integer(1, 300)];
    const triples = Array.from({ length: rows }, () => [b.integer(0, 99), 100, b.integer(0, sequences - 1)]).flat();
    const slots = b.input(sequences, 1, { fill: () => b.integer(0, 9) });
    return b.launch('gather-elements', [b.input(1, 1000), slots], [b.output(rows, 1)], {}, [b.index(triples)]);
  },
  'scatter-elements': (b) => {
    const rows = b.integer(1, 100);
    const triples = Array.from({ length: rows }, (_, r) => [r, 100, r % 7]).flat();
    const slots = b.input(7, 1, { fill: () => b.integer(0, 9) });
    return b.launch('scatter-elements', [b.input(rows, 1), slots], [b.inPlace(10, 100)], {}, [b.index(triples)]);
  },
  random: (b) => {
    const state = [b.integer(0, 65535), b.integer(0, 65535), b.integer(0, 1e6), 0];
    const attributes = { distribution: pick(b, ['uniform', 'normal'] as const), stream: b.integer(0, 1000) };
    return b.launch(
      'random',
      [b.input(1, 4, { fill: (i) => state[i]! })],
      [b.output(size(b), size(b), b.random() < 0.3)],
      attributes,
    );
  },
  adamw: (b) => {
    const length = pick(b, [1, 70, 3000]);
    const gradient = b.input(1, length, { fill: () => (b.random() - 0.5) * 0.4 });
    const scale = b.output(1, 1);
    b.launch('clip-scale', [gradient], [scale], { maxNorm: pick(b, [1, 1e3]) });
    const step = b.input(1, 1, { fill: () => pick(b, [1, 2, 1000]) });
    const rate = b.input(1, 1, { fill: () => 0.01 });
    const outputs = [b.inPlace(1, length), b.inPlace(1, length), b.inPlace(1, length, () => b.random())];
    return b.launch('adamw', [gradient, scale, step, rate], outputs, { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 });
  },
};

export function caseOf(name: string, seed: number): TestPlan {
  const make = cases[name as keyof typeof cases];
  if (!make) throw new Error(`no test case ${name}`);
  return make(new PlanBuilder(testRandom(seed * 7919 + name.length))).build(`${name} ${seed}`);
}
