import type { World } from '../ecs';
import { addToAgent } from './agent-facts';
import { agentStep, agentTrains } from './agent-step';
import { Counts, Run, Tick } from './resources';

/** Does the scheduled number of actor-critic updates on the scheduled mix of real and synthetic data. */
export async function train(world: World): Promise<void> {
  const { agent } = world.resource(Run);
  const { scheduled, newSimulations } = world.resource(Tick);
  if (!agent.train || !agentTrains(world) || newSimulations === 0) return;
  const updates = await agentStep(world, 'train', () => agent.train!(scheduled, newSimulations), 0);
  world.resource(Counts).updates += updates;
  addToAgent(world, 'updates', updates);
}
