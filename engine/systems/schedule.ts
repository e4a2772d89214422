import { messageOf } from '../base';
import type { World } from '../ecs';
import { modelErrors } from './agent-facts';
import { Schedule } from './components';
import { AgentHealth, Counts, Run, Tick } from './resources';

/** Decides this tick's ratio, updates and rollouts from how far the run is and how good the neural simulator is. */
export function schedule(world: World): void {
  const { configuration, schedule: definition, report } = world.resource(Run);
  const { training } = world.resource(Counts);
  const tick = world.resource(Tick);
  const { error, errorByCircuit } = modelErrors(world);
  const health = world.resource(AgentHealth);
  if (!health.scheduleFailed) {
    try {
      tick.scheduled = definition.decide({
        simulations: training,
        budget: configuration.budget,
        progress: Math.min(1, training / configuration.budget),
        modelError: error,
        modelErrorByCircuit: errorByCircuit,
      });
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
