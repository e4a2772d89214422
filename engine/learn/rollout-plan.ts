import type { HyperParameters } from '../api/hyper-parameters';
import { runActor } from '../model/actor-critic';
import { packBatch, stackMembers } from '../model/packed-batch';
import {
  compile,
  Graph,
  gatherRows,
  less,
  mul,
  type Plan,
  select,
  sigmoid,
  type Tensor,
  type Variable,
  VariableGroup,
} from '../tensor';
import { predictAsTold } from './degrade';
import { sampleGoals } from './goals';
import type { LearningState } from './networks';
import { sampleAction, stepSizing } from './policy';
import { fieldTriples } from './replay-pool';
import { advanceRandomState, gatherTransitions, sampleSlots } from './sampling';
import { specTensors } from './score';
import { stateTensors } from './state-tensors';

export interface RolloutPlan {
  readonly plan: Plan;
  /** Where the imagined environments stand between steps; allocate before preparing the plan. */
  readonly carry: VariableGroup;
  /** Imagined sequences that one replay advances by a step. */
  readonly sequences: number;
  readonly circuitOfSequence: Int32Array;
}

/**
 * One step of imagined rollouts: the policy acts, a member of the ensemble answers (each member serves its share of the
 * sequences), the transition goes to the synthetic buffer, and the imagined environments move on.
 *
 * Inputs: `filled` [circuits, 2]; `fresh` [1, 1], 1 to start at real points, 0 to go on from the last step; `slots`
 * [sequences, 1], where in their circuit's pool the transitions go.
 * @param counts sequences of each circuit per member
 */
export function buildRolloutPlan(state: LearningState, hyper: HyperParameters, counts: readonly number[]): RolloutPlan {
  const { actor, model, pool } = state;
  const { members } = model.config;
  const perMember = packBatch(state.circuits, counts);
  const batch = stackMembers(perMember, members);
  const random = state.random.variable;
  const carry = new VariableGroup('rollout');
  const carried = {
    u: carry.add('u', batch.parameterRows, 1),
    z: carry.add('z', batch.specRows, 1),
    valid: carry.add('valid', batch.sequences, 1),
    goal: carry.add('goal', batch.specRows, 1),
  };

  const g = new Graph('rollout');
  const specs = specTensors(g, state.formulas, batch);
  const fresh = g.input('fresh', 1, 1);
  const start = gatherTransitions(
    g,
    pool,
    batch,
    sampleSlots(g, pool, batch, random, g.input('filled', counts.length, 2), g.scalar(1)),
    ['nextU', 'nextZ', 'nextValid'],
  );
  const goals = sampleGoals(g, batch, specs, null, random, {
    fromRange: hyper.goalsFromRange,
    inHindsight: 0,
    margin: hyper.margin,
  });
  const resume = (variable: Variable, begin: Tensor) => select(fresh, begin, g.variable(variable));
  const u = resume(carried.u, start.nextU);
  const z = resume(carried.z, start.nextZ);
  const valid = resume(carried.valid, start.nextValid);
  const goal = resume(carried.goal, goals);

  const now = stateTensors(batch, specs, { u, z, goal, valid });
  const policy = runActor(g, actor, batch, now);
  const { action } = sampleAction(g, batch, policy, random);
  const nextU = stepSizing(u, action, hyper.actionScale);
  const predicted = predictAsTold(g, state, perMember, nextU, hyper);
  const nextValid = less(g.random('uniform', batch.sequences, 1, random), sigmoid(predicted.validity));
  const nextZ = mul(predicted.z, gatherRows(nextValid, batch.sequenceOfSpec));

  const slots = g.input('slots', batch.sequences, 1);
  const store = pool.group.get('pool');
  const fields = { u, z: now.z, valid, action, nextU, nextZ, nextValid };
  for (const [field, values] of Object.entries(fields) as [keyof typeof fields, Tensor][]) {
    g.scatterElements(store, slots, values, fieldTriples(pool, batch, field));
  }
  g.assign(carried.u, nextU);
  g.assign(carried.z, nextZ);
  g.assign(carried.valid, nextValid);
  g.assign(carried.goal, goal);
  advanceRandomState(g, random);
  return { plan: compile(g), carry, sequences: batch.sequences, circuitOfSequence: batch.circuitOfSequence };
}
