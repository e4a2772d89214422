import type { PolicyTensors } from '../model/actor-critic';
import type { PackedBatch } from '../model/packed-batch';
import { add, clamp, exp, type Graph, mul, segmentSum, softplus, square, sub, type Tensor, tanh, type Variable } from '../tensor';

export interface SampledAction {
  /** In (-1, 1), [parameterRows, 1]. */
  readonly action: Tensor;
  /** Log density of the action, [sequences, 1]. */
  readonly logDensity: Tensor;
}

/** A reparameterised sample of the squashed Gaussian (soft actor-critic, arXiv 1812.05905, appendix C). */
export function sampleAction(graph: Graph, batch: PackedBatch, policy: PolicyTensors, random: Variable): SampledAction {
  const noise = graph.random('normal', batch.parameterRows, 1, random);
  const x = add(policy.mean, mul(exp(policy.logStd), noise));
  const gaussian = sub(sub(mul(square(noise), -0.5), policy.logStd), 0.5 * Math.log(2 * Math.PI));
  // log(1 - tanh²(x)) = 2·(ln 2 - x - softplus(-2x)), exact where the direct form underflows
  const squash = mul(sub(sub(Math.LN2, x), softplus(mul(x, -2))), 2);
  return { action: tanh(x), logDensity: segmentSum(sub(gaussian, squash), batch.parameterSegments) };
}

/** The sizing an action leads to; `scale` is the share of the range that a unit of action moves. */
export function stepSizing(u: Tensor, action: Tensor, scale: number): Tensor {
  return clamp(add(u, mul(action, scale)), 0, 1);
}
