import type { AgentCircuit } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { type Actor, type Critic, createActor, createCritic } from '../model/actor-critic';
import type { UniformSource } from '../model/initialise';
import { type MambaConfig, mambaConfig } from '../model/mamba';
import { createNeuralSimulator, type NeuralSimulator } from '../model/neural-simulator';
import type { CircuitTokens } from '../model/packed-batch';
import { type Variable, VariableGroup } from '../tensor';
import { describeCircuit, TOKEN_FEATURES } from './circuit-tokens';
import { createReplayPool, type ReplayPool } from './replay-pool';
import { createRandomState } from './sampling';

/** Moments of AdamW for a group, and the number of its step. */
export interface OptimiserState {
  readonly m: VariableGroup;
  readonly v: VariableGroup;
  readonly step: Variable;
}

/** Everything that M3 learns or remembers, as variables. */
export interface LearningState {
  readonly circuits: readonly CircuitTokens[];
  readonly formulas: readonly AgentCircuit[];
  readonly actor: Actor;
  readonly critic: Critic;
  readonly model: NeuralSimulator;
  readonly pool: ReplayPool;
  /** log α, one per circuit: [1, circuits]. */
  readonly temperature: VariableGroup;
  readonly random: { readonly group: VariableGroup; readonly variable: Variable };
  readonly optimisers: Readonly<Record<'actor' | 'critic' | 'model' | 'temperature', OptimiserState>>;
  readonly counters: VariableGroup;
  /** All groups, in the order in which an executor allocates them. */
  readonly groups: readonly VariableGroup[];
}

export function createLearningState(
  circuits: readonly AgentCircuit[],
  hyper: HyperParameters,
  weights: UniformSource,
  seed: number,
): LearningState {
  const mamba: MambaConfig = mambaConfig(hyper.width, hyper.state, hyper.layers, { stepRange: [hyper.stepLow, hyper.stepHigh] });
  const tokens = circuits.map(({ info }) => describeCircuit(info));
  const model = createNeuralSimulator(mamba, hyper.members, TOKEN_FEATURES, weights);
  const actor = createActor(mamba, TOKEN_FEATURES, weights);
  const critic = createCritic(mamba, TOKEN_FEATURES, weights);
  const temperature = new VariableGroup('temperature');
  temperature.add('log_alpha', 1, circuits.length, (target) => {
    target.fill(Math.log(hyper.initialTemperature));
  });
  const pool = createReplayPool(tokens, hyper.realCapacity, hyper.syntheticCapacity);
  const random = createRandomState(seed);
  const counters = new VariableGroup('counters');
  const optimiser = (group: VariableGroup): OptimiserState => ({
    m: group.like(`${group.name}.m`),
    v: group.like(`${group.name}.v`),
    step: counters.add(`${group.name}.step`, 1, 1),
  });
  const optimisers = {
    actor: optimiser(actor.group),
    critic: optimiser(critic.group),
    model: optimiser(model.group),
    temperature: optimiser(temperature),
  };
  const moments = Object.values(optimisers).flatMap(({ m, v }) => [m, v]);
  return {
    circuits: tokens,
    formulas: circuits,
    actor,
    critic,
    model,
    pool,
    temperature,
    random,
    optimisers,
    counters,
    groups: [model.group, actor.group, critic.group, critic.target, temperature, pool.group, random.group, counters, ...moments],
  };
}
