/** A recorded run in words. */
import type { BranchChanges, RecordedRun, RunListing } from '../../engine/api/questions';
import { formatCount, formatReward } from '../format/engineering';

const STATES: Readonly<Record<string, string>> = {
  running: 'left',
  stopped: 'left',
  met: 'all targets met',
  budget: 'budget used up',
  failed: 'failed',
};

export function describeState({ current, state }: RunListing): string {
  return current ? 'trains here' : (STATES[state] ?? state);
}

/** `2026-11-25 19:05`, as it was stored: in UTC. */
export const describeDate = ({ created }: RunListing) => created.slice(0, 16).replace('T', ' ');

/** The reward of the best sizing, not a share of any spec: it is a mean over all of them, so one may be missed by much more. */
export function describeBest({ stepsToTarget, bestReward }: RunListing['circuits'][number]): string {
  if (stepsToTarget !== null) return `met at ${formatCount(stepsToTarget)}`;
  return bestReward === null ? 'none valid yet' : `reward ${formatReward(bestReward)}`;
}

export function describeChanges({ hyperParameters, ...settings }: BranchChanges): string {
  const all = Object.entries({ ...settings, ...hyperParameters });
  return all.length === 0 ? 'nothing changed' : all.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

/** Settings of a run by name, as a comparison lists them. */
export function settingsOf({ catalogue }: RecordedRun): ReadonlyMap<string, string> {
  const { configuration, hyperParameters = {}, agent, schedule, seed, executor, circuits } = catalogue;
  const plain = ['budget', 'environments', 'targets', 'mode', 'stopWhenMet'].map((name): [string, string] => [
    name,
    String(configuration[name]),
  ]);
  return new Map([
    ['circuits', circuits.map(({ title }) => title).join(', ')],
    ['agent', agent],
    ['schedule', schedule],
    ['seed', String(seed)],
    ['executor', executor.description],
    ...plain,
    ...Object.entries(hyperParameters).map(([name, value]): [string, string] => [name, String(value)]),
  ]);
}

/** Settings that differ between two runs; a dash where one of them has none of that name. */
export function differences(a: RecordedRun, b: RecordedRun): readonly (readonly [name: string, a: string, b: string])[] {
  const [first, second] = [settingsOf(a), settingsOf(b)];
  return [...new Set([...first.keys(), ...second.keys()])]
    .map((name) => [name, first.get(name) ?? '—', second.get(name) ?? '—'] as const)
    .filter(([, left, right]) => left !== right);
}
