import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Executor } from '../../engine/tensor/executor';
import type { KernelName, Launch, View } from '../../engine/tensor/plan';
import { ReferenceExecutor } from '../../engine/tensor/reference';
import { VariableGroup } from '../../engine/tensor/variables';
import { createWasmExecutor, type WasmExecutor } from '../../engine/tensor/wasm/executor';
import { builder, CASES, type Case, stream } from './launches';

const executors: WasmExecutor[] = [];
let strict: WasmExecutor;
beforeAll(async () => {
  for (const threads of [1, 2, 3]) executors.push(await createWasmExecutor({ threads }));
  strict = await createWasmExecutor({ threads: 1, relaxed: false });
});
afterAll(() => {
  for (const executor of [...executors, strict]) executor.dispose();
});

async function run(executor: Executor, { plan, values }: Case): Promise<Float32Array> {
  const group = new VariableGroup('data');
  group.add('all', 1, values.length, (target) => target.set(values));
  executor.allocate(group);
  const program = executor.prepare(plan);
  program.run();
  const result = (await executor.read('data')).slice(0, values.length);
  program.dispose();
  executor.release('data');
  return result;
}

/** Largest difference in each output relative to its largest magnitude. */
function worst({ outputs }: Case, got: Float32Array, expected: Float32Array): number {
  let largest = 0;
  for (const view of outputs) {
    let scale = 1e-6;
    let difference = 0;
    for (let r = 0; r < view.rows; r++) {
      for (let c = 0; c < view.columns; c++) {
        const at = view.offset + r * view.stride + c;
        if (Object.is(got[at], expected[at])) continue;
        scale = Math.max(scale, Math.abs(expected[at]!));
        difference = Math.max(difference, Math.abs(got[at]! - expected[at]!));
        if (Number.isNaN(got[at]! - expected[at]!)) difference = Number.POSITIVE_INFINITY;
      }
    }
    largest = Math.max(largest, difference / scale);
  }
  return largest;
}

describe.each(Object.keys(CASES) as KernelName[])('%s', (kernel) => {
  test('agrees with the reference, writes nothing else, and has the same bits for 1, 2 and 3 threads', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const made = CASES[kernel](builder(stream(seed * 7919)));
      const expected = await run(new ReferenceExecutor(), made);
      const results = await Promise.all(executors.map((executor) => run(executor, made)));
      for (const result of [results[0]!, await run(strict, made)]) {
        const difference = worst(made, result, expected);
        expect(difference, `seed ${seed}: ${JSON.stringify(made.plan.launches[0]!.attributes)}`).toBeLessThan(2e-5);
      }
      const touched = new Set<number>();
      for (const { offset, rows, columns, stride } of made.outputs) {
        for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) touched.add(offset + r * stride + c);
      }
      const strays = made.values.findIndex((value, at) => !touched.has(at) && results[0]![at] !== value);
      expect(strays, `seed ${seed}: an element outside the outputs was written`).toBe(-1);
      for (const other of results.slice(1)) expect(Buffer.from(other.buffer).equals(Buffer.from(results[0]!.buffer))).toBe(true);
    }
  });
});

describe.each([
  ['selective-scan', 1],
  ['causal-conv', 0],
] as const)('gradient of %s after its forward launch', (kernel, rewritten) => {
  const cases = () => Array.from({ length: 20 }, (_, seed) => CASES[`${kernel}-backward`](builder(stream(seed * 104729 + 1))));
  /** The same with the forward launch, and whatever else, before the gradient. */
  function preceded(made: Case, more: (y: View, operand: View) => Launch[]): Case {
    const [gradient] = made.plan.launches as readonly [Launch];
    const [{ rows, columns }] = gradient.inputs as readonly [View];
    const y: View = { space: 'arena', group: '', offset: 0, rows, columns, stride: columns };
    const forward = { ...gradient, kernel, inputs: gradient.inputs.slice(0, -1), outputs: [y] } as Launch;
    const launches = [forward, ...more(y, gradient.inputs[rewritten]!), gradient];
    return { ...made, plan: { ...made.plan, launches, arenaLength: rows * columns } };
  }

  test('takes what that saved: the same bits as alone', async () => {
    for (const made of cases()) {
      const alone = await run(executors[0]!, made);
      for (const executor of executors) {
        const after = await run(
          executor,
          preceded(made, () => []),
        );
        expect(Buffer.from(after.buffer).equals(Buffer.from(alone.buffer))).toBe(true);
      }
    }
  });

  test('computes it anew where an operand was written in between', async () => {
    for (const made of cases()) {
      const both = preceded(made, (y, operand) => [
        { kernel: 'copy', inputs: [y], outputs: [operand], index: [], attributes: {}, label: 'rewrite' },
      ]);
      const expected = await run(new ReferenceExecutor(), both);
      expect(worst(both, await run(executors[1]!, both), expected)).toBeLessThan(2e-5);
    }
  });
});

test('a uniform number stays below 1 where its bits would round up, in every executor', async () => {
  // With seed 5, stream 3 and this step, the 24 bits of the first word are all ones.
  const b = builder(stream(1));
  const state = b.tensor(1, 4, () => 0, false);
  const y = b.tensor(1, 4, () => 0, false);
  const made = b.finish({
    kernel: 'random',
    inputs: [state],
    outputs: [y],
    index: [],
    attributes: { distribution: 'uniform', stream: 3 },
    label: 'random',
  });
  made.values.set([5, 0, 5530684, 0], state.offset);
  for (const executor of [new ReferenceExecutor(), ...executors, strict]) {
    expect((await run(executor, made))[y.offset], executor.description).toBe(1 - 2 ** -24);
  }
});
