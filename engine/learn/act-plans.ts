import type { HyperParameters } from '../api/hyper-parameters';
import { Z_LIMIT } from '../api/measure-transform';
import { runActor } from '../model/actor-critic';
import { clamp, compile, Graph, type Plan, sigmoid } from '../tensor';
import { advanceWhereNoisy, predictAsTold } from './degrade';
import type { LearningState } from './networks';
import { specTensors } from './score';
import { packCircuit } from './single-circuit';
import { stateTensors } from './state-tensors';

/**
 * The policy for `count` environments of one circuit. Inputs `u` [count·P, 1], `z`, `goal` [count·S, 1], `valid`
 * [count, 1]; outputs `mean`, `logStd` [count·P, 1], before squashing.
 */
export function buildActPlan(state: LearningState, circuit: number, count: number): Plan {
  const batch = packCircuit(state, circuit, count);
  const g = new Graph(`act-${circuit}`);
  const specs = specTensors(g, state.formulas, batch);
  const u = g.input('u', batch.parameterRows, 1);
  const valid = g.input('valid', count, 1);
  const goal = g.input('goal', batch.specRows, 1);
  const z = g.input('z', batch.specRows, 1);
  const policy = runActor(g, state.actor, batch, stateTensors(batch, specs, { u, z, goal, valid }));
  g.output('mean', policy.mean);
  g.output('logStd', policy.logStd);
  return compile(g);
}

/**
 * What the ensemble says of `count` sizings of one circuit. Input `u` [count·P, 1]; outputs, member by member, `z`
 * [members·count·S, 1] and `validity` [members·count, 1], a chance.
 */
export function buildPredictPlan(state: LearningState, hyper: HyperParameters, circuit: number, count: number): Plan {
  const batch = packCircuit(state, circuit, count);
  const g = new Graph(`predict-${circuit}`);
  const predicted = predictAsTold(g, state, batch, g.input('u', batch.parameterRows, 1), hyper);
  g.output('z', clamp(predicted.z, -Z_LIMIT, Z_LIMIT));
  g.output('validity', sigmoid(predicted.validity));
  advanceWhereNoisy(g, state, hyper);
  return compile(g);
}
