/** A pause is taken in the middle of a tick, wherever long work breathes. */
import { describe, expect, it } from 'vitest';
import type { AgentDefinition, Snapshot } from '../../engine/api';
import type { EngineOptions } from '../../engine/loop';
import { fakeClock, settle, steppingAgent } from './fixtures';
import { startRun } from './run';

const CHUNKS = 20;

/** An agent whose fit takes many chunks, each a second of the fake clock. */
async function startFitting() {
  const clock = fakeClock();
  const work = { chunks: 0, breathe: async (_progress?: number): Promise<void> => undefined };
  const learn: EngineOptions['learn'] = async (breathe) => {
    work.breathe = breathe;
    return {
      executor: { kind: 'none', description: 'made up', reason: 'a test' },
      createModelBasedAgent: () => Promise.reject(new Error('not wanted')),
      analysis: () => Promise.reject(new Error('not wanted')),
    };
  };
  const stepping = steppingAgent([1, 0]);
  const agent: AgentDefinition = {
    ...stepping,
    async create(context, hyper) {
      const inner = await stepping.create(context, hyper);
      return {
        ...inner,
        async fit() {
          for (let chunk = 1; chunk <= CHUNKS; chunk++) {
            work.chunks++;
            await clock.advance(1000);
            await work.breathe(chunk / CHUNKS);
          }
          return CHUNKS;
        },
      };
    },
  };
  const { engine, simulator } = startRun({ agent, clock, learn, configuration: { budget: 1e6, stopWhenMet: false } });
  const seen: Snapshot[] = [];
  engine.subscribe((snapshot) => seen.push(snapshot));
  await engine.ready;
  await until(() => work.chunks >= 3);
  return { engine, simulator, work, seen, clock, last: () => seen.at(-1)! };
}

async function until(met: () => boolean): Promise<void> {
  for (let i = 0; i < 5000 && !met(); i++) await settle(1);
  expect(met()).toBe(true);
}

describe('a tick that takes long', () => {
  it('shows what it is doing', async () => {
    const { engine, seen, work } = await startFitting();
    await until(() => work.chunks >= CHUNKS + 3);
    const activities = seen.filter(({ tick, activity }) => tick === 1 && activity?.phase === 'fit');
    expect(activities.length).toBeGreaterThan(5);
    expect(activities.at(-1)!.activity!.progress).toBeGreaterThan(activities[0]!.activity!.progress);
    // Its end is shown all the same.
    expect(seen.some(({ tick, activity }) => tick === 1 && activity === null)).toBe(true);
    await engine.dispose();
  });

  it('holds when paused: nothing is computed, no time is counted, and goes on where it was', async () => {
    const { engine, work, last, clock } = await startFitting();
    engine.send({ kind: 'pause' });
    await until(() => last().paused);
    const { chunks } = work;
    const { tick, seconds } = last();
    expect(chunks).toBeLessThan(CHUNKS);
    expect(last().activity).toMatchObject({ phase: 'fit', progress: chunks / CHUNKS });
    await clock.advance(60_000);
    await settle(50);
    expect(work.chunks).toBe(chunks);
    engine.send({ kind: 'speed', ticksPerSecond: 2 });
    expect(last()).toMatchObject({ tick, seconds, speed: 2, paused: true });
    engine.send({ kind: 'play' });
    await until(() => work.chunks > CHUNKS);
    expect(last().paused).toBe(false);
    await engine.dispose();
  });

  it('is led to its end by a step, and no further', async () => {
    const { engine, simulator, work, last } = await startFitting();
    engine.send({ kind: 'pause' });
    await until(() => last().paused);
    const { tick } = last();
    engine.send({ kind: 'step' });
    await until(() => last().activity === null);
    await settle(100);
    expect(work.chunks).toBe(CHUNKS);
    expect(last()).toMatchObject({ tick, paused: true });
    const asked = simulator.asked.length;
    engine.send({ kind: 'step' });
    await until(() => last().tick === tick + 1 && last().activity === null);
    expect(simulator.asked.length).toBeGreaterThan(asked);
    expect(work.chunks).toBe(2 * CHUNKS);
    await engine.dispose();
  });

  it('can be ended while it is held', async () => {
    const { engine, last } = await startFitting();
    engine.send({ kind: 'pause' });
    await until(() => last().paused);
    await engine.dispose();
    expect(await engine.finished).toMatchObject({ reason: 'stopped' });
  });
});
