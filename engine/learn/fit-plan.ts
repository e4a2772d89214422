import type { HyperParameters } from '../api/hyper-parameters';
import { predict } from '../model/neural-simulator';
import { packBatch, stackMembers } from '../model/packed-batch';
import {
  abs,
  add,
  compile,
  div,
  exp,
  Graph,
  gatherRows,
  less,
  mean,
  mul,
  type Plan,
  select,
  softplus,
  square,
  sub,
  sum,
} from '../tensor';
import type { LearningState } from './networks';
import { minimise } from './optimise';
import { advanceRandomState, gatherTransitions, sampleSlots } from './sampling';

import { scoreOf, specTensors, violations } from './score';

/** Where the smooth-L1 loss turns from square to linear, in units of z. */
const BETA = 0.5;

/**
 * One fit step of the neural simulator: every member draws a batch of its own from the real buffer and learns measures
 * of valid points and validity of all. Inputs: `filled` [circuits, 2], `rate` [1, 1]. Outputs: `measureLoss`, `validityLoss`.
 *
 * @param counts sequences of each circuit per member
 */
export function buildFitPlan(state: LearningState, hyper: HyperParameters, counts: readonly number[]): Plan {
  const { model } = state;
  const { members } = model.config;
  const batch = packBatch(state.circuits, counts);
  const random = state.random.variable;
  const g = new Graph('fit');
  // The members' batches together: members × the same circuits, member by member.
  const stacked = stackMembers(batch, members);
  const slots = sampleSlots(g, state.pool, stacked, random, g.input('filled', counts.length, 2), g.scalar(1));
  const t = gatherTransitions(g, state.pool, stacked, slots, ['nextU', 'nextZ', 'nextValid']);
  const predicted = predict(g, model, batch, t.nextU);

  const specs = specTensors(g, state.formulas, stacked);
  const known = gatherRows(t.nextValid, stacked.sequenceOfSpec);
  const closeness = exp(
    mul(scoreOf(g, stacked, violations(specs, t.nextZ, specs.benchmark), 1).shortfall, hyper.nearTargetSharpness),
  );
  const weight = mul(known, gatherRows(add(mul(closeness, hyper.nearTargetWeight), 1), stacked.sequenceOfSpec));
  const miss = abs(sub(predicted.z, t.nextZ));
  const smooth = select(less(miss, BETA), mul(square(miss), 0.5 / BETA), sub(miss, 0.5 * BETA));
  const measureLoss = div(sum(mul(smooth, weight)), add(sum(weight), 1));
  // Cross-entropy from the logit l: softplus(l) - valid·l
  const validityLoss = mean(sub(softplus(predicted.validity), mul(predicted.validity, t.nextValid)));
  const loss = add(measureLoss, mul(validityLoss, hyper.validityWeight));
  // Every member has its own weights, so the mean over members trains each on its own batch alone.
  minimise(g, mul(loss, members), model.group, state.optimisers.model, {
    rate: g.input('rate', 1, 1),
    clip: hyper.clip * members,
    decay: hyper.modelDecay,
  });
  advanceRandomState(g, random);
  g.output('measureLoss', measureLoss);
  g.output('validityLoss', validityLoss);
  return compile(g);
}
