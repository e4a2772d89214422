import { describe, expect, test } from 'vitest';
import {
  add,
  compile,
  concatColumns,
  concatRows,
  exp,
  Graph,
  gatherRows,
  gradients,
  linear,
  maximum,
  mul,
  ReferenceExecutor,
  reshape,
  rowSum,
  select,
  sliceColumns,
  sliceRows,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  VariableGroup,
} from '../../engine/tensor';
import { type Stream, stream } from './support';

interface Value {
  readonly tensor: Tensor;
  /** Index of its numbers in the oracle's memory. */
  readonly at: number;
}

/** A random trace, and beside it plain closures that do the same one by one in the order of the trace. */
function randomTrace(random: Stream) {
  const graph = new Graph('random');
  const group = new VariableGroup('state');
  const rows = random.whole(1, 4);
  const columns = random.whole(1, 4);
  const shapes = [
    { rows, columns },
    { rows, columns },
    { rows: 1, columns },
    { rows, columns: 1 },
    { rows: 1, columns: 1 },
  ];
  const variables = shapes.map((shape, i) =>
    group.add(`v${i}`, shape.rows, shape.columns, (target) => {
      target.set(random.values(target.length));
    }),
  );
  const input = graph.input('x', rows, columns);
  const memory: number[][] = [[]];
  const state: number[][] = [];
  const steps: (() => void)[] = [];
  const values: Value[] = [{ tensor: input, at: 0 }];
  const push = (tensor: Tensor, compute: () => number[]) => {
    const at = memory.push([]) - 1;
    steps.push(() => {
      memory[at] = compute();
    });
    values.push({ tensor, at });
  };
  const pick = (fits: (tensor: Tensor) => boolean = () => true) => {
    const among = values.filter(({ tensor }) => fits(tensor));
    return among[random.whole(0, among.length - 1)]!;
  };
  const outputs: Value[] = [];
  const binary = { add, sub, mul, maximum } as const;
  const numbers = {
    add: (a: number, b: number) => a + b,
    sub: (a: number, b: number) => a - b,
    mul: (a: number, b: number) => a * b,
    maximum: Math.max,
  };
  for (let i = 0; i < 40; i++) {
    const choice = random.uniform();
    if (choice < 0.15) {
      const which = random.whole(0, variables.length - 1);
      push(graph.variable(variables[which]!), () => [...state[which]!]);
    } else if (choice < 0.3) {
      const which = random.whole(0, variables.length - 1);
      const fitting = values.filter(
        ({ tensor }) => tensor.rows === shapes[which]!.rows && tensor.columns === shapes[which]!.columns,
      );
      if (fitting.length === 0) continue;
      const value = fitting[random.whole(0, fitting.length - 1)]!;
      graph.assign(variables[which]!, value.tensor);
      steps.push(() => {
        state[which] = [...memory[value.at]!];
      });
    } else if (choice < 0.6) {
      const name = (Object.keys(binary) as (keyof typeof binary)[])[random.whole(0, 3)]!;
      const a = pick();
      const b = pick(({ rows: r, columns: c }) => {
        const { rows: R, columns: C } = a.tensor;
        return (r === R && c === C) || (r === 1 && c === C) || (c === 1 && r === R) || (r === 1 && c === 1);
      });
      const [ta, tb] = [a.tensor, b.tensor];
      push(binary[name](ta, tb), () =>
        memory[a.at]!.map((value, j) => {
          const [row, column] = [Math.floor(j / ta.columns), j % ta.columns];
          return numbers[name](value, memory[b.at]![(tb.rows === 1 ? 0 : row) * tb.columns + (tb.columns === 1 ? 0 : column)]!);
        }),
      );
    } else if (choice < 0.72) {
      const a = pick();
      push(tanh(a.tensor), () => memory[a.at]!.map(Math.tanh));
    } else if (choice < 0.8) {
      const a = pick(({ columns: c }) => c > 1);
      if (!a) continue;
      const { columns: C } = a.tensor;
      const from = random.whole(0, C - 1);
      push(sliceColumns(a.tensor, from, C), () => memory[a.at]!.filter((_, j) => j % C >= from));
    } else if (choice < 0.88) {
      const a = pick();
      const b = pick(({ rows: r }) => r === a.tensor.rows);
      push(concatColumns(a.tensor, b.tensor), () =>
        Array.from({ length: a.tensor.rows }, (_, row) => [
          ...memory[a.at]!.slice(row * a.tensor.columns, (row + 1) * a.tensor.columns),
          ...memory[b.at]!.slice(row * b.tensor.columns, (row + 1) * b.tensor.columns),
        ]).flat(),
      );
    } else if (choice < 0.92) {
      const a = pick();
      const b = pick(({ columns: c }) => c === a.tensor.columns);
      push(concatRows(a.tensor, b.tensor), () => [...memory[a.at]!, ...memory[b.at]!]);
    } else if (choice < 0.96) {
      const a = pick();
      push(reshape(a.tensor, a.tensor.columns, a.tensor.rows), () => [...memory[a.at]!]);
    } else {
      const a = pick();
      const C = a.tensor.columns;
      push(rowSum(a.tensor), () =>
        Array.from({ length: a.tensor.rows }, (_, row) => memory[a.at]!.slice(row * C, (row + 1) * C).reduce((s, v) => s + v, 0)),
      );
    }
    if (random.uniform() < 0.15) outputs.push(values[values.length - 1]!);
  }
  outputs.push(values[values.length - 1]!);
  outputs.forEach(({ tensor }, i) => {
    graph.output(`y${i}`, tensor);
  });
  const initial = group.initialValues();
  for (const [which, { offset }] of variables.entries())
    state[which] = [...initial.slice(offset, offset + shapes[which]!.rows * shapes[which]!.columns)];
  const run = (x: readonly number[]) => {
    memory[0] = [...x];
    for (const step of steps) step();
    return { outputs: outputs.map(({ at }) => memory[at]!), state };
  };
  return { graph, group, variables, run, inputLength: rows * columns };
}

