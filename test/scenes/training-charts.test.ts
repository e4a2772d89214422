import { describe, expect, it } from 'vitest';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';
import { factsOf } from '../../scenes/store/facts';
import { createHistory } from '../../scenes/store/history';
import { sectionsOf } from '../../scenes/training/charts';

it('counts simulations as the budget does: without those of evaluations', () => {
  const world = createSyntheticWorld({ circuits: ['two-stage-opamp'], environments: 4, seed: 1 });
  const simulations = { training: 254, evaluation: 30, byHand: 2 };
  expect(factsOf({ ...world.snapshot(false, 0), simulations }, world.catalogue).simulations).toBe(254);
});

describe('success on unseen targets', () => {
  const world = createSyntheticWorld({ circuits: ['two-stage-opamp', 'ldo'], environments: 4, seed: 1 });
  const section = (evaluation: unknown, names: readonly string[] = []) => {
    const catalogue = { ...world.catalogue, configuration: { ...world.catalogue.configuration, evaluation } };
    return sectionsOf(catalogue, 'ldo', names).find(({ id }) => id === 'unseen')!;
  };

  it('says why it is not there, and which command brings it', () => {
    expect(section({ at: [] })).toMatchObject({ charts: [], missing: { command: 'training.measure-unseen' } });
  });

  it('draws what the engine told, a line a circuit', () => {
    const { charts, missing } = section({ at: [], heldEvery: 250, heldTargets: 5 });
    expect(missing).toBeUndefined();
    expect(charts[0]!.hint).toContain('every 250 training simulations');
    const snapshot = { ...world.snapshot(false, 0), metrics: { 'held/ldo/met': 0.6, 'held/two-stage-opamp/met': 0.2 } };
    const history = createHistory(8);
    history.record({ tick: 1, seconds: 1, simulations: 1 }, factsOf(snapshot, world.catalogue));
    expect(charts[0]!.lines.map(({ column }) => history.column(column)?.last[0])).toEqual([0.2, 0.6]);
    // Not once more among the agent's own metrics.
    const learning = sectionsOf(world.catalogue, 'ldo', history.names).find(({ id }) => id === 'learning');
    expect(learning?.charts.some(({ id }) => id.includes('held')) ?? false).toBe(false);
  });
});
