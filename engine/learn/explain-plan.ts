import { actorInputs, runPolicy } from '../model/actor-critic';
import { repeatedRows } from '../model/packed-batch';
import { compile, Graph, gatherRows, gradients, mul, type Plan, sum, type Tensor, VariableGroup } from '../tensor';
import type { LearningState } from './networks';
import { specTensors } from './score';
import { ownActions, packCircuit } from './single-circuit';
import { stateTensors } from './state-tensors';

/** Where the plan leaves what it finds. */
export interface ExplainPlan {
  readonly plan: Plan;
  /** Gradient times input: `parameter` [P · P, inputs of a parameter token], `spec` [P · S, inputs of a spec token]. */
  readonly products: VariableGroup;
}

/**
 * How the mean of each action depends on what each token is told, to first order: the gradient with respect to the
 * token's inputs times the inputs. The sequence stands in the batch once for each action, so that one backward pass
 * gives all. Inputs `u` [P, 1], `z`, `goal` [S, 1], `valid` [1, 1]; see `buildActPlan`.
 *
 * @param name of the group, one that is not taken: several may be asked for at once
 */
export function buildExplainPlan(state: LearningState, circuit: number, name: string): ExplainPlan {
  const { parameters: p, specs: s } = state.circuits[circuit]!;
  const batch = packCircuit(state, circuit, p);
  const g = new Graph(`explain-${circuit}`);
  const input = (name: string, rows: number) => gatherRows(g.input(name, rows, 1), repeatedRows(rows, p));
  const specs = specTensors(g, state.formulas, batch);
  const valid = input('valid', 1);
  const situation = { u: input('u', p), z: input('z', s), goal: input('goal', s), valid };
  const inputs = actorInputs(stateTensors(batch, specs, situation));
  const { mean } = runPolicy(g, state.actor, batch, inputs);
  const told: readonly Tensor[] = [inputs.parameter, inputs.spec];
  const found = gradients(sum(mul(mean, ownActions(g, p))), told);
  const products = new VariableGroup(name);
  for (const [i, name] of ['parameter', 'spec'].entries()) {
    const { rows, columns } = told[i]!;
    g.assign(products.add(name, rows, columns), mul(found[i]!, told[i]!));
  }
  return { plan: compile(g), products };
}
