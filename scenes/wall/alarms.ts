/** What is wrong with an environment for longer than a moment, told from one tick to the next. */
import type { EnvironmentsSnapshot } from '../../engine/api/snapshot';
import { EnvironmentState } from '../../engine/api/snapshot';
import type { IconName } from '../graphics/glyph-atlas';

export const ALARMS = ['none', 'failed', 'invalid', 'not-a-number', 'stalled'] as const;
export type AlarmName = (typeof ALARMS)[number];

/** Ticks for which one simulation may keep an environment waiting. */
const STALLED_TICKS = 12;

export const ALARM_ICONS: Readonly<Record<Exclude<AlarmName, 'none'>, IconName>> = {
  failed: 'cross',
  invalid: 'slash',
  'not-a-number': 'bang',
  stalled: 'hourglass',
};

export interface Alarms {
  /** Takes a tick that has ended; one that is known already changes nothing. */
  record(tick: number, environments: EnvironmentsSnapshot): void;
  of(environment: number): AlarmName;
  /** In a few letters: how often in a row, or for how long. */
  label(environment: number): string;
}

export function createAlarms(): Alarms {
  let count = -1;
  let lastTick = -1;
  let names: AlarmName[] = [];
  /** Results in a row that were not usable, and ticks since the last result. */
  let failures = new Uint32Array(0);
  let waited = new Uint32Array(0);
  let episode = new Uint32Array(0);
  let step = new Uint16Array(0);

  function restart(environments: EnvironmentsSnapshot): void {
    count = environments.count;
    names = Array<AlarmName>(count).fill('none');
    failures = new Uint32Array(count);
    waited = new Uint32Array(count);
    episode = environments.episode.slice();
    step = environments.episodeStep.slice();
  }

  function alarmOf(environments: EnvironmentsSnapshot, e: number): AlarmName {
    const state = environments.state[e];
    if (state === EnvironmentState.failed) return 'failed';
    if (state === EnvironmentState.invalid) return 'invalid';
    if (state === EnvironmentState.simulating) return waited[e] >= STALLED_TICKS ? 'stalled' : 'none';
    const from = environments.specOffset[e];
    const to = e + 1 < environments.count ? environments.specOffset[e + 1] : environments.measures.length;
    let missing = 0;
    for (let at = from; at < to; at++) if (Number.isNaN(environments.measures[at])) missing++;
    // Before the first result all are missing, and nothing is wrong.
    return missing > 0 && missing < to - from ? 'not-a-number' : 'none';
  }

  return {
    record(tick, environments) {
      if (environments.count !== count || tick < lastTick) restart(environments);
      if (tick === lastTick) return;
      lastTick = tick;
      for (let e = 0; e < count; e++) {
        const same = environments.episode[e] === episode[e] && environments.episodeStep[e] === step[e];
        waited[e] = same ? waited[e] + 1 : 0;
        names[e] = alarmOf(environments, e);
        if (names[e] !== 'failed' && names[e] !== 'invalid') failures[e] = 0;
        else if (!same || failures[e] === 0) failures[e]++;
      }
      episode.set(environments.episode);
      step.set(environments.episodeStep);
    },
    of: (e) => names[e] ?? 'none',
    label(e) {
      const name = names[e] ?? 'none';
      if (name === 'none') return '';
      if (name === 'stalled') return `waits ${waited[e]} ticks`;
      if (name === 'not-a-number') return 'NaN';
      const word = name === 'failed' ? 'no result' : 'invalid';
      return failures[e] > 1 ? `${word} ×${failures[e]}` : word;
    },
  };
}
