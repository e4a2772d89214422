import type { Plugin, ScheduleDefinition } from '../../../engine/api';

const START = { realRatio: 0.05, updates: 2, rollouts: 128 };
const END = { realRatio: 0.6, updates: 1, rollouts: 16 };
const ROLLOUT_LENGTH = 3;

const cosine: ScheduleDefinition = {
  id: 'cosine',
  title: 'Cosine',
  decide({ progress }) {
    const used = Math.min(1, Math.max(0, progress));
    // Half a cosine: stays near both ends, turns fastest in the middle.
    const share = (1 - Math.cos(Math.PI * used)) / 2;
    const between = (name: keyof typeof START) => START[name] + (END[name] - START[name]) * share;
    return {
      realRatio: between('realRatio'),
      updates: between('updates'),
      rollouts: Math.round(between('rollouts')),
      rolloutLength: ROLLOUT_LENGTH,
      reason: `${Math.round(used * 100)} % of the budget used, half a cosine from exploring to exploiting`,
    };
  },
};

export default {
  id: 'schedules/cosine',
  title: 'Cosine schedule',
  build: (app) => app.addSchedule(cosine),
} satisfies Plugin;
