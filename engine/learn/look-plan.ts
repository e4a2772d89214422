import type { HyperParameters } from '../api/hyper-parameters';
import { Z_LIMIT } from '../api/measure-transform';
import { runActor, runCritic } from '../model/actor-critic';
import type { LayerInside, Watch } from '../model/mamba';
import { predict } from '../model/neural-simulator';
import { clamp, compile, exp, Graph, gradients, mul, neg, type Plan, sigmoid, softplus, sum, type Tensor, tanh } from '../tensor';
import type { LearningState } from './networks';
import { stepSizing } from './policy';
import { specTensors } from './score';
import { ownActions, packCircuit } from './single-circuit';
import { stateTensors } from './state-tensors';

/** A layer whose inside a look plan gives, as outputs `NAME.step`, `.input`, `.b` and `.decay`. */
export interface WatchedLayer {
  readonly name: string;
  readonly network: 'actor' | 'critic';
  readonly layer: number;
  readonly backward: boolean;
}

export interface LookPlan {
  readonly plan: Plan;
  readonly layers: readonly WatchedLayer[];
}

/**
 * The inside of the agent in one situation. The situation stands in the batch once per parameter, so that one backward
 * pass gives the gradient of every action's mean: copy a is asked for action a alone. Writes no variable.
 *
 * Inputs as those of `buildActPlan`, one copy after the other. Outputs: `mean`, `logStd`, `next` [P·P, 1], `values`
 * [2·P, 1], `z` [members·P·S, 1], `validity` [members·P, 1], `tokens` and `gradient` [P·T, width], and those of the layers.
 */
export function buildLookPlan(state: LearningState, hyper: HyperParameters, circuit: number): LookPlan {
  const P = state.circuits[circuit]!.parameters;
  const batch = packCircuit(state, circuit, P);
  const g = new Graph(`look-${circuit}`);
  const specs = specTensors(g, state.formulas, batch);
  const u = g.input('u', batch.parameterRows, 1);
  const valid = g.input('valid', P, 1);
  const goal = g.input('goal', batch.specRows, 1);
  const situation = stateTensors(batch, specs, { u, z: g.input('z', batch.specRows, 1), goal, valid });

  const layers: WatchedLayer[] = [];
  let told: Tensor | null = null;
  const watching = (network: WatchedLayer['network']): Watch => ({
    tokens(tensor) {
      if (network === 'actor') told = tensor;
    },
    layer(inside) {
      const name = `${network}.${inside.layer}`;
      layers.push({ name, network, layer: inside.layer, backward: inside.backward });
      outputInside(g, name, inside);
    },
  });
  const policy = runActor(g, state.actor, batch, situation, watching('actor'));
  const action = tanh(policy.mean);
  const next = stepSizing(u, action, hyper.actionScale);
  g.output('mean', policy.mean);
  g.output('logStd', policy.logStd);
  g.output('next', next);
  g.output('values', runCritic(g, state.critic, 'online', batch, situation, action, watching('critic')));
  const expected = predict(g, state.model, batch, next);
  g.output('z', clamp(expected.z, -Z_LIMIT, Z_LIMIT));
  g.output('validity', sigmoid(expected.validity));

  const asked = sum(mul(policy.mean, ownActions(g, P)));
  g.output('tokens', mul(told!, 1));
  g.output('gradient', gradients(asked, [told!])[0]!);
  return { plan: compile(g), layers };
}

function outputInside(g: Graph, name: string, { u, delta, b, aLog }: LayerInside): void {
  g.output(`${name}.step`, softplus(delta));
  g.output(`${name}.input`, mul(u, 1));
  g.output(`${name}.b`, mul(b, 1));
  g.output(`${name}.decay`, neg(exp(aLog)));
}
