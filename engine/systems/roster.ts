import { messageOf, RingBuffer } from '../base';
import type { World } from '../ecs';
import { agentStep } from './agent-step';
import { Environment } from './components';
import { environmentsOf, spawnEnvironment } from './environments';
import { createPointHistory } from './history';
import {
  type CircuitCount,
  Counts,
  EnvironmentStreams,
  EvaluationPlan,
  Histories,
  InFlight,
  Roster,
  Run,
  type RunCircuit,
} from './resources';
import { takeResults } from './simulate';

const SUCCESS_EPISODES = 50;

/**
 * Lets circuits join and leave a running training, before anything else of the tick. A circuit keeps its index for good:
 * one that leaves takes its environments along, what was learnt of it stays, and it may join again. Simulations under
 * way come home and are counted first.
 */
export async function roster(world: World): Promise<void> {
  const { pending } = world.resource(Roster);
  if (pending.length === 0 || world.resource(EvaluationPlan).active) return;
  await Promise.all(world.resource(InFlight).waiting.values());
  await takeResults(world);
  for (const change of pending.splice(0)) {
    if (change.kind === 'join')
      await join(world, change.create(change.index ?? world.resource(Run).circuits.length), change.environments);
    else await leave(world, change.index);
  }
}

async function join(world: World, circuit: RunCircuit, environments: number): Promise<void> {
  const { agent, circuits, configuration, report } = world.resource(Run);
  const { id, index } = circuit.info;
  const state = world.resource(Roster);
  const counts = world.resource(Counts);
  const refused = (why: string) => report({ level: 'error', kind: 'circuit-refused', message: `${id} cannot join: ${why}` });
  if (!agent.join) {
    refused(`the agent ${configuration.agent} works on the circuits that it was started with only`);
    return;
  }
  try {
    await agent.join(circuit);
  } catch (thrown) {
    refused(messageOf(thrown));
    return;
  }
  circuits[index] = circuit;
  counts.circuits[index] ??= createCircuitCount();
  counts.circuits[index].present = true;
  world.resource(Histories)[index] ??= createPointHistory(circuit);
  state.changed();
  world.defer(() => {
    const streams = world.resource(EnvironmentStreams);
    for (let i = 0; i <= environments; i++) {
      const slot = state.nextSlot++;
      streams.set(slot, state.stream(slot));
      spawnEnvironment(world, circuit, slot, i < environments ? 'training' : 'evaluation');
    }
  });
  report({ level: 'info', kind: 'circuit-joined', message: `${id} joined with ${environments} environments` });
}

async function leave(world: World, index: number): Promise<void> {
  const { agent, circuits, report } = world.resource(Run);
  const counts = world.resource(Counts);
  const count = counts.circuits[index]!;
  if (!count.present) return;
  count.present = false;
  world.resource(EvaluationPlan).due.delete(index);
  world.resource(Roster).changed();
  await agentStep(world, 'let a circuit leave', () => agent.leave?.(index), undefined);
  world.defer(() => {
    const { circuit, slot } = world.store(Environment).columns;
    const streams = world.resource(EnvironmentStreams);
    for (const entity of world.query(Environment)) {
      const at = world.indexOf(entity);
      if (circuit.get(at) !== index) continue;
      streams.delete(slot.get(at));
      world.despawn(entity);
    }
  });
  report({
    level: 'info',
    kind: 'circuit-left',
    message: `${circuits[index]!.info.id} left after ${count.training} training simulations; what was learnt of it is kept`,
  });
}

export function createCircuitCount(): CircuitCount {
  return {
    present: true,
    training: 0,
    evaluation: 0,
    failures: 0,
    timedOut: 0,
    stepsToTarget: null,
    best: null,
    episodes: new RingBuffer<number>(SUCCESS_EPISODES),
    byChance: false,
    startResult: null,
    credit: 0,
    share: 0,
  };
}

/** Training environments of each circuit. */
export function environmentCounts(world: World): number[] {
  const { circuit } = world.store(Environment).columns;
  const counts = world.resource(Run).circuits.map(() => 0);
  for (const at of environmentsOf(world, 'training')) counts[circuit.get(at)]!++;
  return counts;
}
