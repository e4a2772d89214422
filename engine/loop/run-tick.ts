import { PHASES } from '../api';
import { messageOf } from '../base';
import type { SystemRegistry, World } from '../ecs';
import { Run, Tick, Timeline } from '../systems/resources';

/** Systems that have failed in a row, so that an error is told once. */
export type SystemFaults = Set<string>;

/**
 * Runs all phases once, in order. A system that throws is named in an event (once, until it has recovered) and skipped
 * this tick; the others run on.
 */
export async function runTick(world: World, systems: SystemRegistry<World>, faults: SystemFaults): Promise<void> {
  const tick = world.resource(Tick);
  tick.number++;
  tick.transitions = [];
  tick.newSimulations = 0;
  const phases: Record<string, number> = {};
  const timeline = world.resource(Timeline);
  // Running time: a pause within a tick is no work.
  const now = () => timeline.seconds() * 1000;
  let begin = now();
  for (const phase of PHASES) {
    // Whoever looks during `extract` sees a tick that is over.
    tick.activity = phase === 'extract' ? null : { phase, progress: Number.NaN };
    world.lock();
    try {
      for (const system of systems.inPhase(phase)) {
        try {
          await system.run(world);
          faults.delete(system.id);
        } catch (thrown) {
          if (!faults.has(system.id)) {
            const message = `system ${system.id} (phase ${phase}) failed: ${messageOf(thrown)}; the others run on`;
            world.resource(Run).report({ level: 'error', kind: 'system-failed', message });
          }
          faults.add(system.id);
        }
      }
    } finally {
      world.unlock();
    }
    const end = now();
    phases[phase] = end - begin;
    begin = end;
    // Extract shows the phases before it of this tick, and itself of the last one.
    tick.phases = phase === 'extract' ? phases : { ...tick.phases, ...phases };
  }
}
