import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../engine/api/snapshot';
import { newlyMet } from '../../scenes/shell/milestones';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';

const world = createSyntheticWorld({ environments: 4, circuits: ['two-stage-opamp', 'strongarm-comparator'], seed: 1 });
const base = world.snapshot(false, 1);
const at = (seconds: number, ...steps: (number | null)[]): Snapshot => ({
  ...base,
  seconds,
  progress: base.progress.map((entry, c) => ({ ...entry, stepsToTarget: steps[c] })),
});

describe('milestones', () => {
  it('names each circuit once, when its target is first met', () => {
    expect(newlyMet(at(1, null, null), at(2, null, 80))).toEqual([{ circuit: 1, seconds: 2, simulations: 80 }]);
    expect(newlyMet(at(2, null, 80), at(3, null, 80))).toEqual([]);
    expect(newlyMet(at(3, null, 80), at(4, 120, 80))).toEqual([{ circuit: 0, seconds: 4, simulations: 120 }]);
  });

  it('does not tell what was met before anybody looked', () => {
    expect(newlyMet(null, at(5, 120, 80))).toEqual([]);
  });
});
