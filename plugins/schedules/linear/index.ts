import type { Plugin, ScheduleDefinition } from '../../../engine/api';

/** Where a schedule starts and ends: early mostly synthetic data, to explore; late mostly real data, to exploit. */
const START = { realRatio: 0.05, updates: 2, rollouts: 128 };
const END = { realRatio: 0.6, updates: 1, rollouts: 16 };
const ROLLOUT_LENGTH = 3;

const linear: ScheduleDefinition = {
  id: 'linear',
  title: 'Linear',
  decide({ progress }) {
    const share = Math.min(1, Math.max(0, progress));
    const between = (name: keyof typeof START) => START[name] + (END[name] - START[name]) * share;
    return {
      realRatio: between('realRatio'),
      updates: between('updates'),
      rollouts: Math.round(between('rollouts')),
      rolloutLength: ROLLOUT_LENGTH,
      reason: `${Math.round(share * 100)} % of the budget used, in a straight line from exploring to exploiting`,
    };
  },
};

export default {
  id: 'schedules/linear',
  title: 'Linear schedule',
  build: (app) => app.addSchedule(linear),
} satisfies Plugin;
