import { afterAll, describe, expect, test } from 'vitest';
import { addMambaWeights, mambaConfig, mambaStack, weightsOf } from '../../engine/model/mamba';
import {
  columnSum,
  compile,
  type Executor,
  Graph,
  gradients,
  linear,
  mul,
  type Plan,
  ReferenceExecutor,
  rmsNorm,
  silu,
  sliceRows,
  sum,
  VariableGroup,
} from '../../engine/tensor';
import { createWebgpuExecutor } from '../../engine/tensor/webgpu';
import { largestError } from './compare';
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

/** Sums, products, norms and elementwise programs that do not depend on each other, two of a kind. */
function joinedPlan() {
  const group = new VariableGroup('weights');
  group.add('w', 12, 8, (target) => {
    for (let i = 0; i < target.length; i++) target[i] = Math.sin(i);
  });
  const g = new Graph('joined');
  const [x, y] = [g.input('x', 30, 8), g.input('y', 9, 8)];
  const w = g.variable(group.get('w'));
  g.output('products', linear(x, w, null));
  g.output('more products', linear(y, w, null));
  g.output('sums', columnSum(x));
  g.output('program', silu(x));
  g.output('norm', rmsNorm(y, sliceRows(w, 0, 1), { groups: 1, eps: 1e-5 }));
  return { plan: compile(g), group };
}

describe.skipIf(!hasDevice)('Mamba blocks and waves', () => {
  const executors: Executor[] = [];

  /** With all that runs side by side in one dispatch, outputs are the reference's within `bound`. */
  async function agrees({ plan, group }: ReturnType<typeof joinedPlan>, bound: number): Promise<void> {
    const webgpu = await createWebgpuExecutor({ device: testDevice(), parallel: 16 });
    const reference = new ReferenceExecutor();
    executors.push(webgpu, reference);
    const [actual, expected] = [await outputsOf(webgpu, plan, group), await outputsOf(reference, plan, group)];
    expect(webgpu.failure).toBeNull();
    for (const [name, values] of expected) expect(largestError(actual.get(name)!, values), name).toBeLessThan(bound);
  }

  afterAll(() => {
    for (const executor of executors) executor.dispose();
  });

  // States that are no multiple of four, segments that are none either, a layer that reads backward.
  test('two members, all gradients', async () => {
    const { plan, group } = mambaPlan({
      members: 2,
      lengths: [5, 1, 9, 3, 12, 7],
      width: 8,
      state: 5,
      layers: 2,
      gradient: true,
    });
    const webgpu = await createWebgpuExecutor({ device: testDevice(), parallel: 16, join: false });
    const reference = new ReferenceExecutor();
    executors.push(webgpu, reference);
    const actual = await outputsOf(webgpu, plan, group);
    const expected = await outputsOf(reference, plan, group);
    expect(webgpu.failure).toBeNull();
    const errors = [...expected].map(([name, values]) => ({ name, error: largestError(actual.get(name)!, values) }));
    expect(errors.filter(({ error }) => !(error < 5e-5))).toEqual([]);
  }, 60_000);

  // Two members of three segments: blocks, the norm between them and what stands around them, a workgroup a segment.
  test('chains of kernels, part by part', async () => {
    await agrees(mambaPlan({ members: 2, lengths: [5, 1, 9], width: 8, state: 5, layers: 2, gradient: true }), 5e-5);
  }, 60_000);

  test('independent kernels in one dispatch', async () => {
    await agrees(joinedPlan(), 2e-5);
  }, 60_000);
});
