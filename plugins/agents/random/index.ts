import type { Agent, AgentDefinition, Plugin, RandomState } from '../../../engine/api';

/** Uniform over [0, 1] of every parameter: for parameters on a log scale that is uniform in their logarithm. */
const random: AgentDefinition<Record<never, number>> = {
  id: 'random',
  title: 'Random search',
  defaults: {},
  evaluates: false,
  episodic: false,
  create({ random: stream }): Agent {
    const source = stream.split('sizings');
    return {
      propose: async (situations) =>
        situations.map(({ slot, u }) => {
          const next = Float32Array.from(u, () => source.uniform());
          return { slot, u: next, action: next.map((value, i) => Math.max(-1, Math.min(1, value - u[i]!))), origin: 'random' };
        }),
      observe() {},
      join() {},
      metrics: () => ({}),
      saveState: async () => ({ facts: source.state(), tensors: new Map() }),
      restoreState: async ({ facts }) => source.restore(facts as RandomState),
      dispose() {},
    };
  },
};

export default {
  id: 'agents/random',
  title: 'Random search',
  build: (app) => app.addAgent(random),
} satisfies Plugin;
