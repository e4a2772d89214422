/** Looking into the agent: right, and without a trace. */
import { describe, expect, it } from 'vitest';
import type { Situation } from '../../engine/api';
import { scanState } from '../../engine/learn/look';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { runToy, toyCircuits, toyHyper } from './toy-run';

const situation = (change: Partial<Situation> = {}): Situation => ({
  slot: 0,
  circuit: toyCircuits[1]!.info,
  step: 3,
  u: Float32Array.of(0.2, 0.4, 0.6, 0.8, 0.5),
  z: Float32Array.of(0.3, -0.2, 0.1, 0.4),
  valid: true,
  target: Float64Array.from(toyCircuits[1]!.info.specs, ({ target }) => target),
  ...change,
});

describe('looking into M3', () => {
  it('shows what the policy would do, and changes nothing', async () => {
    const executor = await createWasmExecutor({ threads: 1 });
    const hyper = { ...toyHyper, layers: 2, modelNoise: 0.1 };
    const unseen = await runToy(12, { executor, hyper });
    unseen.agent.dispose();
    let looks = 0;
    const seen = await runToy(12, {
      executor,
      hyper,
      change: async (_, agent) => {
        await Promise.all([
          agent.look!(situation()),
          agent.look!(
            situation({
              circuit: toyCircuits[0]!.info,
              u: Float32Array.of(0, 0.5, 1),
              z: Float32Array.of(0, 0),
              target: Float64Array.of(1, 1),
            }),
          ),
        ]);
        looks++;
        return null;
      },
    });
    expect(looks).toBe(12);
    expect(seen.hash).toBe(unseen.hash);
    expect(seen.proposals).toBe(unseen.proposals);

    const { agent } = seen;
    const insight = await agent.look!(situation());
    const [proposal] = await agent.propose([situation()], 'evaluation');
    insight.mean.forEach((mean, p) => {
      expect(Math.tanh(mean)).toBeCloseTo(proposal!.action[p]!, 5);
      expect(insight.next[p]).toBeCloseTo(proposal!.u[p]!, 5);
    });
    expect(insight.tokens).toBe(11);
    expect(insight.attribution.length).toBe(5 * 11);
    expect(insight.values).toHaveLength(2);
    expect(insight.predicted?.z).toHaveLength(4);
    expect(insight.layers.map(({ network, layer, backward }) => `${network} ${layer} ${backward}`)).toEqual([
      'actor 0 false',
      'actor 1 true',
      'critic 1 0 false',
      'critic 2 0 false',
      'critic 1 1 false',
      'critic 2 1 false',
    ]);
    for (const { step, state } of insight.layers) {
      expect(step.every((value) => value > 0)).toBe(true);
      expect(state.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
    }
    // What an action owes to the tokens is its own: another situation gives another account.
    const other = await agent.look!(situation({ z: Float32Array.of(-1, 1, 1, -1) }));
    expect(Math.max(...other.attribution.map((value, i) => Math.abs(value - insight.attribution[i]!)))).toBeGreaterThan(1e-4);
    expect((await agent.look!(situation())).attribution).toEqual(insight.attribution);
    agent.dispose();
  });
});

describe('the state of a scan', () => {
  it('decays and takes in as the recurrence says, in token order', () => {
    const scan = {
      step: Float32Array.of(0.5, 1),
      input: Float32Array.of(2, 3),
      b: Float32Array.of(1, 2),
      decay: Float32Array.of(-1),
      tokens: 2,
      backward: false,
    };
    const second = Math.exp(-1) * 1 + 1 * 2 * 3;
    expect([...scanState(scan).state]).toEqual([1, Math.fround(second)]);
    expect([...scanState({ ...scan, backward: true }).step]).toEqual([1, 0.5]);
  });
});
