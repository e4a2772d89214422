import type {
  Agent,
  AgentCircuit,
  AgentContext,
  AgentDefinition,
  Observation,
  Plugin,
  RandomState,
  Situation,
} from '../../../engine/api';
import { createTrustRegion, type TrustRegion, type TrustRegionState } from './trust-region';

interface Hyper {
  /** Points of the Latin hypercube that a search begins with, per parameter. */
  initialPerParameter: number;
  candidates: number;
  /** Points that the Gaussian process sees at most. */
  mostPoints: number;
}

interface Search {
  readonly region: TrustRegion;
  readonly random: AgentContext['random'];
  /** Sizings under way, by slot, and results of this batch. */
  readonly asked: Map<number, Float64Array>;
  readonly told: { readonly x: Float64Array; readonly value: number }[];
}

interface SavedSearch {
  readonly region: TrustRegionState;
  readonly random: RandomState;
  readonly asked: ReadonlyMap<number, Float64Array>;
  readonly told: Search['told'];
}

const turbo: AgentDefinition<Hyper> = {
  id: 'turbo',
  title: 'Bayesian optimisation in trust regions (TuRBO)',
  defaults: { initialPerParameter: 2, candidates: 256, mostPoints: 256 },
  evaluates: false,
  episodic: false,
  create: createAgent,
};

function createAgent(context: AgentContext, hyper: Readonly<Hyper>): Agent {
  const begin = ({ info, start }: AgentCircuit): Search => {
    const random = context.random.split(info.id);
    return { region: createTrustRegion({ ...hyper, start, random }), random, asked: new Map(), told: [] };
  };
  const circuits = [...context.circuits];
  const searches = circuits.map(begin);

  function propose(situations: readonly Situation[]) {
    const proposals = new Map<number, { slot: number; u: Float32Array; action: Float32Array; origin: string }>();
    for (const [index, search] of searches.entries()) {
      const here = situations.filter(({ circuit }) => circuit.index === index);
      // The next batch waits until all of the last one is known.
      if (here.length === 0 || search.asked.size > 0) continue;
      search.region.tell(search.told.splice(0));
      for (const [i, x] of search.region.ask(here.length).entries()) {
        const { slot, u } = here[i]!;
        const next = Float32Array.from(x);
        search.asked.set(slot, x);
        const action = next.map((value, k) => Math.max(-1, Math.min(1, value - u[k]!)));
        proposals.set(slot, { slot, u: next, action, origin: 'policy' });
      }
    }
    return situations.flatMap(({ slot }) => proposals.get(slot) ?? []);
  }

  function observe(observations: readonly Observation[]): void {
    for (const { slot, circuit, from, reward, met } of observations) {
      const search = searches[circuit.index]!;
      const x = search.asked.get(slot);
      search.asked.delete(slot);
      // The start of an episode is the engine's choice, not a candidate.
      if (x && from) search.told.push({ x, value: worthOf(met ? 0 : reward) });
    }
  }

  return {
    propose: async (situations) => propose(situations),
    observe,
    join(circuit) {
      circuits[circuit.info.index] = circuit;
      searches[circuit.info.index] ??= begin(circuit);
    },
    leave: (index) => searches[index]!.asked.clear(),
    saveState: async () => ({
      facts: searches.map(
        ({ region, random, asked, told }): SavedSearch => ({
          region: region.state(),
          random: random.state(),
          asked: new Map(asked),
          told: [...told],
        }),
      ),
      tensors: new Map(),
    }),
    async restoreState({ facts }) {
      for (const [i, saved] of (facts as readonly SavedSearch[]).entries()) {
        const search = begin(circuits[i]!);
        search.region.restore(saved.region);
        search.random.restore(saved.random);
        for (const [slot, x] of saved.asked) search.asked.set(slot, x);
        search.told.push(...saved.told);
        searches[i] = search;
      }
    },
    metrics: () =>
      Object.fromEntries(
        searches.flatMap(({ region }, i) => [
          [`turbo/${circuits[i]!.info.id}/length`, region.length],
          [`turbo/${circuits[i]!.info.id}/restarts`, region.restarts],
        ]),
      ),
    dispose() {},
  };
}

/** A reward (-1 … 0) on a scale on which the last per mille before the target still counts. */
function worthOf(reward: number): number {
  return -Math.log(0.001 - reward);
}

export default {
  id: 'agents/turbo',
  title: 'TuRBO',
  build: (app) => app.addAgent(turbo),
} satisfies Plugin;
