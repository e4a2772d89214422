import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ask } from '../../engine/api/questions';
import { createSyntheticAnswers } from '../../scenes/source/synthetic-answers';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';
import { createPointsStore } from '../../scenes/store/points';
import { createSignal } from '../../scenes/store/signal';

const ID = 'two-stage-opamp';

function setup() {
  const world = createSyntheticWorld({ environments: 4, circuits: [ID], seed: 1, points: 50 });
  const answers = createSyntheticAnswers(world);
  const ask = vi.fn(answers) as unknown as Ask & ReturnType<typeof vi.fn>;
  const news = createSignal(0);
  const failed = vi.fn();
  const store = createPointsStore({ ask, catalogue: createSignal(world.catalogue), news, failed });
  const tick = async () => {
    world.advance();
    news.set(news.value + 1);
    await vi.advanceTimersByTimeAsync(1000);
  };
  return { world, answers, ask, store, tick, failed };
}

describe('points store', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', globalThis);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('asks only while somebody watches, and only for what is new', async () => {
    const { ask, store, tick } = setup();
    await tick();
    expect(ask).not.toHaveBeenCalled();
    const heard = vi.fn();
    const end = store.watch(ID, heard);
    await tick();
    const known = store.of(ID).count;
    expect(known).toBeGreaterThan(50);
    await tick();
    expect(ask.mock.lastCall?.[1]).toMatchObject({ circuit: 0, since: known });
    expect(heard.mock.lastCall?.[0]).toBe(store.of(ID));
    end();
    const calls = ask.mock.calls.length;
    await tick();
    expect(ask.mock.calls.length).toBe(calls);
  });

  it('holds what the engine answers, in one piece', async () => {
    const { world, store, tick } = setup();
    store.watch(ID, () => undefined);
    for (let i = 0; i < 300; i++) await tick();
    const all = world.points[0].since(0);
    const { version, circuit, ...kept } = store.of(ID);
    expect(kept.count).toBeGreaterThan(1024);
    for (const name of ['simulation', 'slot', 'reward', 'u', 'measures', 'predicted', 'valid', 'origin'] as const)
      expect(kept[name]).toEqual(all[name]);
    expect(kept.origins).toEqual(all.origins);
    expect([circuit, version > 200]).toEqual([ID, true]);
  });

  it('starts anew where points are gone or the run is another one', async () => {
    const { answers, ask, store, tick } = setup();
    store.watch(ID, () => undefined);
    await tick();
    // The engine has dropped its oldest half: the next answer begins later than asked for.
    ask.mockImplementationOnce(async () => {
      const points = await answers('points', { circuit: 0, since: 0, limit: 10 });
      return { ...points, first: 1000, total: 1010 };
    });
    ask.mockRejectedValueOnce(new Error('closed'));
    await tick();
    expect(store.of(ID)).toMatchObject({ first: 1000, count: 10 });
    await tick();
    await tick();
    expect(store.of(ID).first).toBe(0);
    expect(store.of(ID).count).toBeGreaterThan(50);
  });

  it('tells what could not be fetched, and tries again with the next news', async () => {
    const { ask, store, tick, failed } = setup();
    ask.mockRejectedValueOnce(new Error('the engine is closed'));
    store.watch(ID, () => undefined);
    await tick();
    expect(failed).toHaveBeenCalledWith('the engine is closed');
    await tick();
    expect(store.of(ID).count).toBeGreaterThan(50);
  });
});
