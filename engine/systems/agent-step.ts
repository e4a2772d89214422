import { messageOf } from '../base';
import type { World } from '../ecs';
import { AgentHealth, EvaluationPlan, Run } from './resources';

/** Whether the agent may learn and act for training this tick: it is well, and no evaluation is going on. */
export function agentTrains(world: World): boolean {
  return world.resource(AgentHealth).failure === '' && !world.resource(EvaluationPlan).active;
}

/** Lets the agent do one of its steps. An error stops the agent, with an event that names the step; never the engine. */
export async function agentStep<T>(world: World, step: string, work: () => T | Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { configuration, report } = world.resource(Run);
    const message = `agent ${configuration.agent} failed while it should ${step}: ${messageOf(thrown)}; it is stopped`;
    world.resource(AgentHealth).failure = message;
    report({ level: 'error', kind: 'agent-failed', message });
    return otherwise;
  }
}
