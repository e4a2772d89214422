import type { World } from '../ecs';
import { agentStep } from './agent-step';
import { applyResult } from './apply-result';
import { Evaluation, Stage } from './components';
import { beginEpisode, environmentStores, environmentsOf, situationOf, writeProposals } from './environments';
import { evaluateHeldWhenDue } from './evaluate-held';
import { findDue } from './evaluation-plan';
import { requestSimulation, takeArrivals } from './request-simulation';
import { AgentHealth, EvaluationPlan, InFlight, Recording, Run } from './resources';

/**
 * Evaluates the plain policy when it is due: one episode a circuit from the published start on the benchmark target,
 * one step a tick, while training stands still. So the policy does not change under the evaluation, and a pause holds
 * within one, too. Held targets, where they are wished for while training, are tried between such evaluations.
 */
export async function evaluate(world: World): Promise<void> {
  if (world.resource(AgentHealth).failure !== '') return;
  const plan = world.resource(EvaluationPlan);
  if (!plan.active) {
    await evaluateHeldWhenDue(world);
    findDue(world, plan);
    // Training simulations that are under way come home first.
    const { waiting, arrived } = world.resource(InFlight);
    if (plan.due.size > 0 && waiting.size === 0 && arrived.length === 0) begin(world, plan);
    return;
  }
  await step(world);
  const { running } = world.store(Evaluation).columns;
  if (environmentsOf(world, 'evaluation').every((at) => running.get(at) === 0)) plan.active = false;
}

function begin(world: World, plan: EvaluationPlan): void {
  const { circuits, report } = world.resource(Run);
  const stores = environmentStores(world);
  const evaluation = world.store(Evaluation);
  for (const at of environmentsOf(world, 'evaluation')) {
    const circuit = circuits[stores.environment.columns.circuit.get(at)]!;
    if (!plan.due.has(circuit.info.index)) continue;
    beginEpisode(stores, at, circuit.start, circuit.benchmark);
    evaluation.columns.running.set(at, 1);
    evaluation.columns.steps.set(at, 0);
    evaluation.columns.met.set(at, 0);
  }
  plan.due.clear();
  plan.active = true;
  report({ level: 'info', kind: 'evaluation-started', message: `the plain policy is evaluated (${plan.reason})` });
}

async function step(world: World): Promise<void> {
  const { agent, circuits } = world.resource(Run);
  const stores = environmentStores(world);
  const { stage, circuit: circuitOf, slot } = stores.environment.columns;
  const { running } = world.store(Evaluation).columns;
  const environments = environmentsOf(world, 'evaluation').filter((at) => running.get(at) === 1);
  const waiting = environments.filter((at) => stage.get(at) === Stage.ready);
  if (waiting.length > 0) {
    const situations = waiting.map((at) => situationOf(stores, circuits[circuitOf.get(at)]!.info, at));
    const work = async () => {
      writeProposals(stores, waiting, await agent.propose(situations, 'evaluation'));
      return true;
    };
    if (!(await agentStep(world, 'propose sizings for an evaluation', work, false))) return;
  }
  for (const at of environments) requestSimulation(world, at);
  await Promise.all(world.resource(InFlight).waiting.values());
  const bySlot = new Map(environments.map((at) => [slot.get(at), at]));
  for (const { slot: of, evaluation, called } of takeArrivals(world)) {
    const at = bySlot.get(of);
    if (at === undefined) continue;
    const { observation, step: steps } = applyResult(world, at, evaluation, called, 'evaluation');
    if (observation.done) finish(world, at, observation.met, steps);
  }
}

function finish(world: World, at: number, met: boolean, steps: number): void {
  const { circuits, report } = world.resource(Run);
  const { id } = circuits[environmentStores(world).environment.columns.circuit.get(at)]!.info;
  const { columns } = world.store(Evaluation);
  columns.running.set(at, 0);
  columns.met.set(at, met ? 1 : 0);
  columns.steps.set(at, steps);
  const { metrics } = world.resource(Recording);
  metrics[`evaluation/${id}/met`] = met ? 1 : 0;
  metrics[`evaluation/${id}/steps`] = steps;
  report({
    level: 'info',
    kind: 'evaluated',
    message: `${id}: the plain policy ${met ? `met the benchmark target in ${steps} steps` : `did not meet the benchmark target in ${steps} steps`}`,
  });
}
