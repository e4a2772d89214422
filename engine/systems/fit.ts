import type { World } from '../ecs';
import { addToAgent } from './agent-facts';
import { agentStep, agentTrains } from './agent-step';
import { Counts, Run, Tick } from './resources';

/** Trains the neural simulator on real data, when the agent finds it due. */
export async function fit(world: World): Promise<void> {
  const { agent } = world.resource(Run);
  if (!agent.fit || !agentTrains(world) || world.resource(Tick).newSimulations === 0) return;
  const shares = world.resource(Counts).circuits.map(({ share }) => share);
  const steps = await agentStep(world, 'fit its neural simulator', () => agent.fit!(shares), 0);
  addToAgent(world, 'fitSteps', steps);
}
