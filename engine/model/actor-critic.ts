import { add, concatColumns, type Graph, gatherRows, mul, sliceColumns, type Tensor, tanh, VariableGroup } from '../tensor';
import type { UniformSource } from './initialise';
import type { Watch } from './mamba';
import {
  addHeadWeights,
  addNetworkWeights,
  everyMember,
  type NetworkConfig,
  type NetworkInputs,
  runHead,
  runNetwork,
  type StackConfig,
} from './network';
import { SIZING_FEATURES, sizingFeatures } from './neural-simulator';
import { memberRows, type PackedBatch } from './packed-batch';
import { repeatSegments, segmentShares } from './segments';

/** What actor and critic are told of an environment, packed over a batch. */
export interface StateTensors {
  /** Sizing, [parameterRows, 1]. */
  readonly u: Tensor;
  /** Measures, 0 where invalid; target; normalised violation (0 where invalid): [specRows, 1] each. */
  readonly z: Tensor;
  readonly goal: Tensor;
  readonly violation: Tensor;
  /** 1 where valid, [sequences, 1]. */
  readonly valid: Tensor;
}

const SPEC_INPUTS = 3;

export interface Actor {
  readonly group: VariableGroup;
  readonly config: NetworkConfig;
}

/** Squashed-Gaussian policy, before squashing: [parameterRows, 1] each. */
export interface PolicyTensors {
  readonly mean: Tensor;
  readonly logStd: Tensor;
}

/**
 * The policy. Its last layer reads backward, so that the parameter tokens, which come first, have seen the specs.
 */
export function createActor(stack: StackConfig, features: number, random: UniformSource): Actor {
  const config: NetworkConfig = {
    stack:
      stack.kind === 'mamba'
        ? { ...stack, directions: stack.directions.map((_, i) => (i === stack.layers - 1 ? 'backward' : 'forward')) }
        : stack,
    members: 1,
    features,
    inputs: { parameter: SIZING_FEATURES, spec: SPEC_INPUTS, circuit: 1 },
  };
  const group = new VariableGroup('actor');
  addNetworkWeights(group, config, random);
  addHeadWeights(group, 'policy', stack.width, stack.width, 2, 1, random, 0.1);
  return { group, config };
}

const LOG_STD = { center: -1.5, reach: 2.5 };

export function runActor(graph: Graph, actor: Actor, batch: PackedBatch, state: StateTensors, watch?: Watch): PolicyTensors {
  return runPolicy(graph, actor, batch, actorInputs(state), watch);
}

/** What each token of the actor is told: [parameterRows, SIZING_FEATURES], [specRows, SPEC_INPUTS], [sequences, 1]. */
export function actorInputs(state: StateTensors) {
  return { parameter: sizingFeatures(state.u), spec: specInputs(state), circuit: state.valid };
}

/** The policy on inputs of its tokens. */
export function runPolicy(graph: Graph, actor: Actor, batch: PackedBatch, inputs: NetworkInputs, watch?: Watch): PolicyTensors {
  const hidden = runNetwork(graph, actor.group, actor.config, batch, inputs, watch);
  const out = runHead(graph, actor.group, 'policy', gatherRows(hidden, batch.tokenOfParameter), 1);
  return { mean: sliceColumns(out, 0, 1), logStd: add(mul(tanh(sliceColumns(out, 1, 2)), LOG_STD.reach), LOG_STD.center) };
}

export interface Critic {
  readonly group: VariableGroup;
  readonly target: VariableGroup;
  readonly config: NetworkConfig;
}

/** Twin critics and their slow copies. */
export function createCritic(stack: StackConfig, features: number, random: UniformSource): Critic {
  const config: NetworkConfig = {
    stack,
    members: 2,
    features,
    inputs: { parameter: SIZING_FEATURES + 1, spec: SPEC_INPUTS, circuit: 1 },
  };
  const group = new VariableGroup('critic');
  addNetworkWeights(group, config, random);
  addHeadWeights(group, 'value', 2 * stack.width, stack.width, 1, 2, random);
  return { group, target: group.like('critic.target', true), config };
}

/** @returns Q of both critics, [2 · sequences, 1]. The value head reads the last token and the mean of the spec tokens. */
export function runCritic(
  graph: Graph,
  critic: Critic,
  weights: 'online' | 'target',
  batch: PackedBatch,
  state: StateTensors,
  action: Tensor,
  watch?: Watch,
): Tensor {
  const group = weights === 'online' ? critic.group : critic.target;
  const { members } = critic.config;
  const inputs = { parameter: concatColumns(sizingFeatures(state.u), action), spec: specInputs(state), circuit: state.valid };
  const hidden = runNetwork(graph, group, critic.config, batch, inputs, watch);
  const last = gatherRows(hidden, memberRows(batch.lastToken, batch.rows, members));
  const specs = gatherRows(hidden, memberRows(batch.tokenOfSpec, batch.rows, members), {
    starts: repeatSegments(batch.specSegments, members),
  });
  const pooled = mul(specs, everyMember(segmentShares(graph, batch.specSegments), batch.sequences, members));
  return runHead(graph, group, 'value', concatColumns(last, pooled), members);
}

function specInputs(state: StateTensors): Tensor {
  return concatColumns(state.z, state.goal, state.violation);
}
