import { describe, expect, it } from 'vitest';
import type { ScheduleDefinition } from '../../engine/api';
import adaptive from '../../plugins/schedules/adaptive';

let schedule!: ScheduleDefinition;
adaptive.build({ addSchedule: (definition: ScheduleDefinition) => (schedule = definition) } as never);
const decide = (...errors: number[]) =>
  schedule.decide({ simulations: 100, budget: 1000, progress: 0.1, modelError: Number.NaN, modelErrorByCircuit: errors });

describe('the adaptive schedule', () => {
  it('uses real data until the neural simulator is known to be good', () => {
    const unknown = decide(Number.NaN, Number.NaN);
    expect(unknown).toMatchObject({ realRatio: 0.6, rollouts: 16, rolloutLength: 1 });
    expect(unknown.reason).toMatch(/nothing is known/);
    const good = decide(0.01, 0.01);
    expect(good.realRatio).toBeLessThan(0.06);
    expect(good).toMatchObject({ rolloutLength: 5 });
    expect(good.rollouts).toBeGreaterThan(120);
  });

  it('decides circuit by circuit, and says by which error', () => {
    const { realRatioByCircuit, realRatio, reason } = decide(0.02, 0.6);
    expect(realRatioByCircuit![0]!).toBeLessThan(realRatio);
    expect(realRatioByCircuit![1]!).toBeGreaterThan(realRatio);
    expect(reason).toMatch(/0.02 to 0.60/);
  });
});
