import { describe, expect, it } from 'vitest';
import { type Agent, defaultHyperParameters, type Observation, RandomStream, type Situation } from '../../engine/api';
import { fromExactJson, toExactJson } from '../../engine/base';
import { createM3 } from '../../engine/learn/m3';
import { type Executor, readSafetensors, writeSafetensors } from '../../engine/tensor';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { toyAgentCircuit } from './fixtures';

const hyper = {
  ...defaultHyperParameters,
  width: 16,
  state: 4,
  layers: 1,
  members: 2,
  batch: 8,
  modelBatch: 8,
  warmup: 12,
  firstFitSteps: 20,
  fitSteps: 5,
  candidates: 16,
  refinements: 1,
  realCapacity: 256,
  syntheticCapacity: 64,
};
const circuits = [toyAgentCircuit(0, 3, 2), toyAgentCircuit(1, 5, 4), toyAgentCircuit(2, 2, 3)];
const scheduled = { realRatio: 0.5, updates: 0.5, rollouts: 8, rolloutLength: 2, reason: '' };

interface ToyOptions {
  /** Circuits from the beginning. */
  readonly start?: readonly number[];
  /** At a tick, before anything else of it; returns the circuits that take part from then on. */
  readonly change?: (tick: number, agent: Agent) => Promise<readonly number[] | null>;
  /** Before this tick another agent takes over, given the state of the first through a file's bytes. */
  readonly replaceAt?: number | null;
}

/** A smooth stand-in for a simulator: each measure is a bowl around a place of its own; a corner is invalid. */
function simulate(index: number, u: Float32Array): { z: Float32Array; valid: boolean } {
  const z = Float32Array.from(
    circuits[index]!.info.specs,
    (_, k) => 1 - (3 * u.reduce((sum, x, i) => sum + (x - ((i + k) % 3) / 3) ** 2, 0)) / u.length,
  );
  return { z, valid: u[0]! < 0.95 };
}

function createAgent(executor: Executor, start: readonly number[]): Agent {
  const random = new RandomStream(5);
  return createM3({
    circuits: start.map((index) => circuits[index]!),
    hyper,
    executor,
    seed: 5,
    weights: random.split('weights'),
    acting: random.split('acting'),
    breathe: async () => {},
  });
}

interface ToyRun {
  readonly hash: string;
  readonly proposals: string;
  readonly agent: Agent;
}

async function run(
  executor: Executor,
  ticks: number,
  { start = [0, 1], change = async () => null, replaceAt = null }: ToyOptions = {},
): Promise<ToyRun> {
  let agent = createAgent(executor, start);
  const begin = (index: number, slot: number): Situation => {
    const { info, start, benchmark } = circuits[index]!;
    return { slot, circuit: info, step: 0, u: start, ...simulate(index, start), target: benchmark };
  };
  let situations: Situation[] = [...start, ...start].map(begin);
  const said: string[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    if (tick === replaceAt) {
      const { facts, tensors } = await agent.saveState!();
      const file = writeSafetensors(tensors, { facts: toExactJson(facts) });
      agent.dispose();
      agent = createAgent(
        executor,
        agent.describe!()
          .buffers.filter(({ kind }) => kind === 'real')
          .map(({ circuit }) => circuit),
      );
      const read = readSafetensors(file);
      await agent.restoreState!({ facts: fromExactJson(read.metadata.facts!), tensors: read.tensors });
    }
    const present = await change(tick, agent);
    if (present) situations = [...present, ...present].map((index, i) => begin(index, 10 * index + i));
    const proposals = await agent.propose(situations, 'training');
    said.push(proposals.map(({ slot, u, origin }) => `${slot}:${origin}:${[...u].join()}`).join(';'));
    const observations = proposals.map((proposal): Observation => {
      const before = situations.find(({ slot }) => slot === proposal.slot)!;
      const { info, benchmark } = circuits[before.circuit.index]!;
      const { z, valid } = simulate(info.index, proposal.u);
      const measures = circuits[info.index]!.fromZ(z);
      const { reward, met } = circuits[info.index]!.score(measures, valid, benchmark);
      const from = { u: before.u, z: before.z, valid: before.valid, action: proposal.action };
      return {
        slot: proposal.slot,
        circuit: info,
        from,
        u: proposal.u,
        z,
        valid,
        measures,
        target: benchmark,
        reward,
        met,
        done: false,
      };
    });
    situations = situations.map((before) => {
      const seen = observations.find(({ slot }) => slot === before.slot)!;
      return { ...before, step: before.step + 1, u: seen.u, z: seen.z, valid: seen.valid };
    });
    agent.observe(observations);
    await agent.fit!();
    await agent.rollout!(scheduled);
    await agent.train!(scheduled, observations.length);
  }
  return { hash: await agent.weightsHash!(), proposals: said.join('\n'), agent };
}

