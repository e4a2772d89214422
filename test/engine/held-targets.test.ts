import { describe, expect, it } from 'vitest';
import type { AgentDefinition, HeldTarget, RunConfiguration } from '../../engine/api';
import { createLearnServices } from '../../engine/learn/services';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import m3 from '../../plugins/agents/m3';
import { fakeSimulator, steppingAgent, TINY_M3, testCircuit } from './fixtures';
import { startRun } from './run';

/** Gains that `steppingAgent([0, -1])` reaches from 10 in 5 steps, in 7, and never. */
const held: readonly HeldTarget[] = [
  { target: [99, 5], witness: { parameters: [1, 0.01], measures: [100, 1] }, metByRandomSteps: 3 },
  { target: [20, 5], witness: { parameters: [1, 0.01], measures: [100, 1] }, metByRandomSteps: 9 },
  { target: [1e6, 5], witness: { parameters: [1, 0.01], measures: [100, 1] }, metByRandomSteps: 0 },
];

describe('held targets', () => {
  it('are tried at the end by both ways of acting from both starts, and every simulation counts', async () => {
    const phases: string[] = [];
    const told: boolean[] = [];
    const stepping = steppingAgent([0, -1]);
    const { engine, simulator } = startRun({
      agent: {
        ...stepping,
        create: async (context, hyper) => {
          const agent = await stepping.create(context, hyper);
          return {
            ...agent,
            ranks: true,
            propose: (situations, phase) => {
              phases.push(phase);
              // The start and every step since, newest last: nothing of other episodes.
              for (const { step, u, told: points } of situations)
                if (phase !== 'training') told.push(points?.length === step + 1 && points.at(-1)!.u === u);
              return agent.propose(situations, phase);
            },
          };
        },
      },
      circuits: [testCircuit('one', { heldTargets: held })],
      configuration: { budget: 20, stopWhenMet: false, episodeSteps: 8, evaluation: { at: [], whenFirstMet: false, held: 3 } },
    });
    const { held: results, snapshot } = await engine.finished;
    expect(new Set(told)).toEqual(new Set([true]));
    expect(new Set(phases)).toEqual(new Set(['training', 'evaluation', 'ranked']));
    const row = (start: string, targets: string) =>
      results!.find((one) => one.policy === 'plain' && one.start === start && one.targets === targets)!;
    expect(row('published', 'easy')).toMatchObject({ circuit: 'one', episodes: 2, met: 2, simulations: 7, simulationsOfMet: 7 });
    expect(row('published', 'hard')).toMatchObject({ episodes: 1, met: 0, simulations: 8, simulationsOfMet: 0 });
    // A random start is simulated, too.
    expect(row('random', 'hard').simulations).toBe(9);
    expect(results!.length).toBe(8);
    expect(snapshot.simulations.training).toBe(20);
    expect(snapshot.simulations.evaluation).toBe(results!.reduce((sum, { simulations }) => sum + simulations, 0));
    expect(simulator.asked.length).toBe(20 + snapshot.simulations.evaluation);
    const ways = (policy: string) => results!.filter((one) => one.policy === policy).map(({ policy: _, ...rest }) => rest);
    expect(ways('ranked')).toEqual(ways('plain'));
  });

  it('count with every call, every failure and what is lost, as the training does', async () => {
    const { engine, simulator, events } = startRun({
      agent: steppingAgent([0, -1]),
      circuits: [testCircuit('one', { heldTargets: held })],
      configuration: { budget: 20, stopWhenMet: false, episodeSteps: 8, evaluation: { at: [], whenFirstMet: false, held: 3 } },
      simulator: fakeSimulator({
        answer: (_, call) =>
          call === 25 ? new Error('gone') : call === 27 ? { valid: false, failure: 'time-out' } : { calls: 2 },
      }),
    });
    const { held: results, snapshot, reason } = await engine.finished;
    const { training, evaluation } = snapshot.simulations;
    expect(reason).toBe('budget');
    expect(training + evaluation).toBe(2 * simulator.asked.length - 2);
    expect(evaluation).toBe(results!.reduce((sum, { simulations }) => sum + simulations, 0));
    expect(snapshot.progress[0]).toMatchObject({ evaluation, failures: 2, timedOut: 1 });
    expect(events.map(({ kind }) => kind)).toContain('simulator-failed');
  });

  it('are left to the policy alone where the agent does not rank', async () => {
    const { engine } = startRun({
      agent: steppingAgent([0, -1]),
      circuits: [testCircuit('one', { heldTargets: held })],
      configuration: { budget: 20, stopWhenMet: false, episodeSteps: 8, evaluation: { at: [], whenFirstMet: false, held: 3 } },
    });
    expect(new Set((await engine.finished).held!.map(({ policy }) => policy))).toEqual(new Set(['plain']));
  });

  it('each get a search of their own from an optimiser, which is told what came of it and nothing else', async () => {
    const streams: number[] = [];
    const stories: string[][] = [];
    const optimiser: AgentDefinition = {
      id: 'optimiser',
      title: 'optimiser',
      defaults: {},
      evaluates: false,
      create: ({ circuits, environments, random }) => {
        const story: string[] = [];
        stories.push(story);
        streams.push(random.uniform());
        if (environments === 1) story.push(`${circuits.length} ${circuits[0]!.benchmark[0]}`);
        return {
          propose: async (situations) =>
            situations.map(({ slot, u, circuit }) => {
              const next = Float32Array.of(u[0]!, Math.max(0, u[1]! - 0.1));
              return { slot, u: next, action: Float32Array.of(0, -1), origin: `policy ${circuit.index}` };
            }),
          observe: (seen) => {
            for (const { slot, from, done, met } of seen)
              story.push(`${slot} ${from ? 'step' : 'start'}${done ? ` ${met ? 'met' : 'over'}` : ''}`);
          },
          metrics: () => ({}),
          dispose: () => story.push('gone'),
        };
      },
    };
    const { engine } = startRun({
      agent: optimiser,
      circuits: [testCircuit('other'), testCircuit('one', { heldTargets: held })],
      configuration: { budget: 4, stopWhenMet: false, episodeSteps: 8, evaluation: { at: [], whenFirstMet: false, held: 3 } },
    });
    const { held: results, snapshot } = await engine.finished;
    const row = (start: string, targets: string) => results!.find((one) => one.start === start && one.targets === targets)!;
    expect(new Set(results!.map(({ policy }) => policy))).toEqual(new Set(['search']));
    expect(row('published', 'easy')).toMatchObject({ circuit: 'one', episodes: 2, met: 2, simulations: 7 });
    expect(row('published', 'hard')).toMatchObject({ episodes: 1, met: 0, simulations: 8 });
    expect(snapshot.simulations.evaluation).toBe(results!.reduce((sum, { simulations }) => sum + simulations, 0));
    // The run's own, then one for each of three targets and two starts.
    expect(stories.length).toBe(7);
    expect(new Set(streams).size).toBe(7);
    const steps = (count: number, end: string) => [...Array<string>(count - 1).fill('0 step'), `0 step ${end}`, 'gone'];
    expect(stories[1]).toEqual(['1 99', '0 start', ...steps(5, 'met')]);
    expect(stories[2]).toEqual(['1 20', '0 start', ...steps(2, 'met')]);
    expect(stories[3]).toEqual(['1 1000000', '0 start', ...steps(8, 'over')]);
  });

  it('are tried while training where that is wished for, counted as evaluation, and told', async () => {
    const { engine, recorded, events } = startRun({
      agent: steppingAgent([0, -1]),
      circuits: [testCircuit('one', { heldTargets: held })],
      configuration: {
        budget: 40,
        stopWhenMet: false,
        episodeSteps: 8,
        evaluation: { at: [], whenFirstMet: false, heldEvery: 10, heldTargets: 3 },
      },
    });
    const { snapshot } = await engine.finished;
    const told = events.filter(({ kind }) => kind === 'held-targets');
    expect(told.length).toBe(4);
    expect(told[0]!.message).toContain('one 2 of 3');
    expect(snapshot.metrics['held/one/met']).toBeCloseTo(2 / 3);
    // 7 simulations for the two that are met (one of them twice as far), 8 for the one that is not.
    expect(snapshot.metrics['held/one/steps']).toBe(3.5);
    const spent = recorded.filter(({ origin }) => origin === 'held');
    expect(new Set(spent.map(({ phase }) => phase))).toEqual(new Set(['evaluation']));
    expect(snapshot.metrics['held/simulations']).toBe(spent.length);
    expect(snapshot.simulations).toMatchObject({ training: 40, evaluation: spent.length });
    expect(spent.length).toBeGreaterThanOrEqual(4 * 15);
  });

  it('change nothing of a training in which they are tried', async () => {
    const train = async (evaluation: Partial<RunConfiguration['evaluation']>) => {
      const { engine } = startRun({
        agent: steppingAgent([]),
        plugins: [m3],
        circuits: [testCircuit('one', { heldTargets: held })],
        configuration: {
          agent: 'm3',
          hyperParameters: TINY_M3,
          environments: 3,
          budget: 60,
          targets: 'mixed',
          stopWhenMet: false,
          episodeSteps: 7,
          evaluation: { at: [], whenFirstMet: false, ...evaluation },
        },
        learn: async (breathe) =>
          createLearnServices({ executor: await createWasmExecutor({ threads: 1 }), reason: 'a test', breathe }),
      });
      return engine.finished;
    };
    const [without, with_] = [await train({}), await train({ heldEvery: 7, heldTargets: 2 })];
    expect(without.snapshot.updates).toBeGreaterThan(5);
    expect(with_.snapshot.simulations.evaluation).toBeGreaterThan(8 * 2);
    // Over all transitions and the final weights.
    expect(with_.hash).toBe(without.hash);
  });
});
