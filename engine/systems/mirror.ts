import type { AgentParts } from '../api';
import { messageOf } from '../base';
import type { ComponentDefinition, World } from '../ecs';
import { AgentState, Buffer, NeuralSimulator, SimulatorPool } from './components';
import { AgentHealth, Run } from './resources';

/** Copies facts about the agent's buffers and neural simulators, and about the simulator, into their entities. */
export function mirror(world: World): void {
  const { agent, configuration, report, simulator } = world.resource(Run);
  let parts: AgentParts | undefined;
  try {
    parts = agent.describe?.();
  } catch (thrown) {
    report({
      level: 'warning',
      kind: 'describe-failed',
      message: `agent ${configuration.agent} cannot describe itself: ${messageOf(thrown)}`,
    });
  }
  const agentState = world.store(AgentState);
  for (const entity of world.query(AgentState))
    agentState.columns.failure.set(world.indexOf(entity), world.resource(AgentHealth).failure);
  if (parts) {
    const { buffers, neuralSimulators } = parts;
    world.defer(() => {
      mirrorBuffers(world, buffers);
      mirrorNeuralSimulators(world, neuralSimulators);
    });
  }
  const statistics = simulator.statistics();
  const pool = world.store(SimulatorPool).columns;
  for (const entity of world.query(SimulatorPool)) {
    const at = world.indexOf(entity);
    pool.evaluations.set(at, statistics.evaluations);
    pool.failures.set(
      at,
      Object.values(statistics.failures).reduce((sum, count) => sum + count, 0),
    );
    pool.queued.set(at, statistics.queued);
    pool.busy.set(at, statistics.busy);
    pool.milliseconds.set(at, statistics.milliseconds);
  }
}

function mirrorBuffers(world: World, buffers: AgentParts['buffers']): void {
  const entities = sizeTo(world, Buffer, buffers.length, () => 0);
  const { columns } = world.store(Buffer);
  for (const [i, buffer] of buffers.entries()) {
    const at = entities[i]!;
    columns.kind.set(at, buffer.kind);
    columns.circuit.set(at, buffer.circuit);
    columns.size.set(at, buffer.size);
    columns.capacity.set(at, buffer.capacity);
  }
}

function mirrorNeuralSimulators(world: World, models: AgentParts['neuralSimulators']): void {
  const length = (i: number) => Math.max(1, models[i]!.errorByCircuit.length);
  const store = world.store(NeuralSimulator);
  // Rows have one length for good: where circuits have joined, new entities take the place of the old.
  const outgrown = world.query(NeuralSimulator).some((entity, i) => store.length.get(world.indexOf(entity)) !== length(i));
  if (outgrown) sizeTo(world, NeuralSimulator, 0, length);
  const entities = sizeTo(world, NeuralSimulator, models.length, length);
  for (const [i, model] of models.entries()) {
    const at = entities[i]!;
    store.columns.members.set(at, model.members);
    store.columns.fitSteps.set(at, model.fitSteps);
    store.columns.error.set(at, model.error);
    store.row('errorByCircuit', at).set(model.errorByCircuit.slice(0, store.length.get(at)));
  }
}

/** Spawns or despawns entities with a component until there are `count`; returns their indices. */
function sizeTo(world: World, component: ComponentDefinition, count: number, length: (i: number) => number): number[] {
  const entities = world.query(component);
  while (entities.length > count) world.despawn(entities.pop()!);
  while (entities.length < count) {
    const entity = world.spawn();
    world.add(entity, component, length(entities.length));
    entities.push(entity);
  }
  return entities.map((entity) => world.indexOf(entity));
}
