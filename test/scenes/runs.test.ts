import { describe, expect, it, vi } from 'vitest';
import type { Ask, RecordedRun } from '../../engine/api/questions';
import type { Snapshot } from '../../engine/api/snapshot';
import { coursesTogether } from '../../scenes/runs/course-chart';
import { describeBest, describeChanges, differences } from '../../scenes/runs/describe';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';
import { recordHistory } from '../../scenes/store/facts';
import { createFrames } from '../../scenes/store/frames';
import { createRecording } from '../../scenes/store/recording';
import { createSignal } from '../../scenes/store/signal';

vi.mock('uplot', () => ({ default: {} }));
vi.mock('uplot/dist/uPlot.min.css', () => ({}));

/** A run of which every third tick up to the 60th was recorded, and that goes on here from there. */
function setup() {
  const world = createSyntheticWorld({ environments: 2, circuits: ['two-stage-opamp'], seed: 1, points: 0 });
  const recorded: Snapshot[] = [];
  for (let tick = 1; tick <= 60; tick++) {
    world.advance();
    if (world.snapshot(false, 1).tick % 3 === 0) recorded.push(world.snapshot(false, 1));
  }
  const asked: number[] = [];
  const ask = (async (_: string, { from, count }: { from: number; count: number }) => {
    asked.push(count);
    const first = recorded.findLastIndex(({ tick }) => tick <= from);
    return { snapshots: recorded.slice(first, first + count) };
  }) as unknown as Ask;
  const frames = createFrames(
    ask,
    null,
    recorded.map(({ tick }) => tick),
  );
  const live = createSignal<Snapshot | null>(null);
  const goOn = (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      world.advance();
      live.set(world.snapshot(false, 1));
    }
  };
  return { world, recorded, asked, frames, live, goOn };
}

describe('what was recorded before', () => {
  it('is fetched once it is looked at, and once only', async () => {
    const { frames, recorded, asked } = setup();
    expect(frames.at(31)).toBeNull();
    expect((await frames.load(31))?.tick).toBe(30);
    expect(frames.at(32)?.tick).toBe(30);
    await frames.load(30);
    expect(asked).toEqual([1]);
    const seen: number[] = [];
    await frames.each(
      ({ tick }) => seen.push(tick),
      () => false,
    );
    expect(seen).toEqual(recorded.map(({ tick }) => tick));
  });

  it('stands before the ticks that were seen here, in the recording and in the charts', async () => {
    const { frames, live, goOn, world, recorded } = setup();
    const catalogue = createSignal<typeof world.catalogue | null>(world.catalogue);
    const recording = createRecording(live, Promise.resolve(frames));
    const history = recordHistory(live, catalogue, Promise.resolve(frames));
    goOn(10);
    await vi.waitFor(() => expect(history.length).toBe(recorded.length + 10));
    expect(recording.ticks).toEqual([...recorded.map(({ tick }) => tick), ...Array.from({ length: 10 }, (_, i) => 61 + i)]);
    expect([...history.axis('tick')]).toEqual(recording.ticks);
    expect(recording.at(65)?.tick).toBe(65);
    expect(recording.at(20)).toBeNull();
    expect((await recording.load(20))?.tick).toBe(18);
    expect(recording.at(20)?.tick).toBe(18);
  });

  it('answers for the ticks between its last one and the first that was seen here', async () => {
    const { frames, live, goOn, world } = setup();
    const recording = createRecording(live, Promise.resolve(frames));
    for (let i = 0; i < 4; i++) world.advance();
    goOn(3);
    await vi.waitFor(() => expect(recording.ticks.length).toBe(frames.ticks.length + 3));
    expect((await recording.load(63))?.tick).toBe(60);
    expect(recording.at(63)?.tick).toBe(60);
    expect(recording.at(65)?.tick).toBe(65);
  });
});

describe('two runs side by side', () => {
  const course = (total: number, ...steps: (readonly [number, number])[]) => ({
    circuit: 'a',
    total,
    simulation: Uint32Array.from(steps, ([simulation]) => simulation),
    distance: Float64Array.from(steps, ([, distance]) => distance),
  });

  it('share an axis, each from its first valid sizing to its last simulation', () => {
    expect(coursesTogether([course(5, [2, 0.5], [4, 0.1]), course(8, [3, 0.2]), undefined])).toEqual([
      [2, 3, 4, 5, 8],
      [0.5, 0.5, 0.1, 0.1, null],
      [null, 0.2, 0.2, 0.2, 0.2],
      [null, null, null, null, null],
    ]);
  });

  it('list the settings that differ', () => {
    const run = (change: object, hyperParameters: object) =>
      ({
        listing: {},
        catalogue: {
          ...{ circuits: [], agent: 'm3', schedule: 'linear', seed: 1, executor: { description: 'wasm' } },
          configuration: { budget: 100, ...change },
          hyperParameters,
        },
      }) as unknown as RecordedRun;
    expect(differences(run({}, { gamma: 0.9, tau: 1 }), run({ budget: 200 }, { gamma: 0.8, tau: 1, extra: 3 }))).toEqual([
      ['budget', '100', '200'],
      ['gamma', '0.9', '0.8'],
      ['extra', '—', '3'],
    ]);
  });

  it('are described in words', () => {
    const circuit = { id: 'a', training: 10, stepsToTarget: null, bestReward: -0.0213 };
    expect(describeBest(circuit)).toBe('reward −0.02');
    // A mean over the specs is no share of one: 1.7 % would stand beside a phase margin that misses by 15 %.
    expect(describeBest({ ...circuit, bestReward: -0.0067 })).toBe('reward −0.007');
    expect(describeBest({ ...circuit, bestReward: null })).toBe('none valid yet');
    expect(describeBest({ ...circuit, stepsToTarget: 1200 })).toBe('met at 1\u202f200');
    expect(describeChanges({ schedule: 'cosine', hyperParameters: { gamma: 0.8 } })).toBe('schedule cosine, gamma 0.8');
    expect(describeChanges({})).toBe('nothing changed');
  });
});
