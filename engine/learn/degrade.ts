import type { HyperParameters } from '../api/hyper-parameters';
import { type Prediction, predict } from '../model/neural-simulator';
import type { PackedBatch } from '../model/packed-batch';
import { add, type Graph, mul, type Tensor } from '../tensor';
import type { LearningState } from './networks';
import { advanceRandomState } from './sampling';

/** What the ensemble predicts, made worse by the noise and the shift that an experiment asks for. */
export function predictAsTold(
  graph: Graph,
  state: LearningState,
  batch: PackedBatch,
  u: Tensor,
  { modelNoise, modelBias }: Pick<HyperParameters, 'modelNoise' | 'modelBias'>,
): Prediction {
  const predicted = predict(graph, state.model, batch, u);
  if (modelNoise === 0 && modelBias === 0) return predicted;
  const noise = graph.random('normal', predicted.z.rows, 1, state.random.variable);
  return { ...predicted, z: add(add(predicted.z, modelBias), mul(noise, modelNoise)) };
}

/** Ends a plan that draws numbers only where predictions are noisy. */
export function advanceWhereNoisy(graph: Graph, state: LearningState, { modelNoise }: Pick<HyperParameters, 'modelNoise'>): void {
  if (modelNoise > 0) advanceRandomState(graph, state.random.variable);
}
