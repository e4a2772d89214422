import { describe, expect, it } from 'vitest';
import type { Observation, Scheduled, Situation } from '../../engine/api';
import { EnvironmentState } from '../../engine/api';
import { fakeSimulator, steppingAgent, testCircuit } from './fixtures';
import { startRun } from './run';

/** Raises a, keeps b: gain and power both rise by a factor of 1.58 a step. */
const UP = [1, 0];
/** Lowers b: only the gain rises. Meets the target from 10 in 5 steps. */
const TO_TARGET = [0, -1];

describe('episodes', () => {
  it('count every call of the simulator, starts included, and stop exactly at the budget', async () => {
    const { engine, simulator } = startRun({ agent: steppingAgent(UP), configuration: { budget: 37 } });
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('budget');
    expect(simulator.asked.length).toBe(37);
    expect(snapshot.simulations).toEqual({ training: 37, evaluation: 0, byHand: 0 });
    expect(snapshot.progress[0]!.training).toBe(37);
  });

  it('start the first environment at the published sizing and the others near it', async () => {
    const { engine, recorded } = startRun({ agent: steppingAgent(UP), configuration: { budget: 4 } });
    await engine.finished;
    const starts = recorded;
    expect(starts.map(({ slot, step, origin }) => [slot, step, origin])).toEqual([0, 1, 2, 3].map((slot) => [slot, 0, 'reset']));
    expect([...starts[0]!.parameters]).toEqual([expect.closeTo(1, 6), expect.closeTo(0.1, 6)]);
    for (const { parameters } of starts.slice(1)) {
      expect(parameters[0]).not.toBeCloseTo(1, 6);
      expect(Math.abs(Math.log(parameters[0]!))).toBeLessThanOrEqual(0.05 * Math.log(100) + 1e-6);
    }
  });

  it('last as many steps as configured, and simulate the exact start only once', async () => {
    const seen: Observation[] = [];
    const agent = steppingAgent(UP, { observe: (observations) => void seen.push(...observations) });
    const { engine, simulator } = startRun({
      agent,
      configuration: { environments: 1, episodeSteps: 3, budget: 10, stopWhenMet: false },
    });
    const { snapshot } = await engine.finished;
    expect(seen.filter(({ done }) => done).length).toBe(3);
    expect(seen.filter(({ from }) => from === null).length).toBe(1);
    // 1 start, then three episodes of 3 steps from the known start.
    expect(simulator.asked.length).toBe(10);
    expect(snapshot.environments.episode[0]).toBe(3);
  });

  it('end when all specs are met, and report when that first was', async () => {
    const { engine, events } = startRun({ agent: steppingAgent(TO_TARGET), configuration: { environments: 1 } });
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('met');
    expect(snapshot.progress[0]!.stepsToTarget).toBe(6);
    expect(snapshot.progress[0]!.best!.met).toBe(true);
    expect(snapshot.progress[0]!.best!.measures[0]).toBeGreaterThanOrEqual(99);
    expect(snapshot.environments.state[0]).toBe(EnvironmentState.met);
    expect(events.filter(({ kind }) => kind === 'target-met').length).toBe(1);
  });

  it('never take an invalid or failed simulation for a success, whatever it measures', async () => {
    const good = Float64Array.of(1e6, 1e-6);
    const answers = [
      { measures: good, valid: false, failure: 'invalid-operating-point' as const },
      { measures: good, valid: true, failure: 'no-convergence' as const },
      new Error('the worker is gone'),
    ];
    const seen: Observation[] = [];
    const { engine, events } = startRun({
      agent: steppingAgent(UP, { observe: (observations) => void seen.push(...observations) }),
      simulator: fakeSimulator({ answer: (_, call) => answers[call % 3]! }),
      configuration: { budget: 30 },
    });
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('budget');
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(({ reward, met, valid }) => reward === -1 && !met && !valid)).toBe(true);
    expect(seen.every(({ z }) => z.every((value) => value === 0))).toBe(true);
    expect(snapshot.progress[0]).toMatchObject({ failures: 30, best: null, stepsToTarget: null });
    expect(events.some(({ kind }) => kind === 'simulator-failed')).toBe(true);
  });

  it('are given up after a row of invalid results', async () => {
    const { engine } = startRun({
      agent: steppingAgent(UP),
      simulator: fakeSimulator({ answer: () => ({ valid: false, failure: 'out-of-range' }) }),
      configuration: { environments: 1, budget: 13, resetAfterInvalid: 4 },
    });
    const { snapshot } = await engine.finished;
    // 1 start + 3, then 4 of each following episode: the known start counts as the first invalid of its row.
    expect(snapshot.environments.episode[0]).toBeGreaterThanOrEqual(3);
  });

  it('draw targets from the range when asked, between easy and hard', async () => {
    const { engine, recorded } = startRun({
      agent: steppingAgent(UP),
      configuration: { targets: 'range', budget: 60, episodeSteps: 2 },
    });
    await engine.finished;
    const gains = new Set(recorded.map(({ target }) => target[0]!));
    expect(gains.size).toBeGreaterThan(5);
    for (const gain of gains) expect(gain >= 5 && gain <= 200).toBe(true);
  });

  it('of a solved circuit leave their share to the others', async () => {
    const hard = testCircuit('hard');
    const circuits = [
      testCircuit('easy'),
      { ...hard, specs: hard.specs.map((spec) => (spec.name === 'gain' ? { ...spec, target: 1e9 } : spec)) },
    ];
    const { engine } = startRun({ agent: steppingAgent(TO_TARGET), circuits, configuration: { environments: 2, budget: 50 } });
    const { snapshot } = await engine.finished;
    const [easy, difficult] = snapshot.progress;
    expect(easy!.training).toBe(6);
    expect(difficult!.training).toBe(44);
  });
});

