import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../engine/tensor';
import * as t from '../../engine/tensor';
import { gradientError, memberSegments, type Operand, randomSegments, stream } from './support';

const SEEDS = [1, 2, 3, 4];
const TOLERANCE = 1e-6;

interface Case {
  readonly operands: readonly Operand[];
  readonly op: (...tensors: Tensor[]) => Tensor;
}

type Random = ReturnType<typeof stream>;

function check(name: string, make: (random: Random) => Case) {
  test.each(SEEDS)(`${name}, seed %i`, (seed) => {
    const random = stream(seed * 7919);
    const { operands, op } = make(random);
    expect(gradientError(random, operands, op)).toBeLessThan(TOLERANCE);
  });
}

const shape = (random: Random, low = -1, high = 1): Operand => ({
  rows: random.whole(1, 5),
  columns: random.whole(1, 5),
  low,
  high,
});

const { neg, exp, square, tanh, sigmoid, softplus, silu, log, sqrt, reciprocal, abs, relu } = t;
const { add, sub, mul, div, maximum, minimum } = t;

describe('elementwise gradients against finite differences', () => {
  for (const [name, op] of Object.entries({ neg, exp, square, tanh, sigmoid, softplus, silu }))
    check(name, (random) => ({ operands: [shape(random, -2, 2)], op }));
  for (const [name, op] of Object.entries({ log, sqrt, reciprocal, abs, relu }))
    check(`${name} of positive`, (random) => ({ operands: [shape(random, 0.5, 2)], op }));
  for (const [name, op] of Object.entries({ abs, relu }))
    check(`${name} of negative`, (random) => ({ operands: [shape(random, -2, -0.5)], op }));
  for (const [name, op] of Object.entries({ add, sub, mul, div, maximum, minimum })) {
    for (const kind of ['same', 'row', 'group rows', 'column', 'scalar', 'outer'] as const)
      check(`${name}, ${kind}`, (random) => {
        const groups = random.whole(2, 3);
        const rows = groups * random.whole(1, 3);
        const columns = random.whole(2, 4);
        const other = {
          same: { rows, columns },
          row: { rows: 1, columns },
          'group rows': { rows: groups, columns },
          column: { rows, columns: 1 },
          scalar: { rows: 1, columns: 1 },
          outer: { rows: 1, columns },
        }[kind];
        const first = kind === 'outer' ? { rows, columns: 1 } : { rows, columns };
        const bounds = { low: 0.5, high: 2 };
        const operands = [
          { ...first, ...bounds },
          { ...other, ...bounds },
        ];
        return random.uniform() < 0.5 ? { operands, op } : { operands: operands.toReversed(), op };
      });
    check(`${name} with a number`, (random) => ({
      operands: [shape(random, 0.5, 2)],
      op: (x) => t.add(op(x, 1.25), op(0.75, x)),
    }));
  }
  check('select', (random) => {
    const { rows, columns } = shape(random);
    return {
      operands: [
        { rows, columns, low: 0.5 },
        { rows, columns },
        { rows: 1, columns },
      ],
      op: (c, a, b) => t.select(t.sub(c, 0.7), a, t.mul(b, a)),
    };
  });
  check('clamp', (random) => ({ operands: [shape(random, -2, 2)], op: (x) => t.square(t.clamp(x, -0.5, 0.6)) }));
  check('step and floor have none', (random) => ({
    operands: [shape(random)],
    op: (x) => t.add(t.mul(x, t.step(x)), t.floor(x)),
  }));
  check('a chain that branches and joins', (random) => ({
    operands: [shape(random)],
    op: (x) => {
      const a = t.tanh(x);
      const b = t.mul(a, t.exp(x));
      return t.add(t.div(b, t.add(t.square(a), 1)), t.mul(a, b));
    },
  }));
});

