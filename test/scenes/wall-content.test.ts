import { describe, expect, it } from 'vitest';
import { barPosition, distanceOfFactor, positionInRange, worstDistance } from '../../scenes/format/distance';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';
import { createRewardHistory, HISTORY } from '../../scenes/wall/history';
import { levelOf } from '../../scenes/wall/levels';
import { shortNames } from '../../scenes/wall/short-name';
import { wallRows } from '../../scenes/wall/table';

describe('levels', () => {
  it('shows more the nearer it is', () => {
    expect([10, 60, 150, 300].map(levelOf)).toEqual(['cell', 'fingerprint', 'compact', 'full']);
  });
  it('places distances with the target at zero', () => {
    expect(barPosition(0)).toBe(0);
    expect(barPosition(1)).toBe(1);
    expect(barPosition(Number.NaN)).toBe(-1);
    expect(barPosition(-0.25)).toBe(-0.5);
    expect(distanceOfFactor(2)).toBeCloseTo(1 / 3);
    expect(distanceOfFactor(0.5)).toBeCloseTo(-1 / 3);
  });
  it('places values in their range', () => {
    expect(positionInRange(1e-5, 1e-6, 1e-4, 'log')).toBeCloseTo(0.5);
    expect(positionInRange(5, 0, 10, 'linear')).toBe(0.5);
    expect(positionInRange(Number.NaN, 1, 10, 'log')).toBe(0);
  });
  it('takes a missing measure as the worst', () => {
    expect(worstDistance([9, 0.2, -0.1, 9], 1, 2)).toBeCloseTo(-0.1);
    expect(worstDistance([0.2, Number.NaN], 0, 2)).toBe(-1);
  });
});

describe('reward history', () => {
  it('keeps the last ones in order and forgets a run that was restarted', () => {
    const history = createRewardHistory();
    for (let tick = 0; tick < HISTORY + 5; tick++) history.record(tick, Float32Array.of(tick, -tick));
    history.record(HISTORY + 4, Float32Array.of(99, 99));
    const seen: number[] = [];
    history.each(1, (reward) => seen.push(reward));
    expect(seen).toHaveLength(HISTORY);
    expect(seen[0]).toBe(-5);
    expect(seen.at(-1)).toBe(-(HISTORY + 4));
    history.record(0, Float32Array.of(1, 2));
    const again: number[] = [];
    history.each(0, (reward, place) => again.push(reward, place));
    expect(again).toEqual([1, HISTORY - 1]);
  });
});

describe('synthetic world', () => {
  const options = { environments: 12, circuits: ['two-stage-opamp', 'strongarm-comparator'], seed: 3 };
  it('has snapshots that hold together', () => {
    const world = createSyntheticWorld(options);
    for (let i = 0; i < 50; i++) world.advance();
    const { environments, simulations, progress } = world.snapshot(false, 1);
    expect(environments.measures).toHaveLength(6 * 6 + 6 * 2);
    expect(environments.parameters).toHaveLength(6 * 7 + 6 * 6);
    expect(progress.reduce((sum, entry) => sum + entry.training, 0)).toBe(simulations.training);
    for (const entry of progress) expect(entry.best).not.toBeNull();
  });
  it('is the same for the same seed', () => {
    const [a, b, c] = [3, 3, 4].map((seed) => {
      const world = createSyntheticWorld({ ...options, seed });
      for (let i = 0; i < 20; i++) world.advance();
      return [...world.snapshot(true, 1).environments.parameters];
    });
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
  it('reads as a table', () => {
    const world = createSyntheticWorld(options);
    for (let i = 0; i < 30; i++) world.advance();
    const rows = wallRows(world.catalogue, world.snapshot(false, 1));
    expect(rows).toHaveLength(12);
    expect(rows[0].circuit).toBe('Two-stage op-amp');
    expect(rows[11].circuit).toBe('StrongARM comparator');
    for (const row of rows) {
      expect(row.held).toMatch(/^\d of [26]$/);
      expect(row.worst).not.toContain('unknown');
    }
  });
  it('names specs shortly and apart', () => {
    const { circuits } = createSyntheticWorld(options).catalogue;
    expect(shortNames(circuits[0].specs)).toEqual(['Gain', 'UGF', 'PM', 'Swing', 'Current', 'Settling']);
    const twice = [circuits[0].specs[0], { ...circuits[0].specs[0], name: 'gain2' }];
    expect(shortNames(twice)).toEqual(['gain', 'gain2']);
  });
});
