import { describe, expect, it } from 'vitest';
import type { ToldPoint } from '../../engine/api';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { runToy, type ToyOptions, toyCircuits, toyHyper } from './toy-run';

describe('M3 on two circuits of different size', () => {
  it('gives the same run, bit for bit, for the same seed, on one thread and on two', async () => {
    const first = await runToy(12);
    const again = await runToy(12);
    const threaded = await runToy(12, { executor: await createWasmExecutor({ threads: 2 }) });
    expect(again.proposals).toBe(first.proposals);
    expect(again.hash).toBe(first.hash);
    expect(threaded.proposals).toBe(first.proposals);
    expect(threaded.hash).toBe(first.hash);
    expect(first.proposals).toContain(':random:');
    expect(first.proposals).toMatch(/:(bred|policy|toward-best):/);
  });

  it('goes on bit for bit in an agent that was given its state, before and after the first fit', async () => {
    const executor = await createWasmExecutor({ threads: 1 });
    const whole = await runToy(12, { executor });
    whole.agent.dispose();
    for (const at of [3, 9, 10]) {
      const resumed = await runToy(12, { executor, replaceAt: at });
      expect(resumed.proposals).toBe(whole.proposals);
      expect(resumed.hash).toBe(whole.hash);
      expect(resumed.agent.metrics()).toEqual(whole.agent.metrics());
      resumed.agent.dispose();
    }
  });

  it('fills both buffers, fits, trains and says so', async () => {
    const { agent } = await runToy(12);
    const { buffers, neuralSimulators } = agent.describe!();
    expect(buffers.filter(({ kind }) => kind === 'real').map(({ size }) => size)).toEqual([24, 24]);
    const synthetic = buffers.filter(({ kind }) => kind === 'synthetic');
    expect(synthetic).toHaveLength(2);
    for (const { size } of synthetic) expect(size).toBeGreaterThan(0);
    expect(neuralSimulators[0]!.fitSteps).toBeGreaterThanOrEqual(20);
    const metrics = agent.metrics();
    for (const name of ['agent/criticLoss', 'agent/actorLoss', 'model/measureLoss'])
      expect(Number.isFinite(metrics[name])).toBe(true);
  });

  it('lets circuits join and leave, keeps what it has learnt, and gives the same run again, saved and restored on the way', async () => {
    const hashes: string[] = [];
    const change: ToyOptions['change'] = async (tick, agent) => {
      if (tick === 8) {
        const before = await agent.weightsHash!();
        const sizes = agent.describe!().buffers.map(({ size }) => size);
        await agent.join!(toyCircuits[2]!);
        expect(await agent.weightsHash!()).toBe(before);
        expect(
          agent.describe!()
            .buffers.slice(0, 4)
            .map(({ size }) => size),
        ).toEqual(sizes);
        return [0, 1, 2];
      }
      if (tick === 15) {
        await agent.leave!(0);
        return [1, 2];
      }
      if (tick === 17) {
        hashes.push(await agent.weightsHash!());
        await agent.join!(toyCircuits[0]!);
        return [0, 1, 2];
      }
      return null;
    };
    const first = await runToy(19, { change });
    const again = await runToy(19, { change, replaceAt: 16 });
    expect(again.proposals).toBe(first.proposals);
    expect(again.hash).toBe(first.hash);
    expect(hashes[0]).toBe(hashes[1]);
    // The newcomer was random first, then ranked; the others went on ranked.
    const lines = first.proposals.split('\n').slice(8);
    const of = (line: string, index: number) =>
      line.split(';').filter((said) => Math.floor(Number(said.split(':')[0]) / 10) === index);
    expect(of(lines[0]!, 2).every((said) => said.includes(':random:unvalued:'))).toBe(true);
    expect(of(lines[0]!, 1).every((said) => said.includes(':valued:'))).toBe(true);
    expect(of(lines.at(-1)!, 2).every((said) => said.includes(':valued:'))).toBe(true);
    expect(
      first.agent.describe!()
        .buffers.filter(({ kind }) => kind === 'real')
        .map(({ size }) => size),
    ).toEqual([34, 38, 22]);
  });

  it('does not wait for the random phase of a circuit that gets no more simulations, also after a resume', async () => {
    const gets = (tick: number, index: number) => index === 1 || tick < 2;
    const { agent, proposals, hash } = await runToy(9, { gets });
    // Circuit 1 is through with its 12 at two a tick, circuit 0 stays at 4.
    const phases = proposals.split('\n').map((line) => (line.includes(':random:unvalued:') ? 'random' : 'ranked'));
    expect(phases).toEqual([...Array(6).fill('random'), ...Array(3).fill('ranked')]);
    expect(agent.describe!().neuralSimulators[0]!.fitSteps).toBeGreaterThan(0);
    expect((await runToy(9, { gets, replaceAt: 4 })).hash).toBe(hash);
    const withoutModel = await runToy(9, { gets, hyper: { ...toyHyper, modelBased: 0 } });
    expect(withoutModel.proposals).toMatch(/:policy:/);
  });

  it('takes what an episode was told into its next step, and keeps nothing of it', async () => {
    const [plain, again, told] = [(await runToy(12)).agent, (await runToy(12)).agent, (await runToy(12)).agent];
    const { info, start, benchmark, toZ } = toyCircuits[0]!;
    const situation = { slot: 0, circuit: info, step: 3, u: start, z: toZ(benchmark), valid: true, target: benchmark };
    const nextOf = async (agent: typeof plain, points: ToldPoint[]) =>
      (await agent.propose([{ ...situation, told: points }], 'ranked'))[0]!.u;
    const choice = await nextOf(plain, []);
    expect(await nextOf(again, [])).toEqual(choice);
    // Told that this choice misses everything by far, it takes another.
    const missed = { u: choice, z: toZ(benchmark).map((z) => z - 3), valid: true };
    expect(await nextOf(told, [missed])).not.toEqual(choice);
    expect(told.describe!()).toEqual(plain.describe!());
    expect(await told.weightsHash!()).toBe(await plain.weightsHash!());
  });
});
