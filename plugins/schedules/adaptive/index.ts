import type { Plugin, ScheduleDefinition } from '../../../engine/api';

/** What is done where the neural simulator is not trusted at all, and where it is trusted fully. */
const DOUBTED = { realRatio: 0.6, updates: 1, rollouts: 16, rolloutLength: 1 };
const TRUSTED = { realRatio: 0.05, updates: 2, rollouts: 128, rolloutLength: 5 };
/** Error, in units of z, at which half of the trust is gone. */
const HALF = 0.15;

/** 1 for a neural simulator without error, ½ at HALF, 0 before anything is known of it. */
function trustIn(error: number): number {
  return Number.isNaN(error) ? 0 : 1 / (1 + (error / HALF) ** 2);
}

/**
 * Imagined data is worth what the neural simulator is worth: its error on real results that it had not seen, circuit by
 * circuit, decides how much of them is used, and how many there are. The budget plays no part.
 */
const adaptive: ScheduleDefinition = {
  id: 'adaptive',
  title: "Adaptive: by the neural simulator's error",
  decide({ modelError, modelErrorByCircuit }) {
    const errors = modelErrorByCircuit.length > 0 ? modelErrorByCircuit : [modelError];
    const trusts = errors.map(trustIn);
    const trust = trusts.reduce((sum, each) => sum + each, 0) / trusts.length;
    const between = (name: keyof typeof DOUBTED, share: number) => DOUBTED[name] + (TRUSTED[name] - DOUBTED[name]) * share;
    const known = errors.filter((error) => !Number.isNaN(error));
    const range = known.length > 0 ? `${Math.min(...known).toFixed(2)} to ${Math.max(...known).toFixed(2)}` : '';
    return {
      realRatio: between('realRatio', trust),
      realRatioByCircuit: trusts.map((each) => between('realRatio', each)),
      updates: between('updates', trust),
      rollouts: Math.round(between('rollouts', trust)),
      rolloutLength: Math.round(between('rolloutLength', trust)),
      reason:
        known.length > 0
          ? `the neural simulator is off by ${known.length > 1 ? range : known[0]!.toFixed(2)} on results it had not seen (${Math.round(100 * trust)} % trust)`
          : 'nothing is known of the neural simulator yet: real data first',
    };
  },
};

export default {
  id: 'schedules/adaptive',
  title: 'Adaptive schedule',
  build: (app) => app.addSchedule(adaptive),
} satisfies Plugin;
