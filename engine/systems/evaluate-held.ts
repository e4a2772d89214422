import type { HeldResult } from '../api';
import type { World } from '../ecs';
import { beginHeldEpisodes, type HeldEpisode, runHeldEpisodes } from './held-episodes';
import { beginSearch } from './held-search';
import { AgentHealth, Counts, EvaluationPlan, Recording, Roster, Run } from './resources';

/**
 * Evaluates the trained agent on held targets, which it never trained for by name: from the published start and from
 * random ones (the same for all ways of acting), by the plain policy, and by ranked exploration where it has that. An optimiser, which has no
 * policy, begins a search of its own for each target instead.
 *
 * @param goOn asked between steps; what is finished by then is what comes back
 */
export async function evaluateHeld(world: World, goOn: () => boolean): Promise<HeldResult[]> {
  const { agent, agentEvaluates, configuration, circuits, report } = world.resource(Run);
  const counts = world.resource(Counts).circuits;
  const results: HeldResult[] = [];
  const ways = agentEvaluates ? (['plain', ...(agent.ranks ? (['ranked'] as const) : [])] as const) : (['search'] as const);
  for (const policy of ways) {
    for (const circuit of circuits) {
      if (!counts[circuit.info.index]!.present) continue;
      const episodes = (['published', 'random'] as const).flatMap((start) =>
        beginHeldEpisodes(world, circuit, configuration.evaluation.held ?? 0, start),
      );
      if (policy === 'search')
        for (const [i, one] of episodes.entries()) one.search = await beginSearch(world, circuit, i, one.u, one.target);
      await runHeldEpisodes(world, policy, episodes, goOn);
      for (const { search } of episodes) search?.agent.dispose();
      const rows = summarise(
        circuit.info.id,
        policy,
        episodes.filter(({ over }) => over),
      );
      results.push(...rows);
      for (const { start, targets: kind, met, episodes: of } of rows)
        report({
          level: 'info',
          kind: 'held-targets',
          message: `${circuit.info.id}: ${policy}, ${start} start, ${kind} targets: ${met} of ${of} met`,
        });
    }
  }
  return results;
}

/**
 * While training, where the configuration asks for it: the plain policy alone on the first held targets of every circuit, from
 * the published start, whenever so many more training simulations were made. All of it is done within one tick. It draws from no
 * random stream of the training and is no part of the run's hash: training goes on as if it had not been.
 *
 * Metrics, by circuit: `held/ID/met`, the share of the targets that it met; `held/ID/steps`, the mean number of steps to those. And
 * `held/simulations`: what all of this has cost so far.
 */
export async function evaluateHeldWhenDue(world: World): Promise<void> {
  const { agentEvaluates, configuration, circuits, report } = world.resource(Run);
  const { heldEvery: every = 0, heldTargets = 0 } = configuration.evaluation;
  const plan = world.resource(EvaluationPlan);
  const { training, circuits: counts } = world.resource(Counts);
  if (every === 0 || !agentEvaluates || Math.floor(training / every) <= Math.floor(plan.heldAt / every)) return;
  plan.heldAt = training;
  const episodes = circuits
    .filter(({ info }) => counts[info.index]!.present)
    .flatMap((circuit) => beginHeldEpisodes(world, circuit, heldTargets, 'published'));
  const isWell = () => world.resource(AgentHealth).failure === '';
  await runHeldEpisodes(world, 'plain', episodes, isWell, world.resource(Roster).nextSlot);
  if (!isWell() || episodes.length === 0) return;
  const { metrics } = world.resource(Recording);
  const spent = episodes.reduce((sum, { simulations }) => sum + simulations, 0);
  metrics['held/simulations'] = (metrics['held/simulations'] ?? 0) + spent;
  const words = circuits.flatMap((circuit) => {
    const own = episodes.filter((episode) => episode.circuit === circuit);
    const met = own.filter((episode) => episode.met);
    if (own.length === 0) return [];
    const { id } = circuit.info;
    metrics[`held/${id}/met`] = met.length / own.length;
    metrics[`held/${id}/steps`] = met.reduce((sum, { step }) => sum + step, 0) / met.length;
    return [`${id} ${met.length} of ${own.length}`];
  });
  report({
    level: 'info',
    kind: 'held-targets',
    message: `unseen targets met by the plain policy after ${training} simulations: ${words.join(', ')}`,
  });
}

function summarise(circuit: string, policy: HeldResult['policy'], episodes: readonly HeldEpisode[]): HeldResult[] {
  const sum = (of: readonly HeldEpisode[]) => of.reduce((total, { simulations }) => total + simulations, 0);
  return (['published', 'random'] as const).flatMap((start) =>
    (['easy', 'hard'] as const).flatMap((targets): HeldResult[] => {
      const these = episodes.filter((one) => one.start === start && (one.held.metByRandomSteps === 0) === (targets === 'hard'));
      const met = these.filter((one) => one.met);
      if (these.length === 0) return [];
      return [
        {
          circuit,
          policy,
          start,
          targets,
          episodes: these.length,
          met: met.length,
          simulations: sum(these),
          simulationsOfMet: sum(met),
        },
      ];
    }),
  );
}
