import type { HyperParameters } from '../api/hyper-parameters';
import type { Executor, Program } from '../tensor';
import { buildActPlan, buildPredictPlan } from './act-plans';
import { buildFitPlan } from './fit-plan';
import type { LearningState } from './networks';
import { buildRolloutPlan } from './rollout-plan';
import { buildUpdatePlan } from './update-plan';

/** Environments that one replay of the policy serves, and sizings that one replay of the ranking values. */
export const ACT_CHUNK = 8;
export const RANK_CHUNK = 128;
/** Imagined sequences per member that one replay advances. */
const ROLLOUT_SHARE = 8;

/** The prepared programs of an agent. */
export interface Programs {
  readonly update: Program;
  readonly fit: Program;
  readonly rollout: Program & { readonly sequences: number; readonly circuitOfSequence: Int32Array };
  readonly act: readonly Program[];
  readonly predict: readonly Program[];
  dispose(): void;
}

/** Allocates all variables of a learning state on an executor and prepares its programs. */
export function preparePrograms(executor: Executor, state: LearningState, hyper: HyperParameters): Programs {
  for (const group of state.groups) executor.allocate(group);
  const circuits = state.circuits.length;
  const rollout = buildRolloutPlan(state, hyper, evenShares(ROLLOUT_SHARE, circuits));
  executor.allocate(rollout.carry);
  const prepared = {
    update: executor.prepare(buildUpdatePlan(state, hyper, evenShares(hyper.batch / hyper.members, circuits))),
    fit: executor.prepare(buildFitPlan(state, hyper, evenShares(hyper.modelBatch, circuits))),
    rolloutStep: executor.prepare(rollout.plan),
    act: state.circuits.map((_, c) => executor.prepare(buildActPlan(state, c, ACT_CHUNK))),
    predict: state.circuits.map((_, c) => executor.prepare(buildPredictPlan(state, c, RANK_CHUNK))),
  };
  const all = [prepared.update, prepared.fit, prepared.rolloutStep, ...prepared.act, ...prepared.predict];
  return {
    update: prepared.update,
    fit: prepared.fit,
    rollout: Object.assign(prepared.rolloutStep, { sequences: rollout.sequences, circuitOfSequence: rollout.circuitOfSequence }),
    act: prepared.act,
    predict: prepared.predict,
    dispose() {
      for (const program of all) program.dispose();
      for (const group of [...state.groups, rollout.carry]) executor.release(group.name);
    },
  };
}

/** `total` split over `parts` as evenly as whole numbers allow, at least 1 each. */
export function evenShares(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, i) =>
    Math.max(1, Math.floor(((i + 1) * total) / parts) - Math.floor((i * total) / parts)),
  );
}
