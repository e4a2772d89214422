import type { World } from '../ecs';
import { Counts, EvaluationPlan, Run } from './resources';

/** Marks the evaluations that have become due by progress. */
export function findDue(world: World, plan: EvaluationPlan): void {
  const { configuration, agentEvaluates, circuits } = world.resource(Run);
  if (!agentEvaluates) return;
  const { training, circuits: counts } = world.resource(Counts);
  let crossed = false;
  while (plan.remaining.length > 0 && training >= plan.remaining[0]! * configuration.budget) {
    plan.reason = `${Math.round(plan.remaining.shift()! * 100)} % of the budget`;
    crossed = true;
  }
  if (crossed) for (const { info } of circuits) if (counts[info.index]!.present) plan.due.add(info.index);
}

/** Asks for an evaluation because a circuit's benchmark target was first met. */
export function evaluateFirstMet(world: World, circuit: number): void {
  const { configuration, agentEvaluates } = world.resource(Run);
  if (!configuration.evaluation.whenFirstMet || !agentEvaluates) return;
  const plan = world.resource(EvaluationPlan);
  plan.due.add(circuit);
  plan.reason = 'the target was first met';
}
