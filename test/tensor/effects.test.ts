import { describe, expect, test } from 'vitest';
import {
  add,
  compile,
  Graph,
  gatherElements,
  gradients,
  mul,
  ReferenceExecutor,
  square,
  sub,
  sum,
  VariableGroup,
} from '../../engine/tensor';
import { philox } from '../../engine/tensor/reference/philox';
import { stream } from './support';

describe('Philox4x32-10', () => {
  // Known answers of the Random123 distribution.
  test.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const)('counter %j, key %j', (counter, key, expected) => {
    expect([...philox(counter, key)].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected);
  });
});

describe('random tensors', () => {
  function drawing(advance: boolean) {
    const graph = new Graph('random');
    const group = new VariableGroup('random');
    const state = group.add('state', 1, 4, (target) => target.set([7, 1, 3, 0]));
    graph.output('uniform', graph.random('uniform', 3, 5, state));
    graph.output('normal', graph.random('normal', 40, 50, state));
    graph.output('again', graph.random('uniform', 3, 5, state, 0));
    if (advance) graph.assign(state, add(graph.variable(state), graph.constant([0, 0, 1, 0], 1, 4)));
    const executor = new ReferenceExecutor();
    executor.allocate(group);
    return executor.prepare(compile(graph));
  }

  test('follow the counter', () => {
    const program = drawing(false);
    program.run();
    const words = [0, 1, 2, 3].flatMap((block) => [...philox([block, 3, 0, 0], [7 + 65536, 0])]);
    expect([...program.readExact('uniform')]).toEqual(words.slice(0, 15).map((word) => ((word >>> 8) + 0.5) / 2 ** 24));
    expect([...program.readExact('again')]).toEqual([...program.readExact('uniform')]);
    const [u, v] = [...philox([0, 3, 1, 0], [7 + 65536, 0])].map((word) => ((word >>> 8) + 0.5) / 2 ** 24);
    const radius = Math.sqrt(-2 * Math.log(u!));
    const normal = program.readExact('normal');
    expect(normal[0]).toBeCloseTo(radius * Math.cos(2 * Math.PI * v!), 12);
    expect(normal[1]).toBeCloseTo(radius * Math.sin(2 * Math.PI * v!), 12);
  });

  test('are normal', () => {
    const program = drawing(false);
    program.run();
    const values = program.readExact('normal');
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
    // Four standard errors of 2,000 draws.
    expect(Math.abs(mean)).toBeLessThan(0.09);
    expect(Math.abs(variance - 1)).toBeLessThan(0.13);
  });

  test('change with the step only', () => {
    const still = drawing(false);
    const moving = drawing(true);
    const draws = [still, moving].map((program) => {
      program.run();
      const first = [...program.readExact('uniform')];
      program.run();
      return { first, second: [...program.readExact('uniform')] };
    });
    expect(draws[0]!.second).toEqual(draws[0]!.first);
    expect(draws[1]!.first).toEqual(draws[0]!.first);
    expect(draws[1]!.second).not.toEqual(draws[1]!.first);
  });
});

