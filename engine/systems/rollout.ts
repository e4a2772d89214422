import type { World } from '../ecs';
import { addToAgent } from './agent-facts';
import { agentStep, agentTrains } from './agent-step';
import { Run, Tick } from './resources';

/** Lets the policy act in the neural simulator, which fills the synthetic buffer. */
export async function rollout(world: World): Promise<void> {
  const { agent } = world.resource(Run);
  const { scheduled, newSimulations } = world.resource(Tick);
  if (!agent.rollout || !agentTrains(world) || newSimulations === 0) return;
  const imagined = await agentStep(world, 'roll out its policy', () => agent.rollout!(scheduled), 0);
  addToAgent(world, 'imagined', imagined);
}
