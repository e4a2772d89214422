import { concatColumns, exp, type Graph, gatherRows, mul, sub, type Tensor, VariableGroup } from '../tensor';
import type { UniformSource } from './initialise';
import { addHeadWeights, addNetworkWeights, type NetworkConfig, runHead, runNetwork, type StackConfig } from './network';
import { memberRows, type PackedBatch } from './packed-batch';

/**
 * The neural simulator: an ensemble of Mamba networks that predicts what SPICE would measure at a sizing, and whether
 * the result would be valid. A simulation depends on the sizing alone, not on the path to it, so the networks see
 * parameters and descriptions, nothing else.
 */
export interface NeuralSimulator {
  readonly group: VariableGroup;
  readonly config: NetworkConfig;
}

export interface Prediction {
  /** Normalised measures, [members · specRows, 1]. */
  readonly z: Tensor;
  /** Logit of being valid, [members · sequences, 1]. */
  readonly validity: Tensor;
}

/** Inputs a sizing gives to a parameter token; see `sizingFeatures`. */
export const SIZING_FEATURES = 4;

export function createNeuralSimulator(
  stack: StackConfig,
  members: number,
  features: number,
  random: UniformSource,
): NeuralSimulator {
  const config: NetworkConfig = { stack, members, features, inputs: { parameter: SIZING_FEATURES, spec: 0, circuit: 0 } };
  const group = new VariableGroup('model');
  addNetworkWeights(group, config, random);
  addHeadWeights(group, 'measure', stack.width, stack.width, 1, members, random);
  addHeadWeights(group, 'validity', stack.width, stack.width, 1, members, random);
  return { group, config };
}

/**
 * What a network is told of a parameter u in [0, 1], [rows, 1] → [rows, SIZING_FEATURES]: where it is on the log scale,
 * and both ends of the linear one (currents go with W, matching and noise with 1/W).
 */
export function sizingFeatures(u: Tensor): Tensor {
  const centred = sub(mul(u, 2), 1);
  return concatColumns(centred, exp(mul(sub(u, 1), 4)), exp(mul(u, -4)), mul(centred, centred));
}

/** @param u [parameterRows, 1] shared by the members, or [members · parameterRows, 1] */
export function predict(graph: Graph, model: NeuralSimulator, batch: PackedBatch, u: Tensor): Prediction {
  const { members } = model.config;
  const hidden = runNetwork(graph, model.group, model.config, batch, { parameter: sizingFeatures(u), spec: null, circuit: null });
  const specs = gatherRows(hidden, memberRows(batch.tokenOfSpec, batch.rows, members));
  const last = gatherRows(hidden, memberRows(batch.lastToken, batch.rows, members));
  return {
    z: runHead(graph, model.group, 'measure', specs, members),
    validity: runHead(graph, model.group, 'validity', last, members),
  };
}
