import { OhmbaError } from '../base';
import type { World } from '../ecs';
import { agentStep, agentTrains } from './agent-step';
import { Stage } from './components';
import { beginTrainingEpisode, environmentStores, environmentsOf, setState, situationOf, writeProposals } from './environments';
import { dealShares } from './fair-share';
import { Counts, EvaluationPlan, InFlight, Run } from './resources';
import { environmentCounts } from './roster';

/**
 * Chooses the next sizing of every environment that waits for one: starts of new episodes here, all others by the agent
 * in one go. Never more than the budget has left, and as many of each circuit as its share allows.
 */
export async function act(world: World): Promise<void> {
  // An evaluation that is due waits until all is quiet.
  if (!agentTrains(world) || world.resource(EvaluationPlan).due.size > 0) return;
  const { agent, agentEpisodic, circuits, configuration } = world.resource(Run);
  const counts = world.resource(Counts);
  const stores = environmentStores(world);
  const { stage, circuit: circuitOf } = stores.environment.columns;
  const started = new Set<number>();
  const waiting: number[] = [];
  const { waiting: underWay, arrived } = world.resource(InFlight);
  // Answers that have come but were not yet taken are calls already made.
  let left = configuration.budget - counts.training - underWay.size - arrived.filter(({ called }) => called).length;
  const environments = environmentsOf(world, 'training');
  const shares = [...dealShares(counts.circuits, environmentCounts(world), configuration.stopWhenMet)];
  for (const at of environments) {
    const circuit = circuitOf.get(at);
    const first = !started.has(circuit);
    started.add(circuit);
    const idle = stage.get(at) === Stage.fresh || stage.get(at) === Stage.ready;
    if (!idle) continue;
    if (shares[circuit] === 0) {
      if (stores.outcome.columns.met.get(at) === 0) setState(stores, at, 'idle');
      continue;
    }
    if (left <= 0) continue;
    left--;
    shares[circuit]!--;
    counts.circuits[circuit]!.credit--;
    if (stage.get(at) === Stage.ready) waiting.push(at);
    else if (first || agentEpisodic) beginTrainingEpisode(world, at, first);
    else stage.set(at, Stage.ready);
  }
  if (waiting.length === 0) return;
  const situations = waiting.map((at) => situationOf(stores, circuits[circuitOf.get(at)]!.info, at));
  const propose = async () => {
    const written = writeProposals(stores, waiting, await agent.propose(situations, 'training'));
    const quiet = underWay.size === 0 && !environments.some((at) => stage.get(at) === Stage.chosen);
    if (written > 0 || !quiet) return;
    throw new OhmbaError({
      what: `there is no proposal for any of ${waiting.length} situations, and nothing is being simulated`,
      expected: 'at least one',
      todo: "correct the agent's propose",
    });
  };
  await agentStep(world, 'propose sizings', propose, undefined);
}
