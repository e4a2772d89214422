/** Whether two snapshots look the same on the wall. While the agent trains many come in which no environment has moved. */
import type { EnvironmentsSnapshot, Snapshot } from '../../engine/api/snapshot';

const SHOWN = [
  'circuit',
  'state',
  'episode',
  'episodeStep',
  'reward',
  'measures',
  'parameters',
] as const satisfies readonly (keyof EnvironmentsSnapshot)[];

export function looksTheSame(a: Snapshot, b: Snapshot): boolean {
  return (
    SHOWN.every((name) => sameNumbers(a.environments[name], b.environments[name])) &&
    a.progress.length === b.progress.length &&
    a.progress.every(({ stepsToTarget }, i) => stepsToTarget === b.progress[i].stepsToTarget)
  );
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
