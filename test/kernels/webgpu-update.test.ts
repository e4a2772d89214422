import { afterAll, describe, expect, test } from 'vitest';
import { defaultHyperParameters, type HyperParameters } from '../../engine/api/hyper-parameters';
import { createLearningState } from '../../engine/learn/networks';
import { evenShares } from '../../engine/learn/programs';
import { buildUpdatePlan } from '../../engine/learn/update-plan';
import type { Executor } from '../../engine/tensor/executor';
import { ReferenceExecutor } from '../../engine/tensor/reference';
import { createWebgpuExecutor } from '../../engine/tensor/webgpu';
import { largestError } from './compare';
import { hasDevice, testDevice } from './webgpu-device';
import { toyAgentCircuit, toyRandom } from './webgpu-toy-agent';

const hyper = {
  ...defaultHyperParameters,
  ...{ width: 8, state: 8, layers: 2, batch: 16, members: 2, realCapacity: 64, syntheticCapacity: 64, imaginedWeight: 1 },
};
const circuits = [toyAgentCircuit(0, 3, 2), toyAgentCircuit(1, 5, 4)];

/** Runs updates on an executor from the same start; gives every variable group and the reported statistics. */
async function afterUpdates(executor: Executor, updates: number, hyper: HyperParameters): Promise<Map<string, Float32Array>> {
  const state = createLearningState(circuits, hyper, toyRandom(1), 7);
  for (const group of state.groups) executor.allocate(group);
  const random = toyRandom(5);
  const pool = Float32Array.from({ length: state.pool.group.length }, () => random.uniform());
  executor.write(state.pool.group.name, pool);
  const program = executor.prepare(buildUpdatePlan(state, hyper, evenShares(hyper.batch / hyper.members, circuits.length)));
  program.write(
    'filled',
    Float32Array.from({ length: circuits.length * 2 }, () => 64),
  );
  program.write('realRatio', Float32Array.of(0.5, 0.5));
  program.run(updates);
  const values = new Map<string, Float32Array>();
  for (const name of Object.keys(program.plan.outputs)) values.set(name, await program.read(name));
  for (const group of state.groups) values.set(group.name, await executor.read(group.name));
  program.dispose();
  return values;
}

describe.skipIf(!hasDevice)('a whole M3 update', () => {
  const executors: Executor[] = [];
  afterAll(() => {
    for (const executor of executors) executor.dispose();
  });

  /** All weights, moments and statistics are the reference's. */
  async function agrees(join: boolean, change: Partial<HyperParameters>): Promise<void> {
    const webgpu = await createWebgpuExecutor({ device: testDevice(), parallel: 16, join });
    const reference = new ReferenceExecutor();
    executors.push(webgpu, reference);
    const [actual, expected] = [
      await afterUpdates(webgpu, 1, { ...hyper, ...change }),
      await afterUpdates(reference, 1, { ...hyper, ...change }),
    ];
    expect(webgpu.failure).toBeNull();
    const errors = [...expected].map(([name, values]) => ({ name, error: largestError(actual.get(name)!, values) }));
    expect(errors.filter(({ error }) => !(error < 2e-3))).toEqual([]);
  }

  test('kernel by kernel', () => agrees(false, {}), 120_000);
  // As it is run, but for the second layer: a software adapter compiles joint kernels slowly.
  test('in chains and side by side', () => agrees(true, { layers: 1, batch: 8, imaginedWeight: 0 }), 120_000);
});
