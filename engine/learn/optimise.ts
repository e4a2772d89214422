import { add, type Graph, gradients, type Tensor, type VariableGroup } from '../tensor';
import type { OptimiserState } from './networks';

/** One AdamW step on a whole group down the gradient of `loss` [1, 1]; the norm of the gradient is clipped. */
export function minimise(
  graph: Graph,
  loss: Tensor,
  group: VariableGroup,
  optimiser: OptimiserState,
  options: { readonly rate: Tensor; readonly clip: number; readonly decay: number },
): void {
  const variables = group.variables;
  const slopes = gradients(
    loss,
    variables.map((variable) => graph.variable(variable)),
  );
  graph.assign(optimiser.step, add(graph.variable(optimiser.step), 1));
  graph.adamw({
    gradients: new Map(variables.map((variable, i) => [variable, slopes[i]!])),
    group,
    m: optimiser.m,
    v: optimiser.v,
    step: graph.variable(optimiser.step),
    rate: options.rate,
    maxNorm: options.clip,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weightDecay: options.decay,
  });
}
