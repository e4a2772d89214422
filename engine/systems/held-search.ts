import type { Agent, CircuitInfo, Proposal, Situation } from '../api';
import type { World } from '../ecs';
import { Run, type RunCircuit } from './resources';

/** An agent that works on one held target alone, and the circuit as it knows it. */
export interface HeldSearch {
  readonly agent: Agent;
  readonly info: CircuitInfo;
}

/**
 * A new search for a held target: an agent of the run's kind that knows nothing but where it begins.
 * @param number of the episode among its circuit's; random numbers follow from it
 */
export async function beginSearch(
  world: World,
  circuit: RunCircuit,
  number: number,
  start: Float32Array,
  target: Float64Array,
): Promise<HeldSearch> {
  const info = { ...circuit.info, index: 0 };
  const agent = await world
    .resource(Run)
    .createAgent({ ...circuit, info, start, benchmark: target }, `held/${info.id}/${number}`);
  return { agent, info };
}

/** The next sizing of each search for its situation, which stands at the same place. */
export async function askSearches(searches: readonly HeldSearch[], situations: readonly Situation[]): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const [slot, { agent, info }] of searches.entries()) {
    const [proposal] = await agent.propose([{ ...situations[slot]!, slot: 0, circuit: info }], 'training');
    if (proposal) proposals.push({ ...proposal, slot });
  }
  return proposals;
}
