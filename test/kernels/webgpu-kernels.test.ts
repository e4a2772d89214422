import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Executor } from '../../engine/tensor/executor';
import { ReferenceExecutor } from '../../engine/tensor/reference';
import type { WebgpuExecutor } from '../../engine/tensor/webgpu';
import { caseOf, cases } from './webgpu-cases';
import { hasDevice, testExecutor } from './webgpu-device';
import type { TestPlan } from './webgpu-launches';

/** Runs a plan and gives its outputs. */
async function outputsOf(executor: Executor, { plan, values }: TestPlan): Promise<Map<string, Float32Array>> {
  const program = executor.prepare(plan);
  for (const [name, data] of Object.entries(values)) program.write(name, data);
  program.run();
  const outputs = new Map<string, Float32Array>();
  for (const name of Object.keys(plan.outputs)) outputs.set(name, await program.read(name));
  program.dispose();
  return outputs;
}

const SEEDS = 8;

describe.skipIf(!hasDevice)('webgpu against reference', () => {
  let webgpu: WebgpuExecutor;
  let reference: Executor;
  beforeAll(async () => {
    webgpu = await testExecutor();
    reference = new ReferenceExecutor();
  });
  afterAll(() => webgpu.dispose());

  for (const name of Object.keys(cases)) {
    test(name, async () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const plan = caseOf(name, seed);
        const [actual, expected] = await Promise.all([outputsOf(webgpu, plan), outputsOf(reference, plan)]);
        expect(webgpu.failure).toBeNull();
        for (const [output, wanted] of expected) {
          const worst = largestError(actual.get(output)!, wanted);
          expect(worst, `${plan.plan.name}, ${output}`).toBeLessThan(2e-5);
        }
      }
    });
  }
});

/** Largest absolute error, relative to the largest magnitude of the tensor. */
function largestError(actual: Float32Array, expected: Float32Array): number {
  let scale = 1e-3;
  let worst = 0;
  for (const value of expected) scale = Math.max(scale, Math.abs(value));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return worst / scale;
}