describe('a compiled trace does what the trace says', () => {
  test.each(Array.from({ length: 150 }, (_, seed) => seed))('random trace %i, three replays', (seed) => {
    const random = stream(seed + 1);
    const { graph, group, variables, run, inputLength } = randomTrace(random);
    const programs = [true, false].map((fuse) => {
      const executor = new ReferenceExecutor();
      executor.allocate(group);
      return { executor, program: executor.prepare(compile(graph, { fuse })) };
    });
    const x = [...random.values(inputLength)];
    for (const { program } of programs) program.write('x', x);
    for (let replay = 0; replay < 3; replay++) {
      const expected = run(x);
      for (const { executor, program } of programs) {
        program.run();
        expected.outputs.forEach((values, i) => {
          expectClose(program.readExact(`y${i}`), values);
        });
        variables.forEach(({ offset }, which) => {
          const values = expected.state[which]!;
          expectClose(executor.readExact(group.name, offset, values.length), values);
        });
      }
    }
  });
});

function expectClose(got: Float64Array, expected: readonly number[]) {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(got[i]! - expected[i]!)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected[i]!)));
}

const kernelsOf = (graph: Graph, fuse = true) => compile(graph, { fuse }).launches.map(({ kernel }) => kernel);

describe('launches', () => {
  test('elementwise chains, branches and broadcasts become one', () => {
    const graph = new Graph('fusion');
    const x = graph.input('x', 6, 5);
    const row = graph.input('row', 1, 5);
    const column = graph.input('column', 6, 1);
    const a = mul(exp(add(x, row)), column);
    graph.output('y', select(sub(a, 1), square(a), tanh(a)));
    graph.output('a', a);
    expect(kernelsOf(graph)).toEqual(['elementwise']);
    expect(kernelsOf(graph, false).length).toBe(7);
  });

  test('equal expressions are computed once', () => {
    const graph = new Graph('common');
    const x = graph.input('x', 4, 4);
    const y = graph.input('y', 4, 4);
    graph.output('y', add(linear(x, y, null), linear(x, y, null)));
    expect(kernelsOf(graph)).toEqual(['matmul', 'elementwise']);
  });

  test('what no output needs is dropped', () => {
    const graph = new Graph('dead');
    const x = graph.input('x', 4, 4);
    linear(x, x, null);
    graph.output('y', exp(x));
    expect(kernelsOf(graph)).toEqual(['elementwise']);
  });

  test('producers write straight into a concatenation, nested ones too', () => {
    const graph = new Graph('concat');
    const x = graph.input('x', 4, 3);
    const inner = concatColumns(linear(x, graph.input('w', 2, 3), null), exp(x));
    graph.output('y', square(concatRows(inner, gatherRows(inner, Int32Array.of(1, 0)))));
    expect(kernelsOf(graph)).not.toContain('copy');
  });

  test('a column slice of a concatenation that must be flat is copied, and right', () => {
    const graph = new Graph('flat');
    const x = graph.input('x', 2, 2);
    const e = exp(x);
    graph.output('e', e);
    graph.output('y', concatColumns(e, square(x)));
    graph.output('sum', sum(e));
    const program = new ReferenceExecutor().prepare(compile(graph));
    program.write('x', [0, 1, 2, 3]);
    program.run();
    const [a, b, c, d] = [0, 1, 2, 3].map(Math.exp) as [number, number, number, number];
    expect([...program.readExact('e')]).toEqual([a, b, c, d]);
    expect([...program.readExact('y')]).toEqual([a, b, 0, 1, c, d, 4, 9]);
  });

  test('a target update and a counter are one launch each, in place', () => {
    const graph = new Graph('place');
    const source = new VariableGroup('source');
    source.add('w', 3, 5);
    const target = source.like('target');
    const counter = new VariableGroup('counters');
    graph.lerp(target, source, 0.01);
    const step = counter.add('step', 1, 1);
    graph.assign(step, add(graph.variable(step), 1));
    const { launches } = compile(graph);
    expect(launches.map(({ kernel }) => kernel)).toEqual(['elementwise', 'elementwise']);
    expect(launches[0]!.outputs[0]).toMatchObject({ space: 'variable', group: 'target', offset: 0, columns: target.length });
  });

  test('a variable read before a write and used after it is copied only if it must be', () => {
    const make = (depends: boolean) => {
      const graph = new Graph('late');
      const v = new VariableGroup('g').add('v', 2, 2);
      const old = graph.variable(v);
      graph.assign(v, add(old, 1));
      graph.output('y', linear(depends ? graph.variable(v) : old, old, null));
      return kernelsOf(graph);
    };
    expect(make(false)).toEqual(['matmul', 'elementwise']);
    expect(make(true)).toEqual(['copy', 'elementwise', 'matmul']);
  });

  test('column slices that partition a tensor give one gradient without copies', () => {
    const graph = new Graph('partition');
    const x = graph.input('x', 3, 4);
    const w = graph.input('w', 6, 4);
    const y = linear(x, w, null);
    const loss = sum(mul(square(sliceColumns(y, 0, 2)), 1));
    const other = sum(exp(sliceColumns(y, 2, 6)));
    graph.output('dw', gradients(add(loss, other), [w])[0]!);
    const kernels = kernelsOf(graph);
    expect(kernels.filter((kernel) => kernel === 'matmul')).toHaveLength(2);
    expect(kernels).not.toContain('copy');
  });

  test('weights split in two without a copy, their gradient in one piece', () => {
    const graph = new Graph('split');
    const x = graph.input('x', 3, 4);
    const group = new VariableGroup('w');
    const w = graph.variable(group.add('w', 6, 4));
    const loss = add(sum(linear(x, sliceRows(w, 0, 3), null)), sum(square(linear(x, sliceRows(w, 3, 6), null))));
    graph.output('dw', gradients(loss, [w])[0]!);
    expect(kernelsOf(graph)).not.toContain('copy');
  });

  test('an optimiser step is clearing, gradients in place, the norm and the update', () => {
    const graph = new Graph('adamw');
    const group = new VariableGroup('net');
    const w = group.add('w', 3, 5);
    const [m, v] = [group.like('m'), group.like('v')];
    const loss = sum(square(linear(graph.input('x', 4, 5), graph.variable(w), null)));
    const [dw] = gradients(loss, [graph.variable(w)]);
    graph.adamw({ gradients: new Map([[w, dw!]]), group, m, v, step: graph.scalar(1), rate: graph.scalar(0.1), maxNorm: 1 });
    expect(kernelsOf(graph)).toEqual(['matmul', 'elementwise', 'elementwise', 'matmul', 'clip-scale', 'adamw']);
  });

  test('no launch asks more than the contract allows', () => {
    const graph = new Graph('limits');
    const inputs = Array.from({ length: 20 }, (_, i) => graph.input(`x${i}`, 3, 3));
    let total = inputs[0]!;
    inputs.forEach((x, i) => {
      total = add(mul(total, x), tanh(x));
      graph.output(`y${i}`, total);
    });
    const { launches } = compile(graph);
    for (const { inputs: reads, outputs } of launches) {
      expect(reads.length).toBeLessThanOrEqual(12);
      expect(outputs.length).toBeLessThanOrEqual(6);
    }
    expect(launches.length).toBeLessThan(8);
  });
});

describe('storage', () => {
  test('offsets are aligned, and scratch is shared over time', () => {
    const graph = new Graph('arena');
    let x = graph.input('x', 10, 10);
    for (let i = 0; i < 20; i++) x = linear(x, x, null);
    graph.output('y', x);
    const plan = compile(graph);
    for (const { outputs } of plan.launches) for (const view of outputs) expect(view!.offset % 64).toBe(0);
    // The input, kept; and two that take turns.
    expect(plan.arenaLength).toBe(3 * 128);
  });

  test('equal constants and index lists are stored once', () => {
    const graph = new Graph('constants');
    const x = graph.input('x', 4, 2);
    const ones = () => graph.constant(new Array(8).fill(1), 4, 2);
    const list = () => Int32Array.of(3, 2, 1, 0);
    graph.output('y', linear(gatherRows(x, list()), ones(), null));
    graph.output('z', linear(gatherRows(exp(x), list()), ones(), null));
    const plan = compile(graph);
    expect(plan.constants.length).toBe(64);
    expect(plan.indices.length).toBe(64);
  });
});
