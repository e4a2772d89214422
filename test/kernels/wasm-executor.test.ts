import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../engine/tensor/plan';
import { VariableGroup } from '../../engine/tensor/variables';
import { createWasmExecutor, type WasmExecutor } from '../../engine/tensor/wasm/executor';
import { platform } from '../../engine/tensor/wasm/helpers';
import { createMachine, type Machine } from '../../engine/tensor/wasm/machine';
import { builder, CASES, stream } from './launches';

describe.each([false, true])('elementary functions, relaxed SIMD %s', (relaxed) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine(1, 64, relaxed && (await platform()).relaxedSimd);
  });
  afterAll(() => machine.dispose());

  const spacing = (x: number) => 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(x) || 2 ** -126)) - 23);
  function evaluate(which: number, inputs: readonly number[]): Float32Array {
    const length = Math.ceil(inputs.length / 4) * 4;
    const [x, y] = [machine.allocate(length * 4), machine.allocate(length * 4)];
    machine.floats(x, inputs.length).set(inputs);
    machine.kernels.evaluate(which, x, y, length);
    const result = machine.floats(y, inputs.length).slice();
    machine.free(x);
    machine.free(y);
    return result;
  }
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const range = (low: number, high: number) =>
    Array.from({ length: 40001 }, (_, i) => Math.fround(low + ((high - low) * i) / 40000));
  test.each<[string, number, (x: number) => number, number[], number]>([
    ['exp', 0, Math.exp, range(-87, 88), 1.5],
    ['log', 1, Math.log, [...range(1e-6, 3), ...range(3, 1e30), 1e-40, 1e-44], 1.5],
    ['tanh', 2, Math.tanh, [...range(-10, 10), ...range(-1e-3, 1e-3)], 2],
    ['sigmoid', 3, sigmoid, range(-80, 80), 3],
    ['softplus', 4, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), range(-80, 80), 3],
    ['silu', 5, (x) => x * sigmoid(x), range(-80, 80), 3],
    ['exp2, negative', 6, (x) => 2 ** x, range(-120, 0), 3.1],
  ])('%s is within a few units in the last place', (_, which, exact, inputs, bound) => {
    const got = evaluate(which, inputs);
    let worst = 0;
    inputs.forEach((x, i) => {
      worst = Math.max(worst, Math.abs(got[i]! - exact(Math.fround(x))) / spacing(exact(Math.fround(x))));
    });
    expect(worst).toBeLessThanOrEqual(bound);
  });

  test('special values', () => {
    const { NEGATIVE_INFINITY: low, POSITIVE_INFINITY: high, NaN: nan } = Number;
    expect([...evaluate(0, [low, high, nan, 0, 100, -200])]).toEqual([0, high, nan, 1, high, 0]);
    expect([...evaluate(1, [0, high, nan, -1, 1, low])]).toEqual([low, high, nan, nan, 0, nan]);
    expect([...evaluate(2, [low, high, nan, 0])]).toEqual([-1, 1, nan, 0]);
    expect([...evaluate(3, [low, high, nan, 0])]).toEqual([0, 1, nan, 0.5]);
    expect([...evaluate(4, [low, high, nan])]).toEqual([0, high, nan]);
  });

  test('sine and cosine of a turn', () => {
    const inputs = range(0, 1);
    const [sin, cos] = [evaluate(7, inputs), evaluate(8, inputs)];
    const off = inputs.map((v, i) =>
      Math.max(Math.abs(sin[i]! - Math.sin(2 * Math.PI * v)), Math.abs(cos[i]! - Math.cos(2 * Math.PI * v))),
    );
    expect(Math.max(...off)).toBeLessThan(2e-7);
  });

  test('Philox4x32-10 gives the published answers', () => {
    const known: [number[], string][] = [
      [[0, 0, 0, 0, 0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
      [[-1, -1, -1, -1, -1, -1], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ];
    for (const [words, answer] of known) {
      const at = machine.allocate(40);
      machine.words(at, 6).set(words);
      machine.kernels.philoxWords(at);
      const bits = [...new Uint32Array(machine.words(at + 24, 4))].map((word) => word.toString(16).padStart(8, '0'));
      expect(bits.join(' ')).toBe(answer);
      machine.free(at);
    }
  });
});

describe('executor', () => {
  let executor: WasmExecutor;
  beforeAll(async () => {
    executor = await createWasmExecutor({ threads: 2 });
  });
  afterAll(() => executor.dispose());

  function load(name: string, values: Float32Array): void {
    const group = new VariableGroup(name);
    group.add('all', 1, values.length, (target) => target.set(values));
    executor.allocate(group);
  }

  test('a thousand programs come and go without a byte left behind', () => {
    const { plan, values } = CASES['selective-scan-backward'](builder(stream(5)));
    load('data', values);
    executor.prepare(plan).dispose();
    const before = executor.usedBytes;
    for (let i = 0; i < 1000; i++) executor.prepare(plan).dispose();
    expect(executor.usedBytes).toBe(before);
    executor.release('data');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a gradient that holds %d gives clip scale 0', async (bad) => {
    const { plan, values, outputs } = CASES['clip-scale'](builder(stream(3)));
    values[plan.launches[0]!.inputs[0]!.offset] = bad;
    load('data', values);
    const program = executor.prepare(plan);
    program.run();
    expect((await executor.read('data', outputs[0]!.offset, 1))[0]).toBe(0);
    program.dispose();
    executor.release('data');
  });

  test('replays continue one another: n runs at once equal n runs one by one', async () => {
    const { plan, values } = CASES.adamw(builder(stream(11)));
    load('data', values);
    const program = executor.prepare(plan);
    program.run(7);
    const together = await executor.read('data');
    executor.write('data', values);
    for (let i = 0; i < 7; i++) program.run();
    expect(Buffer.from((await executor.read('data')).buffer).equals(Buffer.from(together.buffer))).toBe(true);
    program.dispose();
    executor.release('data');
  });

  test('a profile names every launch and replays the same work', async () => {
    const { plan, values } = CASES.matmul(builder(stream(2)));
    load('data', values);
    const program = executor.prepare(plan);
    let now = 0;
    const lines = await executor.profile(program, () => ++now, 3);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.kernel).toBe('matmul');
    expect(lines[0]!.flops).toBeGreaterThan(0);
    expect(lines[0]!.milliseconds).toBeGreaterThan(0);
    program.dispose();
    executor.release('data');
  });

  test('mistakes are errors with text', () => {
    const { plan, values } = CASES['gather-rows'](builder(stream(4)));
    expect(() => executor.prepare(plan)).toThrow(/no variable group "data"/);
    load('data', values);
    const wrong: Plan = { ...plan, indices: plan.indices.map(() => 100000) };
    expect(() => executor.prepare(wrong)).toThrow(/index 100000 is not a row|start/);
    const beyond: Plan = { ...plan, groups: { data: 10 } };
    expect(() => executor.prepare(beyond)).toThrow(/does not fit into 10 elements/);
    const program = executor.prepare(plan);
    expect(() => program.write('nothing', new Float32Array(1))).toThrow(/no input "nothing"/);
    executor.release('data');
    expect(() => program.run()).toThrow(/group "data" was released/);
    program.dispose();
    expect(() => program.run()).toThrow(/disposed/);
  });
});
