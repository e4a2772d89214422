import type { Plugin, ScheduleDefinition } from '../../../engine/api';

/** The middle of what the other schedules pass through: the control of any experiment on scheduling. */
const constant: ScheduleDefinition = {
  id: 'constant',
  title: 'Constant',
  decide: () => ({
    realRatio: 0.325,
    updates: 1.5,
    rollouts: 72,
    rolloutLength: 3,
    reason: 'constant: the schedule is switched off',
  }),
};

export default {
  id: 'schedules/constant',
  title: 'Constant schedule',
  build: (app) => app.addSchedule(constant),
} satisfies Plugin;
