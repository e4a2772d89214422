import type { Agent } from '../api';
import { OhmbaError } from '../base';
import type { World } from '../ecs';
import type { ResumedRun } from '../store';
import { restoreWorld, savedCircuits } from '../systems';
import { createPointHistory } from '../systems/history';
import { mirror } from '../systems/mirror';
import { Counts, Histories, Run } from '../systems/resources';
import { createCircuitCount } from '../systems/roster';
import type { Registries } from './plugin-host';
import { createRunCircuit } from './run-circuit';

/** Puts a world and an agent, both just built, where the run's last checkpoint says. */
export async function restoreRun(world: World, registries: Registries, agent: Agent, resumed: ResumedRun): Promise<void> {
  const { checkpoint } = resumed;
  if (checkpoint) {
    if (!agent.restoreState) throw cannotResume(world.resource(Run).configuration.agent);
    await joinAgain(world, registries, agent, checkpoint.world);
    restoreWorld(world, checkpoint.world);
    for (const [index, { present }] of world.resource(Counts).circuits.entries()) if (!present) await agent.leave?.(index);
    await agent.restoreState(checkpoint.agent);
    refillHistories(world, resumed.before);
    mirror(world);
  }
  tell(world, resumed);
}

/** Circuits that had joined while the run went on. */
async function joinAgain(world: World, registries: Registries, agent: Agent, saved: unknown): Promise<void> {
  const { circuits, configuration, simulator } = world.resource(Run);
  for (const [index, stored] of savedCircuits(saved).entries()) {
    if (index < circuits.length) continue;
    const definition = registries.circuits.get(stored.id) ?? stored;
    simulator.register(definition);
    const circuit = createRunCircuit(definition, index, configuration);
    await agent.join?.(circuit);
    circuits.push(circuit);
    world.resource(Counts).circuits.push(createCircuitCount());
    world.resource(Histories).push(createPointHistory(circuit));
  }
}

/** What the neural simulator had expected is not stored. */
function refillHistories(world: World, recorded: ResumedRun['before']): void {
  const { circuits } = world.resource(Run);
  const histories = world.resource(Histories);
  const indices = new Map(circuits.map(({ info }) => [info.id, info.index]));
  for (const { tick, circuit, phase, parameters, slot, measures, valid, ...rest } of recorded) {
    const index = indices.get(circuit)!;
    const observation = { slot, u: circuits[index]!.toUnit(parameters), measures, valid };
    histories[index]!.add(tick, {
      ...rest,
      phase: phase === 'training' ? 'training' : 'evaluation',
      observation,
      predicted: null,
    });
  }
}

function tell(world: World, { checkpoint, skipped, after }: ResumedRun): void {
  const { report } = world.resource(Run);
  for (const message of skipped) report({ level: 'warning', kind: 'checkpoint-damaged', message });
  const from = checkpoint
    ? `tick ${checkpoint.tick}, ${checkpoint.simulations} simulations`
    : 'the start: there is no checkpoint';
  const again = after.length > 0 ? `; ${after.length} simulations recorded after it are not paid again` : '';
  report({ level: 'info', kind: 'resumed', message: `resumed from ${from}${again}` });
}

export function cannotResume(agent: string): OhmbaError {
  return new OhmbaError({
    what: `the agent ${agent} cannot go on from a checkpoint`,
    expected: 'an agent with saveState and restoreState',
    todo: 'begin the run anew',
  });
}
