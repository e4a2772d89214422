import type { HyperParameters } from '../api/hyper-parameters';
import type { Executor, Program } from '../tensor';
import { buildActPlan, buildPredictPlan } from './act-plans';
import { buildFitPlan } from './fit-plan';
import type { LearningState } from './networks';
import { buildRolloutPlan } from './rollout-plan';
import { buildUpdatePlan } from './update-plan';

/** Environments that one replay of the policy serves, and sizings that one replay of the ranking values. */
export const ACT_CHUNK = 8;
export const RANK_CHUNK = 64;
/** Imagined sequences per member that one replay advances. */
const ROLLOUT_SHARE = 8;

/** The prepared programs of an agent. */
export interface Programs {
  /** Circuits that have a share in batches. */
  readonly participants: readonly boolean[];
  readonly update: Program;
  readonly fit: Program;
  readonly rollout: Program & { readonly sequences: number; readonly circuitOfSequence: Int32Array };
  readonly act: readonly Program[];
  readonly predict: readonly Program[];
  dispose(): void;
}

/**
 * Prepares the programs of a learning state that the executor holds.
 * @param participants circuits that have a share in batches; all have a policy and predictions
 */
export function preparePrograms(
  executor: Executor,
  state: LearningState,
  hyper: HyperParameters,
  participants: readonly boolean[],
): Programs {
  const shares = (total: number) => sharesOf(total, participants);
  const rollout = buildRolloutPlan(state, hyper, shares(ROLLOUT_SHARE));
  executor.allocate(rollout.carry);
  const prepared = {
    update: executor.prepare(buildUpdatePlan(state, hyper, shares(hyper.batch / hyper.members))),
    fit: executor.prepare(buildFitPlan(state, hyper, shares(hyper.modelBatch))),
    rolloutStep: executor.prepare(rollout.plan),
    act: state.circuits.map((_, c) => executor.prepare(buildActPlan(state, c, ACT_CHUNK))),
    predict: state.circuits.map((_, c) => executor.prepare(buildPredictPlan(state, hyper, c, RANK_CHUNK))),
  };
  const all = [prepared.update, prepared.fit, prepared.rolloutStep, ...prepared.act, ...prepared.predict];
  return {
    participants,
    update: prepared.update,
    fit: prepared.fit,
    rollout: Object.assign(prepared.rolloutStep, { sequences: rollout.sequences, circuitOfSequence: rollout.circuitOfSequence }),
    act: prepared.act,
    predict: prepared.predict,
    dispose() {
      for (const program of all) program.dispose();
      executor.release(rollout.carry.name);
    },
  };
}

/** `total` split over the circuits that take part. */
function sharesOf(total: number, participants: readonly boolean[]): number[] {
  const shares = evenShares(total, participants.filter(Boolean).length);
  return participants.map((takes) => (takes ? shares.shift()! : 0));
}

/** `total` split over `parts` as evenly as whole numbers allow, at least 1 each. */
export function evenShares(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, i) =>
    Math.max(1, Math.floor(((i + 1) * total) / parts) - Math.floor((i * total) / parts)),
  );
}
