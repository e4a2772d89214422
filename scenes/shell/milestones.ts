/**
 * The moment in which a circuit's benchmark target is first met: told once, with what happens next, and kept as a time
 * that charts can mark. A page that is opened on a run further on marks nothing it has not seen.
 */
import type { Snapshot } from '../../engine/api/snapshot';
import { formatCount } from '../format/engineering';
import type { Signal } from '../store/signal';
import { createSignal } from '../store/signal';
import type { Studio } from './scene';

const SHOWN_MILLISECONDS = 20_000;

export interface Milestone {
  readonly circuit: number;
  /** Running seconds. */
  readonly seconds: number;
  readonly simulations: number;
}

export function createMilestones(): Signal<readonly Milestone[]> {
  return createSignal<readonly Milestone[]>([]);
}

/** Circuits whose target is met in `next` and was not in `previous`. */
export function newlyMet(previous: Snapshot | null, next: Snapshot): readonly Milestone[] {
  if (previous === null) return [];
  return next.progress.flatMap(({ circuit, stepsToTarget }) => {
    const before = previous.progress.find((entry) => entry.circuit === circuit);
    if (stepsToTarget === null || before === undefined || before.stepsToTarget !== null) return [];
    return [{ circuit, seconds: next.seconds, simulations: stepsToTarget }];
  });
}

export function watchMilestones(studio: Studio): void {
  const { catalogue, live, milestones } = studio.here;
  let previous: Snapshot | null = null;
  live.subscribe((snapshot) => {
    if (!snapshot) return;
    const met = newlyMet(previous, snapshot);
    previous = snapshot;
    if (met.length === 0) return;
    milestones.set([...milestones.value, ...met]);
    for (const { circuit, simulations } of met) {
      const id = `met-${circuit}`;
      const info = catalogue.value?.circuits[circuit];
      studio.report({
        id,
        level: 'success',
        title: `${info?.title ?? 'Circuit'}: every target is met, after ${formatCount(simulations)} simulations.`,
        remedy: 'Training goes on: the policy learns to get there from other starts, in fewer steps and with more margin.',
      });
      // Good news needs no answer; it stays in the panel, the events and the charts.
      setTimeout(() => studio.problems.set(studio.problems.value.filter((other) => other.id !== id)), SHOWN_MILLISECONDS);
    }
  });
}
