import type { Launch, Plan, View } from '../../plan';
import type { WebgpuExecutor } from '../webgpu-executor';

/** A plan of launches over fresh arena tensors, filled with random values, for timing. */
export class BenchPlan {
  readonly launches: Launch[] = [];
  readonly indices: number[] = [];
  readonly inputs: Record<string, View> = {};
  length = 0;

  tensor(rows: number, columns: number): View {
    const view: View = { space: 'arena', group: '', offset: this.length, rows, columns, stride: columns };
    this.length += Math.ceil((rows * columns) / 64) * 64;
    return view;
  }

  input(rows: number, columns: number): View {
    const view = this.tensor(rows, columns);
    this.inputs[`in${Object.keys(this.inputs).length}`] = view;
    return view;
  }

  index(values: readonly number[]) {
    const view = { offset: this.indices.length, length: values.length };
    this.indices.push(...values);
    while (this.indices.length % 64) this.indices.push(0);
    return view;
  }

  plan(name: string): Plan {
    return {
      name,
      launches: this.launches,
      arenaLength: this.length,
      constants: new Float32Array(64),
      indices: Int32Array.from(this.indices),
      inputs: this.inputs,
      outputs: {},
      groups: {},
    };
  }
}

/** A card that idled takes so long to raise its clock. */
const WARM_UP_MS = 300;

/** Milliseconds of one replay: the best of several timings of `times` replays, once the device is warm. */
export async function timePlan(executor: WebgpuExecutor, plan: Plan, now: () => number, times = 20): Promise<number> {
  const program = executor.prepare(plan);
  let state = 12345;
  for (const [name, view] of Object.entries(plan.inputs)) {
    const values = new Float32Array(view.rows * view.columns);
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      values[i] = state / 2147483648 - 1;
    }
    program.write(name, values);
  }
  const begin = now();
  do {
    program.run(1);
    await executor.device.queue.onSubmittedWorkDone();
  } while (now() - begin < WARM_UP_MS);
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < 8; repeat++) {
    const start = now();
    program.run(times);
    await executor.device.queue.onSubmittedWorkDone();
    best = Math.min(best, (now() - start) / times);
  }
  program.dispose();
  return best;
}
