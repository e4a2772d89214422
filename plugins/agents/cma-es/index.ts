import type {
  Agent,
  AgentCircuit,
  AgentContext,
  AgentDefinition,
  Observation,
  Plugin,
  RandomState,
  RandomStream,
  Situation,
} from '../../../engine/api';
import { type Candidate, type CmaEs, type CmaEsState, createCmaEs } from './strategy';

interface Hyper {
  /** First standard deviation, as a share of each parameter's (log) range. */
  sigma: number;
  /** Candidates a generation; 0: 4 + floor(3 ln n), the tutorial's default. */
  population: number;
  /** Cost of leaving [0, 1], per squared distance: a candidate is clipped, simulated where it was clipped to, and pays. */
  boundaryPenalty: number;
}

interface Search {
  readonly strategy: CmaEs;
  readonly random: RandomStream;
  readonly restarts: number;
  readonly told: { readonly x: Candidate; readonly cost: number }[];
  readonly asked: Map<number, Candidate>;
}

interface SavedSearch {
  readonly strategy: CmaEsState;
  readonly random: RandomState;
  readonly restarts: number;
  readonly told: Search['told'];
  readonly asked: Search['asked'];
}

const cmaEs: AgentDefinition<Hyper> = {
  id: 'cma-es',
  title: 'CMA-ES',
  defaults: { sigma: 0.2, population: 0, boundaryPenalty: 1 },
  structural: ['population'],
  evaluates: false,
  episodic: false,
  create: createAgent,
};

function createAgent(context: AgentContext, hyper: Readonly<Hyper>): Agent {
  const circuits = [...context.circuits];
  const searches = circuits.map((circuit) => begin(context, circuit, hyper, 0));

  function propose(situations: readonly Situation[]) {
    return situations.flatMap(({ slot, circuit, u }) => {
      const search = searches[circuit.index]!;
      // A generation is drawn from one distribution: what is over waits for the next.
      if (search.told.length + search.asked.size >= search.strategy.population) return [];
      const x = search.strategy.sample();
      search.asked.set(slot, x);
      const next = Float32Array.from(x, clip);
      return [{ slot, u: next, action: next.map((value, i) => Math.max(-1, Math.min(1, value - u[i]!))), origin: 'policy' }];
    });
  }

  function observe(observations: readonly Observation[]): void {
    for (const { slot, circuit, from, reward } of observations) {
      const search = searches[circuit.index]!;
      const x = search.asked.get(slot);
      search.asked.delete(slot);
      // The start of an episode is the engine's choice, not a candidate.
      if (!x || !from) continue;
      const outside = x.reduce((sum, value) => sum + (value - clip(value)) ** 2, 0);
      search.told.push({ x, cost: -reward + hyper.boundaryPenalty * outside });
      if (search.told.length < search.strategy.population) continue;
      search.strategy.update(search.told.splice(0));
      if (search.strategy.stalled())
        searches[circuit.index] = begin(context, circuits[circuit.index]!, hyper, search.restarts + 1);
    }
  }

  function save(): SavedSearch[] {
    return searches.map(({ strategy, random, restarts, told, asked }) => ({
      strategy: strategy.state(),
      random: random.state(),
      restarts,
      told: [...told],
      asked: new Map(asked),
    }));
  }

  function restore(saved: readonly SavedSearch[]): void {
    for (const [i, { strategy, random, restarts, told, asked }] of saved.entries()) {
      const search = begin(context, circuits[i]!, hyper, restarts);
      search.strategy.restore(strategy);
      search.random.restore(random);
      search.told.push(...told);
      for (const [slot, x] of asked) search.asked.set(slot, x);
      searches[i] = search;
    }
  }

  return {
    propose: async (situations) => propose(situations),
    observe,
    join(circuit) {
      circuits[circuit.info.index] = circuit;
      searches[circuit.info.index] ??= begin(context, circuit, hyper, 0);
    },
    leave: (index) => searches[index]!.asked.clear(),
    saveState: async () => ({ facts: save(), tensors: new Map() }),
    restoreState: async ({ facts }) => restore(facts as readonly SavedSearch[]),
    metrics: () =>
      Object.fromEntries(
        searches.flatMap(({ strategy, restarts }, i) => {
          const { id } = circuits[i]!.info;
          return [
            [`cma-es/${id}/sigma`, strategy.sigma],
            [`cma-es/${id}/generation`, strategy.generation],
            [`cma-es/${id}/restarts`, restarts],
          ];
        }),
      ),
    dispose() {},
  };
}

/** A search from the initial sizing; after a restart with twice the population of the one before. */
function begin(
  context: AgentContext,
  { info, start }: AgentCircuit,
  { sigma, population }: Readonly<Hyper>,
  restarts: number,
): Search {
  const standard = population > 0 ? population : 4 + Math.floor(3 * Math.log(info.parameters.length));
  const random = context.random.split(`${info.id}/${restarts}`);
  const strategy = createCmaEs({ start, sigma, population: standard * 2 ** Math.min(restarts, 6), random });
  return { strategy, random, restarts, told: [], asked: new Map() };
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}

export default {
  id: 'agents/cma-es',
  title: 'CMA-ES',
  build: (app) => app.addAgent(cmaEs),
} satisfies Plugin;
