import type { HyperParameters } from '../api/hyper-parameters';
import { runActor, runCritic } from '../model/actor-critic';
import { packBatch, repeatedRows, stackMembers } from '../model/packed-batch';
import {
  add,
  compile,
  exp,
  Graph,
  gatherRows,
  mean,
  minimum,
  mul,
  neg,
  type Plan,
  reshape,
  sigmoid,
  sliceRows,
  square,
  stopGradient,
  sub,
  type Tensor,
} from '../tensor';
import { predictAsTold } from './degrade';
import { sampleGoals } from './goals';
import type { LearningState } from './networks';
import { minimise } from './optimise';
import { sampleAction, stepSizing } from './policy';
import { advanceRandomState, gatherTransitions, sampleSlots } from './sampling';
import { rewardOf, scoreOf, specTensors, violations, worthOf } from './score';
import { stateTensors } from './state-tensors';

/** Sharpness of the chance that all specs hold, in the actor's loss. */
const ACTOR_SHARPNESS = 40;
/** Largest norm of the temperature's gradient. */
const TEMPERATURE_CLIP = 10;

/** What an update reports, each an output [1, 1]. */
export const UPDATE_STATISTICS = ['criticLoss', 'actorLoss', 'temperature', 'entropy', 'q', 'reward'] as const;

/**
 * One full M3 update as one plan: sample the scheduled mix of real and synthetic transitions, relabel, reward, train the
 * twin critics, then the actor (through the critics and through the neural simulator), the temperature, and move the
 * target critics. Soft actor-critic as in arXiv 1812.05905, with the gradient of the imagined next point added.
 *
 * Inputs: `filled` [circuits, 2], `realRatio` [circuits, 1]. Outputs: UPDATE_STATISTICS.
 *
 * @param counts sequences of each circuit per member of the neural simulator
 */
export function buildUpdatePlan(state: LearningState, hyper: HyperParameters, counts: readonly number[]): Plan {
  const { actor, critic, model, optimisers } = state;
  const perMember = packBatch(state.circuits, counts);
  const batch = stackMembers(perMember, model.config.members);
  const random = state.random.variable;
  const g = new Graph('update');
  const specs = specTensors(g, state.formulas, batch);
  const slots = sampleSlots(
    g,
    state.pool,
    batch,
    random,
    g.input('filled', counts.length, 2),
    g.input('realRatio', counts.length, 1),
  );
  const t = gatherTransitions(g, state.pool, batch, slots, ['u', 'action', 'nextU', 'z', 'nextZ', 'valid', 'nextValid']);

  const { goalsFromRange: fromRange, goalsInHindsight: inHindsight, margin } = hyper;
  const goal = sampleGoals(g, batch, specs, t.nextZ, random, { fromRange, inHindsight, margin });
  const nextViolation = violations(specs, t.nextZ, goal);
  const score = scoreOf(g, batch, nextViolation, ACTOR_SHARPNESS);
  const reward = rewardOf(score, t.nextValid);
  const now = stateTensors(batch, specs, { u: t.u, z: t.z, goal, valid: t.valid });
  const next = stateTensors(batch, specs, { u: t.nextU, z: t.nextZ, goal, valid: t.nextValid }, nextViolation);

  // Critics: y = r + γ·(1 - met)·(min Q'(s', a') - α·log π(a'|s'))
  const alpha = gatherRows(
    reshape(exp(g.variable(state.temperature.get('log_alpha'))), counts.length, 1),
    batch.circuitOfSequence,
  );
  const following = sampleAction(g, batch, runActor(g, actor, batch, next), random);
  const later = minimumOfTwins(runCritic(g, critic, 'target', batch, next, following.action), batch.sequences);
  const soft = sub(later, mul(alpha, following.logDensity));
  const ended = mul(score.met, t.nextValid);
  const y = stopGradient(add(reward, mul(mul(soft, sub(1, ended)), hyper.gamma)));
  const q = runCritic(g, critic, 'online', batch, now, t.action);
  const criticLoss = mean(square(sub(q, gatherRows(y, repeatedRows(batch.sequences, 2)))));
  minimise(g, criticLoss, critic.group, optimisers.critic, { rate: g.scalar(hyper.criticRate), clip: hyper.clip, decay: 0 });

  // Actor: soft value under the new critics, and the worth of the next point under the neural simulator.
  const chosen = sampleAction(g, batch, runActor(g, actor, batch, now), random);
  const value = minimumOfTwins(runCritic(g, critic, 'online', batch, now, chosen.action), batch.sequences);
  const frozenAlpha = stopGradient(alpha);
  let actorLoss = mean(sub(mul(frozenAlpha, chosen.logDensity), value));
  if (hyper.imaginedWeight > 0) {
    // The batch is laid out member by member, so that each member of the ensemble judges its share of the sequences.
    const imagined = predictAsTold(g, state, perMember, stepSizing(t.u, chosen.action, hyper.actionScale), hyper);
    const worth = worthOf(scoreOf(g, batch, violations(specs, imagined.z, goal), ACTOR_SHARPNESS), sigmoid(imagined.validity));
    actorLoss = sub(actorLoss, mul(mean(worth), hyper.imaginedWeight));
  }
  minimise(g, actorLoss, actor.group, optimisers.actor, { rate: g.scalar(hyper.actorRate), clip: hyper.clip, decay: 0 });

  // Temperature, one a circuit: the entropy aimed at is per parameter.
  const aim = g.constant(
    [...batch.circuitOfSequence].map((c) => hyper.targetEntropy * state.circuits[c]!.parameters),
    batch.sequences,
    1,
  );
  const logAlpha = gatherRows(reshape(g.variable(state.temperature.get('log_alpha')), counts.length, 1), batch.circuitOfSequence);
  const temperatureLoss = neg(mean(mul(logAlpha, stopGradient(add(chosen.logDensity, aim)))));
  minimise(g, temperatureLoss, state.temperature, optimisers.temperature, {
    rate: g.scalar(hyper.temperatureRate),
    clip: TEMPERATURE_CLIP,
    decay: 0,
  });

  g.lerp(critic.target, critic.group, hyper.tau);
  advanceRandomState(g, random);
  const statistics = [criticLoss, actorLoss, mean(alpha), neg(mean(chosen.logDensity)), mean(q), mean(reward)];
  for (const [i, name] of UPDATE_STATISTICS.entries()) g.output(name, statistics[i]!);
  return compile(g);
}

/** [2 · n, 1] → [n, 1] */
function minimumOfTwins(q: Tensor, n: number): Tensor {
  return minimum(sliceRows(q, 0, n), sliceRows(q, n, 2 * n));
}
