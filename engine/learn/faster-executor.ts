import type { AgentCircuit } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { messageOf } from '../base';
import type { Executor } from '../tensor';
import { timeUpdate, withUpdate } from './time-update';

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

/** Updates a second of the M3 update at a run's own sizes. */
function updatesPerSecond(executor: Executor, { circuits, hyper, ...timing }: Trial): Promise<number> {
  return withUpdate(executor, circuits, hyper, (update) => timeUpdate(update, { warmUpMilliseconds: 0, ...timing }));
}

function describeRate(rate: number): string {
  return rate.toFixed(rate < 10 ? 1 : 0);
}
