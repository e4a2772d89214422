import type { AgentCircuit } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { messageOf, RandomStream } from '../base';
import type { Executor } from '../tensor';
import { createLearningState } from './networks';
import { evenShares } from './programs';
import { buildUpdatePlan } from './update-plan';

/** How two executors are compared. */
export interface Trial {
  readonly circuits: readonly AgentCircuit[];
  readonly hyper: HyperParameters;
  /** Milliseconds that each executor is timed for, after one replay that builds what it needs. */
  readonly milliseconds: number;
  /** Milliseconds of a clock that goes on while it computes. */
  readonly now: () => number;
  /** Lets messages through between replays. */
  readonly breathe: () => Promise<void>;
}

/**
 * Times a run's own update on both executors and says which is the faster. A challenger that fails has lost; what it
 * threw becomes the reason. Both are left as they were.
 */
export async function fasterExecutor<T extends Executor>(
  champion: T,
  challenger: T,
  trial: Trial,
): Promise<{ readonly executor: T; readonly reason: string }> {
  const known = await updatesPerSecond(champion, trial);
  let rival: number;
  try {
    rival = await updatesPerSecond(challenger, trial);
  } catch (thrown) {
    return { executor: champion, reason: `${challenger.kind} failed when it was timed: ${messageOf(thrown)}` };
  }
  const executor = rival > known ? challenger : champion;
  const figures = `${challenger.kind} ${describeRate(rival)}, ${champion.kind} ${describeRate(known)}`;
  return { executor, reason: `the faster here, in updates a second: ${figures}` };
}

/** Replays between two waits for the result take up to this share of the time: enough to hide the waiting. */
const SHARE_AT_ONCE = 1 / 8;

/** Updates a second of the M3 update at a run's own sizes. */
export async function updatesPerSecond(executor: Executor, trial: Trial): Promise<number> {
  const { circuits, hyper, milliseconds, now, breathe } = trial;
  const state = createLearningState(circuits, hyper, new RandomStream(1), 1);
  for (const group of state.groups) executor.allocate(group);
  try {
    const program = executor.prepare(buildUpdatePlan(state, hyper, evenShares(hyper.batch / hyper.members, circuits.length)));
    try {
      await executor.ready?.();
      const filled = circuits.flatMap(() => [hyper.realCapacity, hyper.syntheticCapacity]);
      program.write('filled', Float32Array.from(filled));
      program.write('realRatio', new Float32Array(circuits.length).fill(0.5));
      const output = Object.keys(program.plan.outputs)[0]!;
      program.run();
      await program.read(output);
      const start = now();
      let replays = 0;
      let atOnce = 1;
      while (replays === 0 || now() - start < milliseconds) {
        const begin = now();
        program.run(atOnce);
        await program.read(output); // the work is surely done only when it is read
        replays += atOnce;
        if (2 * (now() - begin) < SHARE_AT_ONCE * milliseconds) atOnce *= 2;
        await breathe();
      }
      return (1000 * replays) / (now() - start);
    } finally {
      program.dispose();
    }
  } finally {
    for (const group of state.groups) executor.release(group.name);
  }
}

function describeRate(rate: number): string {
  return rate.toFixed(rate < 10 ? 1 : 0);
}
