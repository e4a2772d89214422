import { describe, expect, it } from 'vitest';
import { type AgentContext, defaultHyperParameters, RandomStream } from '../../engine/api';
import { fasterExecutor, type Trial } from '../../engine/learn/faster-executor';
import { createLearnServices } from '../../engine/learn/services';
import type { Executor } from '../../engine/tensor';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { toyAgentCircuit } from './fixtures';

const hyper = {
  ...defaultHyperParameters,
  width: 8,
  state: 4,
  layers: 1,
  members: 2,
  batch: 4,
  realCapacity: 64,
  syntheticCapacity: 64,
};
const circuits = [toyAgentCircuit(0, 3, 2), toyAgentCircuit(1, 5, 4)];

/** A clock that moves only while something computes. */
function standingClock() {
  let time = 0;
  const spend = (milliseconds: number) => {
    time += milliseconds;
  };
  return { now: () => time, spend };
}
const trialOn = (now: () => number): Trial => ({ circuits, hyper, milliseconds: 500, now, breathe: async () => {} });

/** An executor whose replays take so long on the standing clock, and which notes whether it was put away. */
async function taking(milliseconds: number, spend: (milliseconds: number) => void) {
  const inner = await createWasmExecutor({ threads: 1 });
  const noted = { disposed: false };
  const executor: Executor = {
    kind: milliseconds === 10 ? 'webgpu' : 'wasm',
    description: `${milliseconds} ms`,
    allocate: (group) => inner.allocate(group),
    release: (name) => inner.release(name),
    prepare(plan) {
      const program = inner.prepare(plan);
      const run = (times = 1) => {
        spend(times * milliseconds);
        program.run(times);
      };
      return { ...program, plan, run };
    },
    write: (...args) => inner.write(...args),
    read: (...args) => inner.read(...args),
    dispose() {
      noted.disposed = true;
      inner.dispose();
    },
  };
  return { executor, noted };
}

describe('of two executors', () => {
  it('the faster is taken, whichever comes first, and the figures are said', async () => {
    const { now, spend } = standingClock();
    const [fast, slow] = [await taking(10, spend), await taking(50, spend)];
    // The second round would not come to pass if the first left its groups behind: names are taken once.
    for (const pair of [[fast, slow] as const, [slow, fast] as const]) {
      const { executor, reason } = await fasterExecutor(pair[0].executor, pair[1].executor, trialOn(now));
      expect(executor).toBe(fast.executor);
      expect(reason).toMatch(/webgpu 100\b/);
      expect(reason).toMatch(/wasm 20\b/);
    }
    for (const { executor } of [fast, slow]) executor.dispose();
  });

  it('one that fails has lost, and its reason is said', async () => {
    const { now, spend } = standingClock();
    const [good, bad] = [await taking(50, spend), await taking(10, spend)];
    const failing: Executor = {
      ...bad.executor,
      prepare() {
        throw new Error('no pipeline');
      },
    };
    const { executor, reason } = await fasterExecutor(good.executor, failing, trialOn(now));
    expect(executor).toBe(good.executor);
    expect(reason).toMatch(/webgpu failed.*no pipeline/);
    for (const each of [good, bad]) each.executor.dispose();
  });

  it('the services keep the faster and put the other away', async () => {
    const { now, spend } = standingClock();
    const [fast, slow] = [await taking(10, spend), await taking(50, spend)];
    const services = createLearnServices({
      executor: slow.executor,
      reason: 'not timed yet',
      breathe: async () => {},
      challenger: fast.executor,
    });
    expect(services.executor).toMatchObject({ kind: 'wasm', reason: 'not timed yet' });
    const context = { circuits, seed: 1, random: new RandomStream(1), clock: { now, wait: async () => {} } };
    const agent = await services.createModelBasedAgent(context as unknown as AgentContext, hyper);
    expect(services.executor).toMatchObject({ kind: 'webgpu', reason: expect.stringMatching(/the faster here/) });
    expect([slow.noted.disposed, fast.noted.disposed]).toEqual([true, false]);
    agent.dispose();
    services.dispose?.();
    expect(fast.noted.disposed).toBe(true);
  });
});
