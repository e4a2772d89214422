import { PHASES } from '../api';
import { type Clock, messageOf } from '../base';
import type { SystemRegistry, World } from '../ecs';
import { Run, Tick } from '../systems/resources';

/** Systems that have failed in a row, so that an error is told once. */
export type SystemFaults = Set<string>;

/**
 * Runs all phases once, in order. A system that throws is named in an event (once, until it has recovered) and skipped
 * this tick; the others run on.
 */
export async function runTick(world: World, systems: SystemRegistry<World>, clock: Clock, faults: SystemFaults): Promise<void> {
  const tick = world.resource(Tick);
  tick.number++;
  tick.transitions = [];
  tick.newSimulations = 0;
  const phases: Record<string, number> = {};
  let begin = clock.now();
  for (const phase of PHASES) {
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
    const end = clock.now();
    phases[phase] = end - begin;
    begin = end;
    // Extract shows the phases before it of this tick, and itself of the last one.
    tick.phases = phase === 'extract' ? phases : { ...tick.phases, ...phases };
  }
}
