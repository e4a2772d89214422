import type { Executor } from '../../engine/tensor/executor';
import { caseOf } from './webgpu-cases';
import type { TestPlan } from './webgpu-launches';

/** The largest error of a random case of a kernel, and of which of its outputs. */
export interface WorstError {
  readonly plan: string;
  readonly output: string;
  readonly error: number;
}

/** Runs a case of `webgpu-cases.ts` on an executor and on the one that judges it. */
export async function compareCase(name: string, seed: number, executor: Executor, judge: Executor): Promise<WorstError> {
  const plan = caseOf(name, seed);
  const [actual, expected] = await Promise.all([outputsOf(executor, plan), outputsOf(judge, plan)]);
  const errors = [...expected].map(([output, wanted]) => ({
    plan: plan.plan.name,
    output,
    error: largestError(actual.get(output)!, wanted),
  }));
  return errors.reduce((a, b) => (b.error > a.error ? b : a));
}

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

/** Largest absolute error, relative to the largest magnitude of the tensor. */
export function largestError(actual: Float32Array, expected: Float32Array): number {
  let scale = 1e-3;
  let worst = 0;
  for (const value of expected) scale = Math.max(scale, Math.abs(value));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return worst / scale;
}
