import { describe, expect, it } from 'vitest';
import { defaultHyperParameters, type HyperParameters } from '../../engine/api';
import { createLearningState } from '../../engine/learn/networks';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { toyAgentCircuit, toyRandom } from './fixtures';
import { agentMaker, runToy, toyCircuits, toyHyper } from './toy-run';

const weightsOf = (change: Partial<HyperParameters>) => {
  const state = createLearningState([toyAgentCircuit(0, 3, 2)], { ...defaultHyperParameters, ...change }, toyRandom(1), 1);
  return [state.actor, state.critic, state.model].map(({ group }) =>
    group.variables.reduce((sum, { rows, columns }) => sum + rows * columns, 0),
  );
};

describe('switches for experiments', () => {
  it('the Transformer has as many weights as Mamba, within 1 %', () => {
    const mamba = weightsOf({});
    for (const [i, count] of weightsOf({ transformer: 1 }).entries()) expect(Math.abs(count / mamba[i]! - 1)).toBeLessThan(0.01);
  });

  it('the Transformer learns in place of Mamba, the same run from the same seed', async () => {
    const hyper = { ...toyHyper, transformer: 1 };
    const first = await runToy(9, { hyper });
    expect((await runToy(9, { hyper })).hash).toBe(first.hash);
    expect(first.hash).not.toBe((await runToy(9)).hash);
    expect(first.proposals).toMatch(/:(bred|policy|toward-best):/);
  });

  it('plain soft actor-critic has no neural simulator and trains on real data alone', async () => {
    const { agent, proposals } = await runToy(10, { hyper: { ...toyHyper, modelBased: 0 } });
    const { buffers, neuralSimulators } = agent.describe!();
    expect(neuralSimulators[0]!.fitSteps).toBe(0);
    expect(buffers.filter(({ kind }) => kind === 'synthetic').every(({ size }) => size === 0)).toBe(true);
    expect(Number.isFinite(agent.metrics()['agent/criticLoss'])).toBe(true);
    expect(new Set(proposals.match(/:[a-z-]+:/g))).toEqual(new Set([':random:', ':policy:']));
  });

  it('without synthetic data the neural simulator still values what is explored', async () => {
    const { agent, proposals } = await runToy(9, { hyper: { ...toyHyper, synthetic: 0 } });
    expect(
      agent.describe!()
        .buffers.filter(({ kind }) => kind === 'synthetic')
        .every(({ size }) => size === 0),
    ).toBe(true);
    expect(proposals).toMatch(/:(bred|toward-best):/);
  });

  it('synthetic data that a branch switches off is left behind', async () => {
    const { agent } = await runToy(12);
    const sizes = ({ describe: parts }: typeof agent) =>
      parts!().buffers.flatMap(({ kind, size }) => (kind === 'synthetic' ? [size] : []));
    expect(Math.min(...sizes(agent))).toBeGreaterThan(0);
    const executor = await createWasmExecutor({ threads: 1 });
    const branched = agentMaker({ ...toyHyper, synthetic: 0 }).create(executor, toyCircuits.slice(0, 2));
    await branched.restoreState!(await agent.saveState!());
    expect(sizes(branched)).toEqual([0, 0]);
  });

  it('a neural simulator made worse is off by what was asked for', async () => {
    const errorOf = async (change: Partial<HyperParameters>) =>
      (await runToy(12, { hyper: { ...toyHyper, correction: 0, ...change } })).agent.describe!().neuralSimulators[0]!.error;
    const as = await errorOf({});
    expect(as).toBeLessThan(1);
    expect(await errorOf({ modelBias: 2 })).toBeGreaterThan(1);
    expect(await errorOf({ modelNoise: 2 })).toBeGreaterThan(1.2 * as);
  });

  it('is told as off where corrections hide it from ranking: rollouts see the networks as they are', async () => {
    const { agent } = await runToy(16, { hyper: { ...toyHyper, modelBias: 2 } });
    const metrics = agent.metrics();
    for (const circuit of [0, 1]) {
      expect(metrics[`model/error/${circuit}`]).toBeGreaterThan(1);
      expect(metrics[`ranking/error/${circuit}`]).toBeLessThan(metrics[`model/error/${circuit}`]! / 2);
    }
  });

  it('policy noise in place of ranking: the neural simulator is measured all the same, and says what it expects', async () => {
    const { agent, proposals } = await runToy(12, { hyper: { ...toyHyper, candidates: 0 } });
    expect(agent.describe!().neuralSimulators[0]!.error).toBeGreaterThan(0);
    expect(Object.keys(agent.metrics()).filter((name) => name.startsWith('ranking/'))).toEqual([]);
    expect(proposals).toMatch(/:policy:valued:/);
  });

  it('old synthetic data is retired', async () => {
    const sizes = async (syntheticFits: number) =>
      (await runToy(12, { hyper: { ...toyHyper, syntheticFits, fitEvery: 4 } })).agent.describe!()
        .buffers.filter(({ kind }) => kind === 'synthetic')
        .map(({ size }) => size);
    const kept = await sizes(100);
    for (const [i, size] of (await sizes(2)).entries()) expect(size).toBeLessThan(kept[i]!);
  });
});
