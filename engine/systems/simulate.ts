import type { Observation } from '../api';
import type { World } from '../ecs';
import { agentStep, agentTrains } from './agent-step';
import { applyResult } from './apply-result';
import { Stage } from './components';
import { environmentStores, environmentsOf } from './environments';
import { requestSimulation, takeArrivals } from './request-simulation';
import { Counts, EvaluationPlan, InFlight, Run, Tick, wasByChance } from './resources';

/**
 * Sends chosen sizings to the simulators and writes what came back. In lockstep the tick waits for all of its
 * simulations; free-running it takes those that have come, and waits for one only if there is nothing else to do.
 */
export async function simulate(world: World): Promise<void> {
  if (world.resource(EvaluationPlan).active && world.resource(InFlight).waiting.size === 0) return;
  const { configuration } = world.resource(Run);
  const { stage } = environmentStores(world).environment.columns;
  const environments = environmentsOf(world, 'training');
  if (agentTrains(world)) {
    for (const at of environments) if (stage.get(at) === Stage.chosen) requestSimulation(world, at);
  }
  const { waiting, arrived } = world.resource(InFlight);
  if (configuration.mode === 'lockstep' || world.resource(EvaluationPlan).active) await Promise.all(waiting.values());
  else if (arrived.length === 0 && waiting.size > 0) await Promise.race(waiting.values());

  await takeResults(world);
}

/** Writes the answers that have come into their environments and shows them to the agent. */
export async function takeResults(world: World): Promise<void> {
  const { slot } = environmentStores(world).environment.columns;
  const bySlot = new Map(environmentsOf(world, 'training').map((at) => [slot.get(at), at]));
  const counts = world.resource(Counts);
  const tick = world.resource(Tick);
  const observations: Observation[] = [];
  for (const { slot: of, evaluation, called } of takeArrivals(world)) {
    const at = bySlot.get(of);
    if (at === undefined) continue;
    const transition = applyResult(world, at, evaluation, called, 'training');
    // A known start repeats what the agent has already seen.
    if (called || transition.observation.from) observations.push(transition.observation);
    if (called) tick.newSimulations++;
    const { observation, origin } = transition;
    const count = counts.circuits[observation.circuit.index]!;
    if (origin !== 'reset') count.byChance = wasByChance(transition);
    if (observation.done) count.episodes.push(observation.met ? 1 : 0);
  }
  if (observations.length === 0) return;
  const { agent } = world.resource(Run);
  await agentStep(world, 'observe results', () => agent.observe(observations), undefined);
}
