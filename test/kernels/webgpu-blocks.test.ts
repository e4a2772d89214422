import { afterAll, describe, expect, test } from 'vitest';
import { addMambaWeights, mambaConfig, mambaStack, weightsOf } from '../../engine/model/mamba';
import {
  compile,
  type Executor,
  Graph,
  gradients,
  mul,
  type Plan,
  ReferenceExecutor,
  sum,
  VariableGroup,
} from '../../engine/tensor';
import { createWebgpuExecutor } from '../../engine/tensor/webgpu';
import { hasDevice, testDevice } from './webgpu-device';
import { testRandom } from './webgpu-launches';

/** A stack of Mamba layers over packed sequences, with the gradients of everything. */
function mambaPlan(options: {
  members: number;
  lengths: readonly number[];
  width: number;
  state: number;
  layers: number;
  gradient: boolean;
}) {
  const { members, lengths, width, state, layers } = options;
  const random = testRandom(3);
  const config = mambaConfig(width, state, layers, {
    directions: Array.from({ length: layers }, (_, i) => (i === 1 ? 'backward' : 'forward')),
  });
  const group = new VariableGroup('weights');
  addMambaWeights(group, '', config, members, { uniform: random, normal: () => random() * 2 - 1 } as never);
  const g = new Graph('mamba');
  const starts = [0];
  for (let m = 0; m < members; m++) for (const length of lengths) starts.push(starts[starts.length - 1]! + length);
  const rows = starts[starts.length - 1]!;
  const x = g.input('x', rows, width);
  const out = mambaStack(x, Int32Array.from(starts), config, members, weightsOf(g, group));
  g.output('out', out);
  if (options.gradient) {
    const cotangent = g.input('cotangent', rows, width);
    const weights = group.variables.map((variable) => g.variable(variable));
    const all = gradients(sum(mul(out, cotangent)), [x, ...weights]);
    all.forEach((gradient, i) => {
      if (gradient) g.output(`gradient ${i === 0 ? 'x' : group.variables[i - 1]!.name}`, gradient);
    });
  }
  return { plan: compile(g), group };
}

async function outputsOf(executor: Executor, plan: Plan, group: VariableGroup): Promise<Map<string, Float32Array>> {
  executor.allocate(group);
  const random = testRandom(11);
  const program = executor.prepare(plan);
  for (const [name, view] of Object.entries(plan.inputs)) {
    program.write(
      name,
      Float32Array.from({ length: view.rows * view.columns }, () => random() * 2 - 1),
    );
  }
  program.run();
  const values = new Map<string, Float32Array>();
  for (const name of Object.keys(plan.outputs)) values.set(name, await program.read(name));
  return values;
}

function largestError(actual: Float32Array, expected: Float32Array): number {
  let scale = 1e-4;
  let worst = 0;
  for (const value of expected) scale = Math.max(scale, Math.abs(value));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return worst / scale;
}

describe.skipIf(!hasDevice)('Mamba blocks in a stage', () => {
  const executors: Executor[] = [];
  afterAll(() => {
    for (const executor of executors) executor.dispose();
  });

  test.each([
    { members: 2, lengths: [5, 1, 9, 3, 4, 7, 2, 8], width: 8, state: 4, layers: 1, gradient: false },
    { members: 1, lengths: [5, 1, 9, 13, 4, 7], width: 16, state: 5, layers: 2, gradient: true },
  ])('$members members, width $width, gradient $gradient', async (options) => {
    const { plan, group } = mambaPlan(options);
    const webgpu = await createWebgpuExecutor({ device: testDevice(), parallel: 16 });
    const reference = new ReferenceExecutor();
    executors.push(webgpu, reference);
    const t = Date.now();
    const actual = await outputsOf(webgpu, plan, group);
    console.log('ms', Date.now() - t);
    const expected = await outputsOf(reference, plan, group);
    expect(webgpu.failure).toBeNull();
    const errors = [...expected].map(([name, values]) => ({ name, error: largestError(actual.get(name)!, values) }));
    expect(errors.filter(({ error }) => !(error < 5e-5))).toEqual([]);
  });
});
