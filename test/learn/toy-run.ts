import {
  type Agent,
  type AgentCircuit,
  defaultHyperParameters,
  type HyperParameters,
  type Observation,
  RandomStream,
  type Scheduled,
  type Situation,
} from '../../engine/api';
import { fromExactJson, toExactJson } from '../../engine/base';
import { createM3 } from '../../engine/learn/m3';
import { type Executor, readSafetensors, writeSafetensors } from '../../engine/tensor';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { toyAgentCircuit } from './fixtures';

/** Small enough for a test of a second. */
export const toyHyper: HyperParameters = {
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
export const toyCircuits = [toyAgentCircuit(0, 3, 2), toyAgentCircuit(1, 5, 4), toyAgentCircuit(2, 2, 3)];
const scheduled: Scheduled = { realRatio: 0.5, updates: 0.5, rollouts: 16, rolloutLength: 2, reason: '' };

export interface ToyOptions {
  readonly hyper?: HyperParameters;
  /** WASM on one thread where left out. */
  readonly executor?: Executor;
  /** Makes the agent; `createM3` where left out. */
  readonly open?: (executor: Executor, circuits: readonly AgentCircuit[]) => Promise<Agent>;
  /** Circuits from the beginning. */
  readonly start?: readonly number[];
  /** At a tick, before anything else of it; returns the circuits that take part from then on. */
  readonly change?: (tick: number, agent: Agent) => Promise<readonly number[] | null>;
  /** Before this tick another agent takes over, given the state of the first through a file's bytes. */
  readonly replaceAt?: number | null;
  /** Whether a circuit gets a simulation for each of its situations at a tick; always where left out. */
  readonly gets?: (tick: number, index: number) => boolean;
}

/** A smooth stand-in for a simulator: each measure is a bowl around a place of its own; a corner is invalid. */
function simulate(index: number, u: Float32Array): { z: Float32Array; valid: boolean } {
  const z = Float32Array.from(
    toyCircuits[index]!.info.specs,
    (_, k) => 1 - (3 * u.reduce((sum, x, i) => sum + (x - ((i + k) % 3) / 3) ** 2, 0)) / u.length,
  );
  return { z, valid: u[0]! < 0.95 };
}

/** What makes agents that begin alike, and the stream that they act with. */
export function agentMaker(hyper: HyperParameters) {
  const random = new RandomStream(5);
  const acting = random.split('acting');
  const create = (executor: Executor, circuits: readonly AgentCircuit[]): Agent =>
    createM3({ circuits, hyper, executor, seed: 5, weights: random.split('weights'), acting, breathe: async () => {} });
  return { acting, create };
}

export interface ToyRun {
  readonly hash: string;
  readonly proposals: string;
  readonly agent: Agent;
}

/** Acts, observes, fits, rolls out and trains, as the engine does, on stand-ins for circuits. */
export async function runToy(
  ticks: number,
  { hyper = toyHyper, start = [0, 1], change = async () => null, replaceAt = null, gets = () => true, ...given }: ToyOptions = {},
): Promise<ToyRun> {
  const executor = given.executor ?? (await createWasmExecutor({ threads: 1 }));
  const circuitsOf = (indices: readonly number[]) => indices.map((index) => toyCircuits[index]!);
  const createAgent = (indices: readonly number[]) => agentMaker(hyper).create(executor, circuitsOf(indices));
  let agent = given.open ? await given.open(executor, circuitsOf(start)) : createAgent(start);
  const begin = (index: number, slot: number): Situation => {
    const { info, start, benchmark } = toyCircuits[index]!;
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
        agent.describe!()
          .buffers.filter(({ kind }) => kind === 'real')
          .map(({ circuit }) => circuit),
      );
      const read = readSafetensors(file);
      await agent.restoreState!({ facts: fromExactJson(read.metadata.facts!), tensors: read.tensors });
    }
    const present = await change(tick, agent);
    if (present) situations = [...present, ...present].map((index, i) => begin(index, 10 * index + i));
    const acting = situations.filter(({ circuit }) => gets(tick, circuit.index));
    const proposals = await agent.propose(acting, 'training');
    said.push(
      proposals
        .map(({ slot, u, origin, predicted }) => `${slot}:${origin}:${predicted ? 'valued' : 'unvalued'}:${[...u].join()}`)
        .join(';'),
    );
    const observations = proposals.map((proposal): Observation => {
      const before = situations.find(({ slot }) => slot === proposal.slot)!;
      const { info, benchmark } = toyCircuits[before.circuit.index]!;
      const { z, valid } = simulate(info.index, proposal.u);
      const measures = toyCircuits[info.index]!.fromZ(z);
      const { reward, met } = toyCircuits[info.index]!.score(measures, valid, benchmark);
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
      const seen = observations.find(({ slot }) => slot === before.slot);
      return seen ? { ...before, step: before.step + 1, u: seen.u, z: seen.z, valid: seen.valid } : before;
    });
    agent.observe(observations);
    await agent.fit!(toyCircuits.map(({ info }) => (acting.some(({ circuit }) => circuit === info) ? 1 : 0)));
    await agent.rollout!(scheduled);
    await agent.train!(scheduled, observations.length);
  }
  return { hash: await agent.weightsHash!(), proposals: said.join('\n'), agent };
}