describe('reductions, views and gathers', () => {
  for (const groups of [1, 2, 3])
    check(`columnSum, ${groups} groups`, (random) => ({
      operands: [{ rows: groups * random.whole(1, 4), columns: random.whole(1, 4) }],
      op: (x) => t.square(t.columnSum(x, groups)),
    }));
  check('rowSum', (random) => ({ operands: [shape(random)], op: (x) => t.square(t.rowSum(x)) }));
  check('sum and mean', (random) => ({ operands: [shape(random)], op: (x) => t.mul(t.sum(x), t.mean(t.square(x))) }));
  check('sum of a strided slice', (random) => ({
    operands: [{ rows: random.whole(1, 4), columns: 5 }],
    op: (x) => t.square(t.sum(t.sliceColumns(x, 1, 4))),
  }));
  check('reshape', () => ({
    operands: [{ rows: 4, columns: 6 }],
    op: (x) => t.square(t.columnSum(t.reshape(t.sliceColumns(x, 1, 4), 3, 4))),
  }));
  check('column slices that partition', (random) => {
    const cut = random.whole(1, 4);
    return {
      operands: [{ rows: random.whole(1, 4), columns: 5 }],
      op: (x) => t.concatColumns(t.square(t.sliceColumns(x, cut, 5)), t.exp(t.sliceColumns(x, 0, cut))),
    };
  });
  check('slices that overlap, and the whole', (random) => ({
    operands: [{ rows: 5, columns: random.whole(4, 6) }],
    op: (x) => {
      const a = t.sum(t.square(t.sliceColumns(x, 0, 3)));
      const b = t.sum(t.exp(t.sliceColumns(x, 2, 4)));
      const c = t.sum(t.tanh(t.sliceRows(x, 1, 4)));
      const d = t.sum(t.square(t.sliceRows(t.sliceColumns(x, 1, 3), 2, 5)));
      return t.add(t.add(a, b), t.add(t.add(c, d), t.mean(t.square(x))));
    },
  }));
  check('concatRows', (random) => {
    const columns = random.whole(1, 3);
    return {
      operands: [
        { rows: random.whole(1, 3), columns },
        { rows: random.whole(1, 3), columns },
      ],
      op: (a, b) => t.square(t.concatRows(a, t.exp(b), a)),
    };
  });
  check('gatherRows', (random) => ({
    operands: [{ rows: 4, columns: random.whole(1, 3) }],
    op: (x) =>
      t.square(
        t.gatherRows(
          x,
          Int32Array.from({ length: 7 }, () => random.whole(0, 3)),
          { scale: 0.5 },
        ),
      ),
  }));
  check('gatherRows, a permutation', () => ({
    operands: [{ rows: 4, columns: 2 }],
    op: (x) => t.square(t.gatherRows(x, Int32Array.of(2, 0, 3, 1))),
  }));
  check('gatherRows with starts', (random) => {
    const indices = Int32Array.from({ length: 8 }, () => random.whole(0, 3));
    return {
      operands: [{ rows: 4, columns: random.whole(1, 3) }],
      op: (x) => t.square(t.gatherRows(x, indices, { starts: Int32Array.of(0, 3, 3, 8), scale: 2 })),
    };
  });
  check('segmentSum', (random) => {
    const rows = random.whole(1, 8);
    return {
      operands: [{ rows, columns: random.whole(1, 3) }],
      op: (x) => t.square(t.segmentSum(x, randomSegments(random, rows))),
    };
  });
});

