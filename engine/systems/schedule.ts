import { describeRange, isWithin, type NumberRange, type Scheduled } from '../api';
import { messageOf } from '../base';
import type { World } from '../ecs';
import { modelErrors } from './agent-facts';
import { Schedule } from './components';
import { AgentHealth, Counts, Run, Tick } from './resources';

/** What can be done in a tick: more than this is a slip. */
const DECISIONS = {
  realRatio: { low: 0, high: 1 },
  updates: { low: 0, high: 10_000 },
  rollouts: { low: 0, high: 1_000_000 },
  rolloutLength: { low: 0, high: 10_000, whole: true },
} satisfies Partial<Record<keyof Scheduled, NumberRange>>;

/** Decides this tick's ratio, updates and rollouts from how far the run is and how good the neural simulator is. */
export function schedule(world: World): void {
  const { configuration, schedule: definition, report } = world.resource(Run);
  const { training } = world.resource(Counts);
  const tick = world.resource(Tick);
  const { error, errorByCircuit } = modelErrors(world);
  const health = world.resource(AgentHealth);
  if (!health.scheduleFailed) {
    try {
      const decided = definition.decide({
        simulations: training,
        budget: configuration.budget,
        progress: Math.min(1, training / configuration.budget),
        modelError: error,
        modelErrorByCircuit: errorByCircuit,
      });
      check(decided);
      tick.scheduled = decided;
    } catch (thrown) {
      health.scheduleFailed = true;
      report({
        level: 'error',
        kind: 'schedule-failed',
        message: `schedule ${definition.id} failed: ${messageOf(thrown)}; its last decision stays in force`,
      });
    }
  }
  mirrorSchedule(world, definition.id);
}

/** A schedule may be anybody's: what cannot be followed must not get as far as the agent. @throws Error that says what */
function check(decided: Scheduled): void {
  if (decided === null || typeof decided !== 'object') throw new Error(`it decided ${String(decided)}; expected an object`);
  for (const [name, range] of Object.entries(DECISIONS)) {
    const value = decided[name as keyof typeof DECISIONS];
    if (!isWithin(range, value)) throw new Error(`it decided ${name} = ${value}; expected ${describeRange(range)}`);
  }
  for (const ratio of decided.realRatioByCircuit ?? [])
    if (!isWithin(DECISIONS.realRatio, ratio))
      throw new Error(
        `it decided realRatioByCircuit = [${decided.realRatioByCircuit}]; expected ${describeRange(DECISIONS.realRatio)} each`,
      );
}

function mirrorSchedule(world: World, id: string): void {
  const { scheduled } = world.resource(Tick);
  const { columns } = world.store(Schedule);
  for (const entity of world.query(Schedule)) {
    const index = world.indexOf(entity);
    columns.id.set(index, id);
    columns.realRatio.set(index, scheduled.realRatio);
    columns.updates.set(index, scheduled.updates);
    columns.rollouts.set(index, scheduled.rollouts);
    columns.rolloutLength.set(index, scheduled.rolloutLength);
    columns.reason.set(index, scheduled.reason);
  }
}
