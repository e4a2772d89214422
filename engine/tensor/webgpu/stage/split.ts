import type { Launch, LaunchOf, Lifetime, Plan, View } from '../../plan';
import { isContiguous } from '../dispatch';

/** Segments up to this length are taken whole by a part of a stage. */
export const LONGEST_SEGMENT = 64;

/** A plan's launches, those that a stage can take apart split into what is local to a segment and sums over segments. */
export interface SplitPlan {
  readonly launches: readonly Launch[];
  /** The launch of the plan that each stems from. */
  readonly times: readonly number[];
  readonly lifetimes: readonly Lifetime[];
  /** Launches whose weight gradients are one row a segment: they run in a stage only. */
  readonly perSegment: ReadonlySet<number>;
}

/**
 * Splits the backward passes of scans and convolutions over short segments: in a stage they write the gradients of
 * weights as one row for each segment, and sums over those rows follow as launches of their own.
 */
export function splitPlan(plan: Plan): SplitPlan {
  const lifetimes = [...(plan.lifetimes ?? [])];
  const launches: Launch[] = [];
  const times: number[] = [];
  const perSegment = new Set<number>();
  let end = lifetimes.reduce((most, life) => Math.max(most, life.offset + life.length), plan.arenaLength);

  plan.launches.forEach((launch, time) => {
    const add = (next: Launch) => {
      launches.push(next);
      times.push(time);
    };
    const sums = weightSums(launch);
    const segments = sums && shortSegments(plan, launch);
    if (!sums || !segments || !launch.outputs[0] || !evenGroups(segments, launch.outputs, launch)) {
      add(launch);
      return;
    }
    const count = segments.length - 1;
    const outputs = [...launch.outputs];
    const following: Launch[] = [];
    for (const i of sums) {
      const sum = outputs[i];
      if (!sum) continue;
      const columns = (sum.rows * sum.columns) / groupsOf(launch);
      const part: View = { space: 'arena', group: '', offset: end, rows: count, columns, stride: columns };
      lifetimes.push({ offset: end, length: count * columns, from: time, to: time });
      end += Math.ceil((count * columns) / 64) * 64;
      outputs[i] = part;
      const flat: View = { ...sum, rows: groupsOf(launch), columns, stride: columns };
      following.push({
        kernel: 'column-sum',
        inputs: [part],
        outputs: [flat],
        index: [],
        attributes: { groups: groupsOf(launch) },
        label: launch.label,
      });
    }
    perSegment.add(launches.length);
    add({ ...launch, outputs } as Launch);
    for (const next of following) add(next);
  });
  return { launches, times, lifetimes, perSegment };
}

type Splittable = LaunchOf<'selective-scan-backward'> | LaunchOf<'causal-conv-backward'>;

/** Outputs that are sums over segments. */
function weightSums(launch: Launch): readonly number[] | null {
  if (launch.kernel === 'selective-scan-backward') return [2, 5];
  if (launch.kernel === 'causal-conv-backward') return [1, 2];
  return null;
}

function groupsOf(launch: Launch): number {
  return (launch as Splittable).attributes.groups;
}

/** The segments of a launch if all are short and none empty. */
export function shortSegments(plan: Plan, launch: Launch): Int32Array | null {
  const view = launch.index[0]!;
  const segments = plan.indices.subarray(view.offset, view.offset + view.length);
  for (let s = 0; s + 1 < segments.length; s++) {
    const length = segments[s + 1]! - segments[s]!;
    if (length < 1 || length > LONGEST_SEGMENT) return null;
  }
  return segments;
}

/** Whether every group has as many segments, and the sums are contiguous. */
function evenGroups(segments: Int32Array, outputs: readonly (View | null)[], launch: Launch): boolean {
  const groups = groupsOf(launch);
  const count = segments.length - 1;
  if (count % groups !== 0) return false;
  const rows = segments[count]! / groups;
  for (let g = 0; g < groups; g++) if (segments[(g * count) / groups] !== g * rows) return false;
  return weightSums(launch)!.every((i) => !outputs[i] || isContiguous(outputs[i]!));
}