describe('M3 on two circuits of different size', () => {
  it('gives the same run, bit for bit, for the same seed, on one thread and on two', async () => {
    const first = await run(await createWasmExecutor({ threads: 1 }), 12);
    const again = await run(await createWasmExecutor({ threads: 1 }), 12);
    const threaded = await run(await createWasmExecutor({ threads: 2 }), 12);
    expect(again.proposals).toBe(first.proposals);
    expect(again.hash).toBe(first.hash);
    expect(threaded.proposals).toBe(first.proposals);
    expect(threaded.hash).toBe(first.hash);
    expect(first.proposals).toContain(':random:');
    expect(first.proposals).toMatch(/:(bred|policy|toward-best):/);
  });

  it('goes on bit for bit in an agent that was given its state, before and after the first fit', async () => {
    const executor = await createWasmExecutor({ threads: 1 });
    const whole = await run(executor, 12);
    whole.agent.dispose();
    for (const at of [3, 9, 10]) {
      const resumed = await run(executor, 12, { replaceAt: at });
      expect(resumed.proposals).toBe(whole.proposals);
      expect(resumed.hash).toBe(whole.hash);
      expect(resumed.agent.metrics()).toEqual(whole.agent.metrics());
      resumed.agent.dispose();
    }
  });

  it('fills both buffers, fits, trains and says so', async () => {
    const { agent } = await run(await createWasmExecutor({ threads: 1 }), 12);
    const { buffers, neuralSimulators } = agent.describe!();
    expect(buffers.filter(({ kind }) => kind === 'real').map(({ size }) => size)).toEqual([24, 24]);
    for (const { kind, size } of buffers) if (kind === 'synthetic') expect(size).toBeGreaterThan(0);
    expect(neuralSimulators[0]!.fitSteps).toBeGreaterThanOrEqual(20);
    const metrics = agent.metrics();
    for (const name of ['agent/criticLoss', 'agent/actorLoss', 'model/measureLoss'])
      expect(Number.isFinite(metrics[name])).toBe(true);
  });

  it('lets circuits join and leave, keeps what it has learnt, and gives the same run again, saved and restored on the way', async () => {
    const hashes: string[] = [];
    const change: ToyOptions['change'] = async (tick, agent) => {
      if (tick === 8) {
        const before = await agent.weightsHash!();
        const sizes = agent.describe!().buffers.map(({ size }) => size);
        await agent.join!(circuits[2]!);
        expect(await agent.weightsHash!()).toBe(before);
        expect(
          agent.describe!()
            .buffers.slice(0, 4)
            .map(({ size }) => size),
        ).toEqual(sizes);
        return [0, 1, 2];
      }
      if (tick === 15) {
        await agent.leave!(0);
        return [1, 2];
      }
      if (tick === 17) {
        hashes.push(await agent.weightsHash!());
        await agent.join!(circuits[0]!);
        return [0, 1, 2];
      }
      return null;
    };
    const first = await run(await createWasmExecutor({ threads: 1 }), 19, { change });
    const again = await run(await createWasmExecutor({ threads: 1 }), 19, { change, replaceAt: 16 });
    expect(again.proposals).toBe(first.proposals);
    expect(again.hash).toBe(first.hash);
    expect(hashes[0]).toBe(hashes[1]);
    // The newcomer was random first, then ranked; the others went on ranked.
    const lines = first.proposals.split('\n').slice(8);
    const of = (line: string, index: number) =>
      line.split(';').filter((said) => Math.floor(Number(said.split(':')[0]) / 10) === index);
    expect(of(lines[0]!, 2).every((said) => said.includes(':random:'))).toBe(true);
    expect(of(lines[0]!, 1).some((said) => said.includes(':random:'))).toBe(false);
    expect(of(lines.at(-1)!, 2).some((said) => said.includes(':random:'))).toBe(false);
    expect(
      first.agent.describe!()
        .buffers.filter(({ kind }) => kind === 'real')
        .map(({ size }) => size),
    ).toEqual([34, 38, 22]);
  });
});