describe('an evaluation', () => {
  it('runs the plain policy apart from training, on calls that are counted apart', async () => {
    const phases: string[] = [];
    const agent = steppingAgent(TO_TARGET);
    const spied = {
      ...agent,
      create: async (...given: Parameters<typeof agent.create>) => {
        const inner = await agent.create(...given);
        return {
          ...inner,
          propose: (situations: readonly Situation[], phase: 'training' | 'evaluation') => {
            phases.push(phase);
            return inner.propose(situations, phase);
          },
        };
      },
    };
    const { engine, simulator, recorded } = startRun({
      agent: spied,
      configuration: { environments: 2, budget: 20, stopWhenMet: false, evaluation: { at: [0.5, 1], whenFirstMet: false } },
    });
    const { snapshot } = await engine.finished;
    // From the known start, 5 steps each.
    expect(snapshot.simulations).toEqual({ training: 20, evaluation: 10, byHand: 0 });
    expect(simulator.asked.length).toBe(30);
    expect(phases.filter((phase) => phase === 'evaluation').length).toBe(10);
    expect(snapshot.metrics).toMatchObject({ 'evaluation/test-circuit/met': 1, 'evaluation/test-circuit/steps': 5 });
    const evaluated = recorded.filter(({ phase }) => phase === 'evaluation');
    expect(evaluated.map(({ target }) => target[0])).toEqual(Array(10).fill(99));
  });

  it('follows the first success where asked, before the run stops', async () => {
    const { engine } = startRun({
      agent: steppingAgent(TO_TARGET),
      configuration: { environments: 1, evaluation: { at: [], whenFirstMet: true } },
    });
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('met');
    expect(snapshot.simulations).toEqual({ training: 6, evaluation: 5, byHand: 0 });
  });
});

describe('the agent', () => {
  it('fits, rolls out and trains by what the schedule says, after new simulations', async () => {
    const calls: string[] = [];
    const trained: [Scheduled, number][] = [];
    const agent = steppingAgent(UP, {
      observe: () => void calls.push('observe'),
      fit: async () => 7 * Math.min(1, calls.push('fit')),
      rollout: async () => 5 * Math.min(1, calls.push('rollout')),
      train: async (scheduled, fresh) => {
        calls.push('train');
        trained.push([scheduled, fresh]);
        return 3;
      },
    });
    const { engine } = startRun({ agent, configuration: { budget: 8 } });
    const { snapshot } = await engine.finished;
    expect(calls).toEqual(['observe', 'fit', 'rollout', 'train', 'observe', 'fit', 'rollout', 'train']);
    expect(trained.map(([, fresh]) => fresh)).toEqual([4, 4]);
    expect(trained[0]![0]).toMatchObject({ realRatio: 0.05, updates: 2, rollouts: 128, rolloutLength: 3 });
    expect(trained[1]![0].realRatio).toBeCloseTo(0.325, 10);
    expect(snapshot.updates).toBe(6);
    const facts = (await engine.ask('entities', { entity: null }))
      .flatMap(({ components }) => components)
      .find(({ component }) => component === 'Agent')!;
    expect(facts.values).toMatchObject({ id: 'stepping', updates: 6, fitSteps: 14, imagined: 10 });
  });

  it('is stopped by an error of its own, with an event that names it', async () => {
    const agent = steppingAgent(UP, { train: () => Promise.reject(new Error('loss is NaN')) });
    const { engine, events, simulator } = startRun({ agent });
    const { reason, failure } = await engine.finished;
    expect(reason).toBe('failed');
    expect(failure).toContain('loss is NaN');
    expect(events.filter(({ kind }) => kind === 'agent-failed').map(({ message }) => message)).toEqual([failure]);
    expect(simulator.asked.length).toBe(4);
  });

  it('is stopped when it proposes what cannot be simulated', async () => {
    const agent = steppingAgent([Number.NaN, 0]);
    const { engine } = startRun({ agent });
    expect((await engine.finished).failure).toMatch(/proposal for slot 0 .* expected 2 values within \[0, 1\]/);
  });

  it('shows its buffers and neural simulators as entities', async () => {
    const agent = steppingAgent(UP, {
      describe: () => ({
        buffers: [
          { kind: 'real', circuit: 0, size: 12, capacity: 99 },
          { kind: 'synthetic', circuit: 0, size: 3, capacity: 50 },
        ],
        neuralSimulators: [{ members: 4, fitSteps: 9, error: 0.5, errorByCircuit: [0.5] }],
      }),
    });
    const { engine } = startRun({ agent });
    await engine.finished;
    const components = (await engine.ask('entities', { entity: null })).flatMap((entity) => entity.components);
    const of = (name: string) => components.filter(({ component }) => component === name).map(({ values }) => values);
    expect(of('Buffer')).toEqual([
      { kind: 'real', circuit: 0, size: 12, capacity: 99 },
      { kind: 'synthetic', circuit: 0, size: 3, capacity: 50 },
    ]);
    expect(of('NeuralSimulator')).toEqual([{ members: 4, fitSteps: 9, error: 0.5, errorByCircuit: [0.5] }]);
    expect(of('Environment').length).toBe(5);
    expect(of('SimulatorWorker').length).toBe(2);
    expect(of('Schedule').length).toBe(1);
  });
});
