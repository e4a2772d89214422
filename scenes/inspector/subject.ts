/** What the inspector shows of a selection: an environment as it is now, or a point as it was simulated. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { distanceToSpec } from '../../engine/api/distance';
import { sizingToPhysical } from '../../engine/api/parameter-space';
import type { Points } from '../../engine/api/questions';
import type { EnvironmentsSnapshot } from '../../engine/api/snapshot';
import { describePoint } from '../exploration/tooltip';
import { formatReward } from '../format/engineering';
import { isUsable, STATE_NAMES } from '../format/states';
import type { SpecRow } from '../shell/spec-rows';

export interface Subject {
  readonly info: CircuitInfo;
  readonly title: string;
  readonly summary: string;
  /** Physical values. */
  readonly parameters: ArrayLike<number>;
  readonly rows: readonly SpecRow[];
}

export function subjectOfEnvironment(circuits: readonly CircuitInfo[], environments: EnvironmentsSnapshot, e: number): Subject {
  const info = circuits[environments.circuit[e]];
  const state = environments.state[e];
  const offset = environments.specOffset[e];
  const from = environments.parameterOffset[e];
  return {
    info,
    title: `Environment ${e}`,
    summary: `${info.title} · ${STATE_NAMES[state] ?? 'unknown'} · episode ${environments.episode[e]}, step ${environments.episodeStep[e]} · reward ${formatReward(environments.reward[e])}`,
    parameters: environments.parameters.subarray(from, from + info.parameters.length),
    rows: info.specs.map((_, s) => {
      const measured = environments.measures[offset + s];
      // Without a sane operating point a measure is no better or worse than its target.
      const known = isUsable(state) && !Number.isNaN(measured);
      return {
        target: environments.targets[offset + s],
        measured,
        distance: known ? environments.distances[offset + s] : Number.NaN,
      };
    }),
  };
}

export type PointRows = Pick<
  Points,
  'first' | 'count' | 'origin' | 'origins' | 'met' | 'valid' | 'reward' | 'episode' | 'step' | 'u' | 'measures'
>;

/** A point against the benchmark target. @returns null where it is not among the rows */
export function subjectOfPoint(info: CircuitInfo, points: PointRows, point: number): Subject | null {
  const row = point - points.first;
  if (row < 0 || row >= points.count) return null;
  const [P, S] = [info.parameters.length, info.specs.length];
  return {
    info,
    title: `Point ${point}`,
    summary: `${info.title} · ${describePoint(points, row)}`,
    parameters: sizingToPhysical(info.parameters, points.u.subarray(row * P, (row + 1) * P)),
    rows: info.specs.map((spec, s) => {
      const measured = points.measures[row * S + s];
      const distance = points.valid[row] === 1 ? distanceToSpec(spec, measured, spec.target) : Number.NaN;
      return { target: spec.target, measured, distance };
    }),
  };
}