describe('layers', () => {
  for (const groups of [1, 2, 3])
    for (const activation of ['none', 'tanh', 'silu'] as const)
      check(`linear ${activation}, ${groups} groups`, (random) => {
        const [m, n, k] = [random.whole(1, 4), random.whole(1, 4), random.whole(1, 4)];
        return {
          operands: [
            { rows: groups * m, columns: k },
            { rows: groups * n, columns: k },
            { rows: groups, columns: n },
          ],
          op: (x, w, bias) => t.linear(x, w, bias, { groups, activation }),
        };
      });
  check('linear relu of what is positive', () => ({
    operands: [
      { rows: 3, columns: 2, low: 0.5 },
      { rows: 4, columns: 2, low: 0.5 },
    ],
    op: (x, w) => t.linear(x, w, null, { activation: 'relu' }),
  }));
  check('linear on strided inputs', () => ({
    operands: [
      { rows: 3, columns: 6 },
      { rows: 8, columns: 4 },
    ],
    op: (x, w) => t.linear(t.sliceColumns(x, 1, 5), t.sliceRows(w, 2, 7), null, { activation: 'tanh' }),
  }));
  for (const variant of ['nt', 'nn', 'tn'] as const)
    for (const groups of [1, 2])
      check(`matmul ${variant}, ${groups} groups`, (random) => {
        const [m, n, k] = [random.whole(1, 4), random.whole(1, 4), random.whole(1, 4)];
        const a = variant === 'tn' ? { rows: groups * k, columns: m } : { rows: groups * m, columns: k };
        const b = variant === 'nt' ? { rows: groups * n, columns: k } : { rows: groups * k, columns: n };
        return { operands: [a, b], op: (x, y) => t.matmul(x, y, variant, groups) };
      });
  for (const groups of [1, 2, 3])
    check(`rmsNorm, ${groups} groups`, (random) => {
      const columns = random.whole(1, 5);
      return {
        operands: [
          { rows: groups * random.whole(1, 3), columns },
          { rows: groups, columns },
        ],
        op: (x, weight) => t.rmsNorm(x, weight, { groups, eps: 0.1 }),
      };
    });
  for (const groups of [1, 2, 3])
    for (const activation of ['none', 'silu'] as const)
      check(`causalConv ${activation}, ${groups} groups`, (random) => {
        const rowsEach = random.whole(1, 7);
        const [columns, width] = [random.whole(1, 3), random.whole(1, 4)];
        const segments = memberSegments(random, rowsEach, groups);
        return {
          operands: [
            { rows: groups * rowsEach, columns },
            { rows: groups * columns, columns: width },
            { rows: groups, columns },
          ],
          op: (x, weight, bias) => t.causalConv(x, weight, bias, segments, { groups, activation }),
        };
      });
  for (const groups of [1, 2, 3])
    for (const gated of [true, false])
      check(`selectiveScan ${gated ? 'gated' : 'plain'}, ${groups} groups`, (random) => {
        const rowsEach = random.whole(1, 7);
        const [D, N] = [random.whole(1, 3), random.whole(1, 4)];
        const rows = groups * rowsEach;
        const segments = memberSegments(random, rowsEach, groups);
        return {
          operands: [
            { rows, columns: D },
            { rows, columns: D },
            { rows: groups * D, columns: N },
            { rows, columns: 2 * N },
            { rows: groups, columns: D },
            { rows, columns: D },
          ],
          op: (u, delta, aLog, bc, d, z) => {
            const b = t.sliceColumns(bc, 0, N);
            const c = t.sliceColumns(bc, N, 2 * N);
            return t.selectiveScan({ u, delta, aLog, b, c, d, z: gated ? z : null }, segments, groups);
          },
        };
      });
  for (const heads of [1, 2])
    check(`attention, ${heads} heads`, (random) => {
      const rows = random.whole(1, 6);
      const operand = { rows, columns: heads * random.whole(1, 3) };
      const segments = randomSegments(random, rows);
      return { operands: [operand, operand, operand], op: (q, k, v) => t.attention(q, k, v, segments, heads) };
    });
  check('second derivatives', (random) => ({
    operands: [shape(random)],
    op: (x) => t.gradients(t.sum(t.mul(t.tanh(x), t.exp(x))), [x])[0]!,
  }));
});

describe('what does not connect', () => {
  test('is zero, and stopGradient stops', () => {
    const graph = new t.Graph('unconnected');
    const x = graph.input('x', 2, 3);
    const y = graph.input('y', 2, 3);
    const [dx, dy] = t.gradients(t.sum(t.mul(x, t.stopGradient(x))), [x, y]);
    graph.output('dx', dx!);
    graph.output('dy', dy!);
    const program = new t.ReferenceExecutor().prepare(t.compile(graph));
    const values = [1, 2, 3, 4, 5, 6];
    program.write('x', values);
    program.run();
    expect([...program.readExact('dx')]).toEqual(values);
    expect([...program.readExact('dy')]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('a loss that is not scalar is refused', () => {
    const graph = new t.Graph('vector');
    const x = graph.input('x', 2, 3);
    expect(() => t.gradients(x, [x])).toThrow('the loss is [2, 3]; expected a scalar');
  });
});
