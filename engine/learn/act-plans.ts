import { runActor } from '../model/actor-critic';
import { predict } from '../model/neural-simulator';
import { packBatch, repeatedRows } from '../model/packed-batch';
import {
  clamp,
  columnSum,
  compile,
  Graph,
  gatherRows,
  mul,
  type Plan,
  reshape,
  sigmoid,
  sqrt,
  square,
  sub,
  type Tensor,
} from '../tensor';
import type { LearningState } from './networks';
import { repeatSpecTensors, scoreOf, specTensors, violations, worthOf } from './score';

/** Sharpness of the chance that all specs hold when candidates are ranked: the end game is decided by the worst spec. */
const SHARPNESS = 100;

/**
 * The policy for `count` environments of one circuit. Inputs `u` [count·P, 1], `z`, `goal` [count·S, 1], `valid`
 * [count, 1]; outputs `mean`, `logStd` [count·P, 1], before squashing.
 */
export function buildActPlan(state: LearningState, circuit: number, count: number): Plan {
  const batch = packBatch(state.circuits, onlyCircuit(state, circuit, count));
  const g = new Graph(`act-${circuit}`);
  const specs = specTensors(g, state.formulas, batch);
  const u = g.input('u', batch.parameterRows, 1);
  const valid = g.input('valid', count, 1);
  const goal = g.input('goal', batch.specRows, 1);
  const known = gatherRows(valid, batch.sequenceOfSpec);
  const z = mul(g.input('z', batch.specRows, 1), known);
  const policy = runActor(g, state.actor, batch, { u, z, goal, violation: mul(violations(specs, z, goal), known), valid });
  g.output('mean', policy.mean);
  g.output('logStd', policy.logStd);
  return compile(g);
}

/**
 * What the ensemble thinks of `count` sizings of one circuit. Inputs `u` [count·P, 1], `goal` [count·S, 1]; outputs
 * `worth` [members, count], and over the members: `z`, `spread` (standard deviation) [1, count·S], `validity` [1, count].
 */
export function buildRankPlan(state: LearningState, circuit: number, count: number): Plan {
  const { members } = state.model.config;
  const batch = packBatch(state.circuits, onlyCircuit(state, circuit, count));
  const g = new Graph(`rank-${circuit}`);
  const specs = repeatSpecTensors(specTensors(g, state.formulas, batch), batch, members);
  const goal = gatherRows(g.input('goal', batch.specRows, 1), repeatedRows(batch.specRows, members));
  const predicted = predict(g, state.model, batch, g.input('u', batch.parameterRows, 1));
  const validity = sigmoid(predicted.validity);
  const z = clamp(predicted.z, -4, 4);
  g.output(
    'worth',
    reshape(worthOf(scoreOf(g, batch, violations(specs, z, goal), SHARPNESS, members), validity), members, count),
  );
  const mean = meanOverMembers(z, members);
  const deviation = sub(reshape(z, members, batch.specRows), mean);
  g.output('z', mean);
  g.output('spread', sqrt(mul(columnSum(square(deviation)), 1 / members)));
  g.output('validity', meanOverMembers(validity, members));
  return compile(g);
}

/** [members · n, 1] → [1, n] */
function meanOverMembers(t: Tensor, members: number): Tensor {
  return mul(columnSum(reshape(t, members, t.rows / members)), 1 / members);
}

function onlyCircuit(state: LearningState, circuit: number, count: number): number[] {
  return state.circuits.map((_, c) => (c === circuit ? count : 0));
}
