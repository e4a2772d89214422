/** States of an environment, for people. */
import { EnvironmentState } from '../../engine/api/snapshot';

export const STATE_NAMES: Readonly<Record<number, string>> = {
  [EnvironmentState.idle]: 'idle',
  [EnvironmentState.simulating]: 'simulating',
  [EnvironmentState.failed]: 'simulation failed',
  [EnvironmentState.met]: 'all targets met',
  [EnvironmentState.invalid]: 'invalid operating point',
};

/** Whether what was measured means anything: the simulation came back, from a sane operating point. */
export function isUsable(state: number): boolean {
  return state !== EnvironmentState.failed && state !== EnvironmentState.invalid;
}
