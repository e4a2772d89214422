import type { World } from '../ecs';
import { AgentHealth, Counts, EvaluationPlan, InFlight, Roster, Run } from '../systems/resources';

/** Whether the run is over, and why. */
export function endOf(world: World): 'met' | 'budget' | 'failed' | null {
  if (world.resource(AgentHealth).failure !== '') return 'failed';
  const { active, due, remaining } = world.resource(EvaluationPlan);
  const { configuration, agentEvaluates } = world.resource(Run);
  const { circuits, training } = world.resource(Counts);
  if (world.resource(Roster).pending.length > 0) return null;
  const { waiting, arrived } = world.resource(InFlight);
  if (active || due.size > 0 || waiting.size > 0 || arrived.length > 0) return null;
  if (configuration.stopWhenMet && circuits.every(({ present, best }) => !present || best?.met)) return 'met';
  if (training < configuration.budget) return null;
  return agentEvaluates && remaining.some((share) => training >= share * configuration.budget) ? null : 'budget';
}
