import { PHASES, type PhaseName } from '../api/phases';
import { OhmbaError } from '../base';

export interface System<Context> {
  readonly id: string;
  readonly phase: PhaseName;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  run(context: Context): void | Promise<void>;
}

/** Systems by phase, each phase in an order that fits every `before` and `after`; else in order of registration. */
export interface SystemRegistry<Context> {
  add(system: System<Context>): void;
  inPhase(phase: PhaseName): readonly System<Context>[];
}

export function createSystemRegistry<Context>(): SystemRegistry<Context> {
  const systems: System<Context>[] = [];
  let ordered: Map<PhaseName, readonly System<Context>[]> | null = null;
  return {
    add(system) {
      if (!PHASES.includes(system.phase)) {
        throw new OhmbaError({
          what: `system ${system.id} is for the phase "${system.phase}"`,
          expected: `one of ${PHASES.join(', ')}`,
          todo: 'correct its phase',
        });
      }
      if (systems.some(({ id }) => id === system.id)) {
        throw new OhmbaError({
          what: `there are two systems "${system.id}"`,
          expected: 'an id of its own',
          todo: 'rename one of them',
        });
      }
      systems.push(system);
      try {
        orderSystems(systems.filter(({ phase }) => phase === system.phase));
      } catch (error) {
        systems.pop();
        throw error;
      }
      ordered = null;
    },
    inPhase(phase) {
      ordered ??= new Map(PHASES.map((name) => [name, orderSystems(systems.filter((system) => system.phase === name))]));
      return ordered.get(phase)!;
    },
  };
}

/** @throws OhmbaError if the wishes go in a circle. A name that is not there is no wish: its plugin may be absent. */
export function orderSystems<Context>(systems: readonly System<Context>[]): System<Context>[] {
  const waiting = [...systems];
  const ordered: System<Context>[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((system) => !waiting.some((other) => other !== system && runsBefore(other, system)));
    if (next < 0) {
      throw new OhmbaError({
        what: `the systems ${waiting.map(({ id }) => id).join(', ')} wait for each other`,
        expected: 'an order that fits every before and after',
        todo: 'drop one of the wishes',
      });
    }
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

function runsBefore<Context>(first: System<Context>, second: System<Context>): boolean {
  return (first.before?.includes(second.id) ?? false) || (second.after?.includes(first.id) ?? false);
}
