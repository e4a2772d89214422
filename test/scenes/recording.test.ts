import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../engine/api/snapshot';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';
import { createRecording } from '../../scenes/store/recording';
import { createSignal } from '../../scenes/store/signal';

function setup(environments = 4) {
  const world = createSyntheticWorld({ environments, circuits: ['two-stage-opamp'], seed: 1 });
  const live = createSignal<Snapshot | null>(null);
  const recording = createRecording(live);
  const run = (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      world.advance();
      live.set(world.snapshot(false, 1));
    }
  };
  return { live, recording, run };
}

describe('recording', () => {
  it('keeps the last ticks whole, older ones thinner, and stays bounded', () => {
    const { recording, run } = setup();
    run(5000);
    const { ticks } = recording;
    expect(ticks.length).toBeLessThan(481);
    expect([...ticks]).toEqual([...ticks].sort((a, b) => a - b));
    expect(ticks.slice(-100)).toEqual(Array.from({ length: 100 }, (_, i) => 4901 + i));
    // The coarsest still reaches back to the first ticks.
    expect(ticks[0]).toBeLessThanOrEqual(64);
    expect(ticks.slice(0, 20).every((tick) => tick % 64 === 0)).toBe(true);
  });
  it('gives the tick asked for, or the last one before', () => {
    const { recording, run } = setup();
    expect(recording.at(3)).toBeNull();
    run(1000);
    expect(recording.at(990)?.tick).toBe(990);
    const old = recording.at(101) as Snapshot;
    expect(old.tick).toBeLessThanOrEqual(101);
    expect(old.tick % 8).toBe(0);
    expect(recording.at(0)?.tick).toBe(recording.ticks[0]);
  });
  it('records no tick that is under way, keeps events once, and begins again with another run', () => {
    const { live, recording, run } = setup();
    run(300);
    const before = recording.ticks.length;
    const last = live.value as Snapshot;
    live.set({ ...last, tick: last.tick + 1, activity: { phase: 'train', progress: 0.5 } });
    expect(recording.ticks.length).toBe(before);
    live.set({ ...last, tick: last.tick + 1 });
    expect(recording.events.filter(({ kind }) => kind === 'simulator-replaced')).toHaveLength(1);
    live.set({ ...last, tick: 1, events: [] });
    expect(recording.ticks).toEqual([1]);
  });
  it('keeps fewer of large ones', () => {
    const { recording, run } = setup(4096);
    run(60);
    expect(recording.ticks.length).toBeLessThan(60);
    expect(recording.ticks.length).toBeGreaterThan(5);
  });
});
