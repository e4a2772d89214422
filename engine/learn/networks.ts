import type { AgentCircuit } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { type Actor, type Critic, createActor, createCritic } from '../model/actor-critic';
import type { UniformSource } from '../model/initialise';
import { mambaConfig } from '../model/mamba';
import { createNeuralSimulator, type NeuralSimulator } from '../model/neural-simulator';
import type { CircuitTokens } from '../model/packed-batch';
import { transformerLike } from '../model/transformer';
import { type Executor, type Variable, VariableGroup } from '../tensor';
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
  const mamba = mambaConfig(hyper.width, hyper.state, hyper.layers, { stepRange: [hyper.stepLow, hyper.stepHigh] });
  const stack = hyper.transformer ? transformerLike(mamba) : mamba;
  const tokens = circuits.map(({ info }) => describeCircuit(info));
  const model = createNeuralSimulator(stack, hyper.members, TOKEN_FEATURES, weights);
  const actor = createActor(stack, TOKEN_FEATURES, weights);
  const critic = createCritic(stack, TOKEN_FEATURES, weights);
  const temperature = createTemperature(circuits.length, hyper);
  const pool = createReplayPool(tokens, hyper.realCapacity, hyper.syntheticCapacity);
  const random = createRandomState(seed);
  const counters = new VariableGroup('counters');
  const optimiser = (group: VariableGroup) => createOptimiserState(group, counters.add(`${group.name}.step`, 1, 1));
  const optimisers = {
    actor: optimiser(actor.group),
    critic: optimiser(critic.group),
    model: optimiser(model.group),
    temperature: optimiser(temperature),
  };
  return withGroups({
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
  });
}

/**
 * The same learning state with one more circuit: networks, their moments and all that is remembered are kept. The
 * executor holds the old state and gets the new one in its place; programs that touch a buffer or the temperature must
 * be prepared again.
 */
export async function growLearningState(
  executor: Executor,
  state: LearningState,
  circuit: AgentCircuit,
  hyper: HyperParameters,
): Promise<LearningState> {
  const formulas = [...state.formulas, circuit];
  const circuits = [...state.circuits, describeCircuit(circuit.info)];
  const temperature = createTemperature(formulas.length, hyper);
  const pool = createReplayPool(circuits, state.pool.realCapacity, state.pool.syntheticCapacity);
  const optimiser = createOptimiserState(temperature, state.optimisers.temperature.step);
  const old = [state.temperature, state.optimisers.temperature.m, state.optimisers.temperature.v, state.pool.group];
  const grown = [temperature, optimiser.m, optimiser.v, pool.group];
  // A circuit's values come after those of the circuits before it: what there was is the beginning of what there is.
  const lengths = [...Array.from({ length: 3 }, () => state.circuits.length), pool.circuits.at(-1)!.base];
  for (const [i, group] of old.entries()) {
    const known = await executor.read(group.name, 0, lengths[i]!);
    executor.release(group.name);
    executor.allocate(grown[i]!);
    executor.write(grown[i]!.name, known);
  }
  return withGroups({
    ...state,
    circuits,
    formulas,
    temperature,
    pool,
    optimisers: { ...state.optimisers, temperature: optimiser },
  });
}

/** log α, one per circuit. */
function createTemperature(circuits: number, hyper: HyperParameters): VariableGroup {
  const group = new VariableGroup('temperature');
  group.add('log_alpha', 1, circuits, (target) => {
    target.fill(Math.log(hyper.initialTemperature));
  });
  return group;
}

function createOptimiserState(group: VariableGroup, step: Variable): OptimiserState {
  return { m: group.like(`${group.name}.m`), v: group.like(`${group.name}.v`), step };
}

function withGroups(parts: Omit<LearningState, 'groups'>): LearningState {
  const { model, actor, critic, temperature, pool, random, counters, optimisers } = parts;
  const moments = Object.values(optimisers).flatMap(({ m, v }) => [m, v]);
  const networks = [model.group, actor.group, critic.group, critic.target];
  return { ...parts, groups: [...networks, temperature, pool.group, random.group, counters, ...moments] };
}
