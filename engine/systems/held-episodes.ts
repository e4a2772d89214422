import type { HeldResult, HeldTarget, Observation, Proposal, Situation, ToldPoint } from '../api';
import { RandomStream } from '../base';
import type { World } from '../ecs';
import { agentStep } from './agent-step';
import { countCall, isValid } from './count-call';
import { askSearches, type HeldSearch } from './held-search';
import { progressRecords } from './record';
import { askSimulator } from './request-simulation';
import { Counts, Run, type RunCircuit, Tick } from './resources';

/** An episode that aims at a held target: one that the agent never trained for by name. */
export interface HeldEpisode {
  readonly circuit: RunCircuit;
  readonly held: HeldTarget;
  readonly target: Float64Array;
  readonly start: HeldResult['start'];
  u: Float32Array;
  z: Float32Array;
  valid: boolean;
  step: number;
  /** The step that led here; null at the start. */
  from: Observation['from'];
  /** Where the run's agent has no policy that could be tried. */
  search: HeldSearch | null;
  /** Everything it was told, the start included. */
  readonly told: ToldPoint[];
  simulations: number;
  met: boolean;
  over: boolean;
}

/** The first so many held targets of a circuit. Random starts come from a stream of their own, always the same. */
export function beginHeldEpisodes(world: World, circuit: RunCircuit, count: number, start: HeldResult['start']): HeldEpisode[] {
  const random = new RandomStream(world.resource(Run).configuration.seed).split(`held/${circuit.info.id}`);
  return (circuit.definition.heldTargets ?? []).slice(0, count).map((held) => ({
    circuit,
    held,
    target: Float64Array.from(held.target),
    start,
    u: start === 'published' ? circuit.start.slice() : circuit.start.map(() => random.uniform()),
    z: new Float32Array(held.target.length),
    valid: false,
    step: 0,
    from: null,
    search: null,
    told: [],
    simulations: 0,
    met: false,
    over: false,
  }));
}

/**
 * Leads episodes to their ends, all together, a step at a time. An episode may use what it was told itself, not what others were;
 * nothing is learnt. Every simulation counts as one of evaluation, starts included where they are random.
 *
 * @param goOn asked between steps; what is not over by then stays so
 * @param firstSlot under which the agent knows the first of them: where it goes on training, none that an environment has
 */
export async function runHeldEpisodes(
  world: World,
  policy: HeldResult['policy'],
  episodes: readonly HeldEpisode[],
  goOn: () => boolean,
  firstSlot = 0,
): Promise<void> {
  const { agent } = world.resource(Run);
  await simulate(world, episodes);
  for (let going = episodes.filter(({ over }) => !over); going.length > 0 && goOn(); going = going.filter(({ over }) => !over)) {
    const situations = going.map(
      ({ circuit, step, u, z, valid, target, told }, i): Situation => ({
        slot: firstSlot + i,
        circuit: circuit.info,
        step,
        u,
        z,
        valid,
        target,
        told,
      }),
    );
    const searches = going.flatMap(({ search }) => search ?? []);
    const work = () =>
      policy === 'search'
        ? askSearches(searches, situations)
        : agent.propose(situations, policy === 'plain' ? 'evaluation' : 'ranked');
    const proposals = await agentStep<readonly Proposal[]>(world, 'propose sizings for held targets', work, []);
    if (proposals.length < going.length) return;
    for (const { slot, u: next, action } of proposals) {
      const episode = going[slot - firstSlot]!;
      const { u, z, valid } = episode;
      Object.assign(episode, { u: next, from: { u, z, valid, action } });
      episode.step++;
    }
    await simulate(world, going);
  }
}

/** Simulates where each episode stands, and ends those that have met their target or used up their steps. */
async function simulate(world: World, episodes: readonly HeldEpisode[]): Promise<void> {
  const { store } = world.resource(Run);
  const counts = world.resource(Counts);
  const answers = await Promise.all(
    episodes.map(async ({ circuit, start, step, u }) => {
      const known = step === 0 && start === 'published' ? counts.circuits[circuit.info.index]!.startResult : null;
      const parameters = circuit.toPhysical(u);
      return { called: !known, parameters, evaluation: known ?? (await askSimulator(world, circuit.info, parameters)) };
    }),
  );
  // In the order of the episodes, never in that in which answers happened to come.
  for (const [slot, { called, parameters, evaluation }] of answers.entries()) {
    const episode = episodes[slot]!;
    const { circuit, step, target } = episode;
    const { measures, failure, calls = 1, milliseconds } = evaluation;
    const valid = isValid(evaluation);
    episode.valid = valid;
    episode.z = valid ? circuit.toZ(measures) : new Float32Array(target.length);
    episode.told.push({ u: episode.u, z: episode.z, valid });
    const { reward, met } = circuit.score(measures, valid, target);
    episode.met = met;
    episode.over = met || step >= circuit.episodeSteps;
    const { from, u, z, over, search } = episode;
    search?.agent.observe([{ slot: 0, circuit: search.info, from, u, z, valid, measures, target, reward, met, done: over }]);
    if (!called) continue;
    episode.simulations += calls;
    store.simulations([
      {
        simulation: countCall(world, circuit.info, evaluation, 'evaluation'),
        tick: world.resource(Tick).number,
        circuit: circuit.info.id,
        slot,
        episode: 0,
        step,
        phase: 'evaluation',
        origin: 'held',
        parameters,
        target,
        measures,
        valid,
        failure,
        reward,
        met,
        calls,
        milliseconds,
      },
    ]);
  }
  store.tick(() => progressRecords(world));
}
