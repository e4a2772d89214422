import type { World } from '../ecs';
import { AgentState } from './components';

/** Adds to a count of the agent's entity. */
export function addToAgent(world: World, count: 'updates' | 'fitSteps' | 'imagined', amount: number): void {
  const { columns } = world.store(AgentState);
  for (const entity of world.query(AgentState)) columns[count].add(world.indexOf(entity), amount);
}
