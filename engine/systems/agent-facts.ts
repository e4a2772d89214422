import type { World } from '../ecs';
import { AgentState, NeuralSimulator } from './components';

/** Adds to a count of the agent's entity. */
export function addToAgent(world: World, count: 'updates' | 'fitSteps' | 'imagined', amount: number): void {
  const { columns } = world.store(AgentState);
  for (const entity of world.query(AgentState)) columns[count].add(world.indexOf(entity), amount);
}

/** How far the neural simulator was off on results that it had not seen, in units of z; NaN where there is none yet. */
export function modelErrors(world: World): { readonly error: number; readonly errorByCircuit: readonly number[] } {
  const [entity] = world.query(NeuralSimulator);
  if (entity === undefined) return { error: Number.NaN, errorByCircuit: [] };
  const store = world.store(NeuralSimulator);
  const at = world.indexOf(entity);
  return { error: store.columns.error.get(at), errorByCircuit: [...store.row('errorByCircuit', at)] };
}
