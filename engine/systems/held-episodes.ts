import type { Evaluation, HeldResult, HeldTarget, Observation, Proposal, Situation, ToldPoint } from '../api';
import { RandomStream } from '../base';
import type { World } from '../ecs';
import { agentStep } from './agent-step';
import { askSearches, type HeldSearch } from './held-search';
import { progressRecords } from './record';
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
  const { simulator, store } = world.resource(Run);
  const counts = world.resource(Counts);
  const answers = await Promise.all(
    episodes.map(async ({ circuit, start, step, u }) => {
      const known = step === 0 && start === 'published' ? counts.circuits[circuit.info.index]!.startResult : null;
      const request = { circuitId: circuit.info.id, parameters: circuit.toPhysical(u) };
      const failed = (): Evaluation | null => null;
      return { called: !known, ...request, evaluation: known ?? (await simulator.evaluate(request).catch(failed)) };
    }),
  );
  // In the order of the episodes, never in that in which answers happened to come.
  for (const [slot, { called, parameters, evaluation }] of answers.entries()) {
    const episode = episodes[slot]!;
    const { circuit, step, target } = episode;
    const measures = evaluation?.valid && evaluation.failure === null ? evaluation.measures : null;
    episode.valid = measures !== null;
    episode.z = measures ? circuit.toZ(measures) : new Float32Array(target.length);
    episode.told.push({ u: episode.u, z: episode.z, valid: episode.valid });
    const { reward, met } = circuit.score(measures ?? new Float64Array(target.length), measures !== null, target);
    episode.met = measures !== null && met;
    episode.over = episode.met || step >= circuit.episodeSteps;
    episode.search?.agent.observe([
      {
        slot: 0,
        circuit: episode.search.info,
        from: episode.from,
        u: episode.u,
        z: episode.z,
        valid: episode.valid,
        measures: evaluation?.measures ?? new Float64Array(target.length).fill(Number.NaN),
        target,
        reward,
        met: episode.met,
        done: episode.over,
      },
    ]);
    if (!called) continue;
    counts.evaluation++;
    counts.circuits[circuit.info.index]!.evaluation++;
    episode.simulations++;
    store.simulations([
      {
        simulation: counts.training + counts.evaluation,
        tick: world.resource(Tick).number,
        circuit: circuit.info.id,
        slot,
        episode: 0,
        step,
        phase: 'evaluation',
        origin: 'held',
        parameters,
        target,
        measures: evaluation?.measures ?? new Float64Array(target.length).fill(Number.NaN),
        valid: episode.valid,
        failure: evaluation ? evaluation.failure : 'engine-died',
        reward,
        met: episode.met,
        milliseconds: evaluation?.milliseconds ?? 0,
      },
    ]);
  }
  store.tick(() => progressRecords(world));
}
