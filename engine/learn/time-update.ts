import type { AgentCircuit } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { RandomStream } from '../base';
import type { Executor, Program } from '../tensor';
import { createLearningState } from './networks';
import { evenShares } from './programs';
import { buildUpdatePlan } from './update-plan';

/** Lets `work` have the M3 update of a run of that size, on full buffers of nothing. The executor is left as it was. */
export async function withUpdate<T>(
  executor: Executor,
  circuits: readonly AgentCircuit[],
  hyper: HyperParameters,
  work: (update: Program) => Promise<T>,
): Promise<T> {
  const state = createLearningState(circuits, hyper, new RandomStream(1), 1);
  for (const group of state.groups) executor.allocate(group);
  try {
    const update = executor.prepare(buildUpdatePlan(state, hyper, evenShares(hyper.batch / hyper.members, circuits.length)));
    try {
      await executor.ready?.();
      const filled = circuits.flatMap(() => [hyper.realCapacity, hyper.syntheticCapacity]);
      update.write('filled', Float32Array.from(filled));
      update.write('realRatio', new Float32Array(circuits.length).fill(0.5));
      return await work(update);
    } finally {
      update.dispose();
    }
  } finally {
    for (const group of state.groups) executor.release(group.name);
  }
}

/** How long an update is timed. */
export interface Timing {
  /** Before anything is counted; one replay is always made, which builds what it needs. */
  readonly warmUpMilliseconds: number;
  readonly milliseconds: number;
  /** Milliseconds of a clock that goes on while it computes. */
  readonly now: () => number;
  /** Lets messages through between replays. */
  readonly breathe?: () => Promise<void>;
}

/** Replays between two waits for the result take up to this share of the time: enough to hide the waiting. */
const SHARE_AT_ONCE = 1 / 8;

/** Updates a second. */
export async function timeUpdate(update: Program, { warmUpMilliseconds, milliseconds, now, breathe }: Timing): Promise<number> {
  const output = Object.keys(update.plan.outputs)[0]!;
  let atOnce = 1;
  const spend = async (budget: number): Promise<number> => {
    const start = now();
    let replays = 0;
    while (replays === 0 || now() - start < budget) {
      const begin = now();
      update.run(atOnce);
      await update.read(output); // the work is surely done only when it is read
      replays += atOnce;
      if (2 * (now() - begin) < SHARE_AT_ONCE * milliseconds) atOnce *= 2;
      await breathe?.();
    }
    return (1000 * replays) / (now() - start);
  };
  await spend(warmUpMilliseconds);
  return spend(milliseconds);
}
