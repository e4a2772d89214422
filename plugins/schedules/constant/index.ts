import type { App, Plugin } from '../../../engine/api';

/** A schedule that is switched off: updates and rollouts in the middle of what the others pass through, one share of real data. */
function addConstant(app: App, id: string, title: string, realRatio: number): void {
  app.addSchedule({
    id,
    title,
    decide: () => ({
      realRatio,
      updates: 1.5,
      rollouts: 72,
      rolloutLength: 3,
      reason: 'constant: the schedule is switched off',
    }),
  });
}

/** The controls of any experiment on scheduling. */
export default {
  id: 'schedules/constant',
  title: 'Constant schedules',
  build(app) {
    addConstant(app, 'constant', 'Constant', 0.325);
    addConstant(app, 'constant-synthetic', 'Constant, mostly synthetic', 0.05);
    addConstant(app, 'constant-real', 'Constant, mostly real', 0.6);
  },
} satisfies Plugin;