describe('optimiser', () => {
  const values = stream(5);
  const start = Float32Array.from(values.values(21));
  const goals = Float32Array.from(values.values(21, 2, 3));

  function training(maxNorm: number) {
    const graph = new Graph('train');
    const group = new VariableGroup('net');
    const a = group.add('a', 3, 5, (target) => target.set(start.subarray(0, 15)));
    const b = group.add('b', 2, 3, (target) => target.set(start.subarray(15)));
    const [m, v] = [group.like('m'), group.like('v')];
    const counters = new VariableGroup('counters');
    const step = counters.add('step', 1, 1);
    const poison = graph.input('poison', 1, 1);
    const loss = mul(
      add(
        sum(square(sub(graph.variable(a), graph.constant(goals.subarray(0, 15), 3, 5)))),
        sum(square(sub(graph.variable(b), graph.constant(goals.subarray(15), 2, 3)))),
      ),
      poison,
    );
    const wrt = [a, b];
    const slopes = gradients(
      loss,
      wrt.map((variable) => graph.variable(variable)),
    );
    graph.assign(step, add(graph.variable(step), 1));
    graph.adamw({
      gradients: new Map(wrt.map((variable, i) => [variable, slopes[i]!])),
      group,
      m,
      v,
      step: graph.variable(step),
      rate: graph.scalar(0.125),
      maxNorm,
      beta1: 0.75,
      beta2: 0.5,
      eps: 1e-3,
      weightDecay: 0.25,
    });
    const executor = new ReferenceExecutor();
    for (const each of [group, m, v, counters]) executor.allocate(each);
    const program = executor.prepare(compile(graph));
    return { program, read: () => [...executor.readExact('net', 0, 15), ...executor.readExact('net', 64, 6)] };
  }

  test.each([1e6, 1.5])('follows AdamW, gradient norm clipped to %d', (maxNorm) => {
    const { program, read } = training(maxNorm);
    program.write('poison', [1]);
    const p = [...start];
    const m = p.map(() => 0);
    const v = p.map(() => 0);
    for (let t = 1; t <= 4; t++) {
      program.run();
      const g = p.map((value, i) => 2 * (value - goals[i]!));
      const scale = Math.min(1, maxNorm / Math.hypot(...g));
      g.forEach((slope, i) => {
        m[i] = 0.75 * m[i]! + 0.25 * scale * slope;
        v[i] = 0.5 * v[i]! + 0.5 * (scale * slope) ** 2;
        p[i]! -= 0.125 * (m[i]! / (1 - 0.75 ** t) / (Math.sqrt(v[i]! / (1 - 0.5 ** t)) + 1e-3) + 0.25 * p[i]!);
      });
      read().forEach((value, i) => {
        expect(value).toBeCloseTo(p[i]!, 12);
      });
    }
  });

  test('a gradient that is not finite changes nothing', () => {
    const { program, read } = training(1);
    program.write('poison', [Number.NaN]);
    program.run();
    expect(read()).toEqual([...start]);
  });
});

describe('pools', () => {
  test('a scatter is seen by the reads after it, not by those before', () => {
    const graph = new Graph('pool');
    const group = new VariableGroup('pool');
    const pool = group.add('pool', 4, 3, (target) => target.set(target.map((_, i) => i)));
    // Sequence 0 owns columns 0 and 1 of its slot's row, sequence 1 column 2.
    const triples = Int32Array.of(0, 3, 0, 1, 3, 0, 2, 3, 1);
    const slots = graph.input('slots', 2, 1);
    graph.output('before', gatherElements(graph.variable(pool), slots, triples));
    graph.scatterElements(pool, slots, graph.input('x', 3, 1), triples);
    graph.output('after', gatherElements(graph.variable(pool), slots, triples));
    const executor = new ReferenceExecutor();
    executor.allocate(group);
    const program = executor.prepare(compile(graph));
    program.write('slots', [2, 1]);
    program.write('x', [100, 200, 300]);
    program.run();
    expect([...program.readExact('before')]).toEqual([6, 7, 5]);
    expect([...program.readExact('after')]).toEqual([100, 200, 300]);
    expect([...executor.readExact('pool', 0, 12)]).toEqual([0, 1, 2, 3, 4, 300, 100, 200, 8, 9, 10, 11]);
  });
});

describe('variable groups', () => {
  test('a copy starts with the very values of its source', () => {
    const random = stream(1);
    const group = new VariableGroup('a');
    group.add('w', 3, 3, (target) => target.set(random.values(9)));
    const twin = group.like('b', true);
    expect(twin.initialValues()).toEqual(group.initialValues());
    expect(group.initialValues()).toEqual(group.initialValues());
    expect(
      group
        .like('zeros')
        .initialValues()
        .every((value) => value === 0),
    ).toBe(true);
    expect(() => group.add('late', 1, 1)).toThrow('came after the initial values');
  });

  test('the executor refuses what does not fit', () => {
    const executor = new ReferenceExecutor();
    const group = new VariableGroup('g');
    group.add('w', 1, 1);
    const graph = new Graph('plan');
    graph.output('w', graph.variable(group.get('w')));
    const plan = compile(graph);
    expect(() => executor.prepare(plan)).toThrow('group "g" is not allocated');
    executor.allocate(group);
    expect(() => executor.allocate(group)).toThrow('already allocated');
    expect(() => executor.write('g', new Float32Array(65))).toThrow('holds 64 elements; cannot write 65 at 0');
    expect(() => executor.prepare(plan).write('nothing', new Float32Array(1))).toThrow('has no input "nothing"');
  });
});
