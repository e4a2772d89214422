/** Which environments stand on the wall, in which groups and in which order: plain data from a snapshot and a choice. */
import type { Catalogue, EnvironmentsSnapshot } from '../../engine/api/snapshot';
import { EnvironmentState } from '../../engine/api/snapshot';
import { worstDistance } from '../format/distance';
import { STATE_NAMES } from '../format/states';
import type { Look } from '../shell/view-state';
import type { AlarmName } from './alarms';
import type { Block } from './layout';

export const GROUPS = { circuit: 'Circuit', state: 'State', none: 'None' } as const;
export const SORTS = { number: 'Number', distance: 'Distance', reward: 'Reward' } as const;
export const FILTERS = { all: 'All', missed: 'Missed', met: 'Met', alarms: 'Alarms' } as const;
export type GroupName = keyof typeof GROUPS;
export type SortName = keyof typeof SORTS;
export type FilterName = keyof typeof FILTERS;

/** What the address leaves out. */
export const USUAL = { group: 'circuit', sort: 'number', tiles: 'all', only: 'all' } as const;

export interface WallLook {
  readonly group: GroupName;
  /** `distance` and `reward`: best first. */
  readonly sort: SortName;
  readonly filter: FilterName;
  /** Id of the only circuit that is shown; null: all. */
  readonly circuit: string | null;
}

/** As the address keeps it: `look=group~state,sort~reward,tiles~alarms,only~two-stage-opamp`. */
export function readWallLook(look: Look, catalogue: Catalogue): WallLook {
  const among = <T extends string>(key: string, values: Readonly<Record<T, string>>, fallback: T): T =>
    Object.hasOwn(values, look[key] ?? '') ? (look[key] as T) : fallback;
  return {
    group: among('group', GROUPS, USUAL.group),
    sort: among('sort', SORTS, USUAL.sort),
    filter: among('tiles', FILTERS, USUAL.tiles),
    circuit: catalogue.circuits.find(({ id }) => id === look.only)?.id ?? null,
  };
}

/** What needs attention stands first. */
const STATE_ORDER: readonly number[] = [
  EnvironmentState.failed,
  EnvironmentState.invalid,
  EnvironmentState.simulating,
  EnvironmentState.idle,
  EnvironmentState.met,
];

export function arrange(
  { circuits }: Catalogue,
  environments: EnvironmentsSnapshot,
  alarmOf: (environment: number) => AlarmName,
  look: WallLook,
): readonly Block[] {
  const worst = (e: number) =>
    worstDistance(environments.distances, environments.specOffset[e], circuits[environments.circuit[e]].specs.length);
  const isMet = (e: number) => environments.state[e] === EnvironmentState.met;
  const stands = (e: number) => {
    if (look.circuit !== null && circuits[environments.circuit[e]].id !== look.circuit) return false;
    if (look.filter === 'met') return isMet(e);
    if (look.filter === 'missed') return !isMet(e);
    return look.filter === 'all' || alarmOf(e) !== 'none';
  };
  const key = (e: number) => {
    if (look.group === 'none') return 0;
    return look.group === 'circuit' ? environments.circuit[e] : STATE_ORDER.indexOf(environments.state[e]);
  };
  const groups = new Map<number, number[]>();
  for (let e = 0; e < environments.count; e++) {
    if (!stands(e)) continue;
    const members = groups.get(key(e));
    if (members) members.push(e);
    else groups.set(key(e), [e]);
  }
  const rank = look.sort === 'distance' ? worst : (e: number) => environments.reward[e];
  return [...groups]
    .sort((a, b) => a[0] - b[0])
    .map(([group, members]) => ({
      circuit: look.group === 'circuit' ? group : null,
      title:
        look.group === 'none'
          ? 'All environments'
          : look.group === 'circuit'
            ? circuits[group].title
            : capitalised(STATE_NAMES[STATE_ORDER[group]]),
      members: look.sort === 'number' ? members : sorted(members, rank),
    }));
}

/** Highest first; what has no number comes last. */
function sorted(members: readonly number[], rank: (e: number) => number): readonly number[] {
  const ranks = new Map(members.map((e) => [e, Number.isNaN(rank(e)) ? Number.NEGATIVE_INFINITY : rank(e)]));
  return [...members].sort((a, b) => (ranks.get(b) as number) - (ranks.get(a) as number) || a - b);
}

const capitalised = (text = '') => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether two arrangements put every tile at the same place. */
export function sameBlocks(a: readonly Block[], b: readonly Block[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      ({ title, members }, i) =>
        title === b[i].title && members.length === b[i].members.length && members.every((e, at) => e === b[i].members[at]),
    )
  );
}
