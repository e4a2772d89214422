import { describe, expect, it } from 'vitest';
import type { AgentDefinition, Insight, Proposal, Situation } from '../../engine/api';
import { defaultConfiguration } from '../../engine/api';
import { createLearnServices } from '../../engine/learn/services';
import type { EngineOptions } from '../../engine/loop';
import { createRunCircuit } from '../../engine/loop/run-circuit';
import { createPointHistory } from '../../engine/systems/history';
import type { Transition } from '../../engine/systems/resources';
import { ReferenceExecutor } from '../../engine/tensor';
import { exampleFiles } from '../../plugins/example-files';
import { settle, steppingAgent, testCircuit } from './fixtures';
import { startRun } from './run';

/** Steps up and says what it expects: z as it is now, never sure. */
const expecting: AgentDefinition = steppingAgent([1, 0], {
  propose: async (situations) =>
    situations.map(
      ({ slot, u, z }): Proposal => ({
        slot,
        u: u.map((value, i) => Math.min(1, value + (i === 0 ? 0.1 : 0))),
        action: Float32Array.of(1, 0),
        predicted: { z: z.slice(), spread: z.map(() => 0.5), validity: 0.75 },
        origin: 'toward-best',
      }),
    ),
});

describe('questions to an engine', () => {
  it('points: all that was simulated, in order, with what was expected of it', async () => {
    const circuits = [testCircuit('one'), testCircuit('two')];
    const { engine, recorded } = startRun({ agent: expecting, circuits, configuration: { environments: 3, budget: 12 } });
    await engine.finished;
    const points = await engine.ask('points', { circuit: 1, since: 0 });
    const ofTwo = recorded.filter(({ circuit }) => circuit === 'two');
    expect(ofTwo.length).toBeGreaterThan(2);
    expect(points.total).toBe(ofTwo.length);
    expect([...points.simulation]).toEqual(ofTwo.map(({ simulation }) => simulation));
    expect([...points.measures]).toEqual(ofTwo.flatMap(({ measures }) => [...measures]));
    expect([...points.origin].map((origin) => points.origins[origin])).toEqual(ofTwo.map(({ origin }) => origin));
    expect([...points.reward]).toEqual([...Float32Array.from(ofTwo, ({ reward }) => reward)]);
    // The first of an episode is a start: nothing was expected of it.
    expect(points.step[0]).toBe(0);
    expect(points.validity[0]).toBeNaN();
    expect(points.validity[1]).toBe(0.75);
    expect([...points.spread.slice(2, 4)]).toEqual([0.5, 0.5]);

    const rest = await engine.ask('points', { circuit: 1, since: 1, limit: 1 });
    expect([rest.first, rest.count, rest.total]).toEqual([1, 1, points.total]);
    expect([...rest.u]).toEqual([...points.u.slice(2, 4)]);
    await expect(engine.ask('points', { circuit: 2, since: 0 })).rejects.toThrow(/no circuit 2 .* expected 0 to 1: one, two/);
  });

  it('projection: where the points lie along their principal components', async () => {
    const learn: EngineOptions['learn'] = async (breathe) =>
      createLearnServices({ executor: new ReferenceExecutor(), reason: 'a test', breathe });
    const { engine } = startRun({ agent: expecting, learn, configuration: { environments: 3, budget: 12 } });
    await engine.finished;
    const points = await engine.ask('points', { circuit: 0, since: 0 });
    const found = await engine.ask('projection', { circuit: 0, since: 2 });
    expect([found.first, found.count, found.total]).toEqual([2, points.total - 2, points.total]);
    expect(found.explained[0]! + found.explained[1]!).toBeCloseTo(1, 4);
    // All of u in two dimensions: mean and scores give it back.
    const [x, y] = [found.components.slice(0, 2), found.components.slice(2)];
    for (let i = 0; i < found.count; i++) {
      const [a, b] = found.scores.slice(2 * i);
      for (let p = 0; p < 2; p++) expect(found.mean[p]! + a! * x[p]! + b! * y[p]!).toBeCloseTo(points.u[2 * (i + 2) + p]!, 4);
    }
    expect((await engine.ask('projection', { circuit: 0, since: 0, components: 1 })).scores.length).toBe(points.total);
    await engine.dispose();
    const without = startRun({ agent: expecting, configuration: { budget: 4 } }).engine;
    await expect(without.ask('projection', { circuit: 0, since: 0 })).rejects.toThrow(/no projection of circuit 0/);
  });

  it('simulate: by hand, judged, and counted apart', async () => {
    const { engine, recorded, simulator } = startRun({ agent: steppingAgent([1, 0]), configuration: { budget: 8 } });
    await engine.finished;
    const calls = simulator.asked.length;
    const { evaluation, met, distances } = await engine.ask('simulate', { circuit: 0, parameters: Float64Array.of(4, 0.01) });
    expect([...evaluation.measures]).toEqual([400, 4]);
    expect(met).toBe(true);
    expect(distances.every((distance) => distance >= 0)).toBe(true);
    expect(simulator.asked.length).toBe(calls + 1);
    expect(recorded.length).toBe(8);
    const parameters = Float64Array.of(40, 0.01);
    await expect(engine.ask('simulate', { circuit: 0, parameters })).rejects.toThrow(/a = 40; expected 0.1 to 10 m/);
    await expect(engine.ask('simulate', { circuit: 0, parameters: Float64Array.of(1) })).rejects.toThrow(
      /expected .* b|0.01 to 1/,
    );
  });

  it('verify: at a corner of the circuit, counted by hand; what is not there is refused', async () => {
    const { engine, recorded, simulator } = startRun({ agent: steppingAgent([1, 0]), configuration: { budget: 8 } });
    await engine.finished;
    const calls = simulator.asked.length;
    const { corners, mismatch } = await engine.ask('conditions', { circuit: 0 });
    expect([corners.length, mismatch]).toEqual([9, false]);
    const parameters = Float64Array.of(4, 0.01);
    const found = await engine.ask('verify', { circuit: 0, parameters, condition: { corner: 8 } });
    expect([found.title, found.met]).toEqual([corners[8], true]);
    expect(simulator.asked.length).toBe(calls + 1);
    expect(recorded.length).toBe(8);
    await expect(engine.ask('verify', { circuit: 0, parameters, condition: { corner: 9 } })).rejects.toThrow(/no corner 9/);
    await expect(engine.ask('verify', { circuit: 0, parameters, condition: { sample: 1 } })).rejects.toThrow(/mismatch of none/);
  });

  it('netlist: of any sizing', async () => {
    const { engine } = startRun({ agent: steppingAgent([1, 0]), configuration: { budget: 8 } });
    const netlist = await engine.ask('netlist', { circuit: 0, parameters: Float64Array.of(4, 0.5) });
    expect(netlist).toContain('r1 a 0 4');
    expect(netlist).toContain('.control');
  });

  it('load-circuit: from files, simulated by hand, then trained on', async () => {
    const { engine, simulator } = startRun({
      agent: steppingAgent([1, 0], { join: () => undefined }),
      configuration: { budget: 1e6, environments: 2, startPaused: true },
    });
    await engine.ready;
    expect((await engine.ask('circuits', {})).map(({ id, index }) => [id, index])).toEqual([['test-circuit', 0]]);
    const loaded = await engine.ask('load-circuit', { files: exampleFiles });
    expect(loaded).toMatchObject({ id: 'two-stage-180nm', index: -1 });
    expect((await engine.ask('circuits', {})).map(({ id }) => id)).toEqual(['test-circuit', loaded.id]);

    const parameters = Float64Array.from(loaded.parameters, ({ initial }) => initial);
    await engine.ask('simulate', { circuit: loaded.id, parameters });
    expect(simulator.asked.at(-1)).toEqual(parameters);
    expect(await engine.ask('netlist', { circuit: loaded.id, parameters })).toContain('PTM180N');

    engine.send({ kind: 'add-circuit', circuit: loaded.id });
    engine.send({ kind: 'step' });
    await settle(40);
    expect((await engine.ask('points', { circuit: 1, since: 0 })).u.length).toBeGreaterThanOrEqual(parameters.length);
    await expect(engine.ask('load-circuit', { files: exampleFiles })).rejects.toThrow(/is being trained on; .*take it out/);
    const files = { ...exampleFiles, 'circuit.json': exampleFiles['circuit.json']!.replace('two-stage-180nm', 'test-circuit') };
    await expect(engine.ask('load-circuit', { files })).rejects.toThrow(/"test-circuit" belongs to a circuit/);
    await engine.dispose();
  });

  it('lens: the agent’s inside where an environment stands and where a point was, and a rollout from there', async () => {
    const looked: Situation[] = [];
    const look = async (situation: Situation): Promise<Insight> => {
      looked.push(situation);
      const none = new Float32Array(2);
      const next = situation.u.map((value) => value / 2);
      const predicted = { z: Float32Array.of(1, looked.length), spread: none, validity: looked.length % 2 };
      return { tokens: 6, mean: none, logStd: none, next, values: [0, 0], predicted, layers: [], attribution: none };
    };
    const { engine } = startRun({ agent: steppingAgent([1, 0], { look }), configuration: { budget: 8, environments: 2 } });
    await engine.finished;
    const points = await engine.ask('points', { circuit: 0, since: 0 });
    const at = await engine.ask('lens', { circuit: 0, point: 3, steps: 2 });
    expect([at.circuit, at.step, at.valid, at.rollout.length]).toEqual([0, points.step[3], true, 2]);
    expect([...at.u]).toEqual([...points.u.slice(6, 8)]);
    expect(at.z.every(Number.isFinite)).toBe(true);
    expect(looked.map(({ u }) => u[0]! / at.u[0]!)).toEqual([1, 0.5, 0.25]);
    // Believed to be invalid: there are no measures to go on from.
    expect([looked[1]!.valid, ...looked[1]!.z]).toEqual([true, 1, 1]);
    expect([looked[2]!.valid, ...looked[2]!.z]).toEqual([false, 0, 0]);
    // An answer is handed over to another thread as it is: it holds every buffer once, and none of the engine's.
    const buffers = [at.u, at.z, at.target, at.insight.next, ...at.rollout.flatMap(({ u, z, spread }) => [u, z, spread])].map(
      ({ buffer }) => buffer,
    );
    expect(new Set(buffers).size).toBe(buffers.length);
    const target = [...at.target];
    at.target.fill(0);
    expect([...(await engine.ask('lens', { circuit: 0, point: 3 })).target]).toEqual(target);
    const here = await engine.ask('lens', { environment: 1 });
    expect([here.rollout.length, looked.at(-1)!.slot]).toEqual([0, 1]);
    await expect(engine.ask('lens', { circuit: 0, point: 99 })).rejects.toThrow(/no point 99 of test-circuit/);
    await expect(engine.ask('lens', { environment: 7 })).rejects.toThrow(/no environment 7/);
    const blind = startRun({ agent: steppingAgent([1, 0]), configuration: { budget: 2 } });
    await blind.engine.finished;
    await expect(blind.engine.ask('lens', { environment: 0 })).rejects.toThrow(/agent stepping does not show its inside/);
  });

  it('says what there is to ask', async () => {
    const { engine } = startRun({ agent: steppingAgent([1, 0]), configuration: { budget: 8 } });
    await expect(engine.ask('weather' as 'netlist', { circuit: 0, parameters: new Float64Array() })).rejects.toThrow(
      /no question "weather"; expected entities, points/,
    );
  });
});

describe('a history of points', () => {
  const circuit = createRunCircuit(testCircuit(), 0, defaultConfiguration);
  const transition = (simulation: number): Transition => ({
    phase: 'training',
    observation: {
      slot: 3,
      circuit: circuit.info,
      from: null,
      u: Float32Array.of(simulation / 1000, 0),
      z: new Float32Array(2),
      valid: true,
      measures: Float64Array.of(simulation, 1),
      target: circuit.benchmark,
      reward: -1,
      met: false,
      done: false,
    },
    evaluation: {
      measures: Float64Array.of(simulation, 1),
      valid: true,
      failure: null,
      failureDetail: '',
      milliseconds: 1,
    },
    parameters: Float64Array.of(1, 1),
    predicted: null,
    origin: 'random',
    bestReward: -1,
    episode: 1,
    step: 0,
    simulation,
  });

  it('is bounded: the oldest go, numbers stay', () => {
    const history = createPointHistory(circuit, 300);
    for (let simulation = 1; simulation <= 1000; simulation++) history.add(simulation, transition(simulation));
    const points = history.since(0);
    expect(points.total).toBe(1000);
    expect(points.count).toBeLessThanOrEqual(300);
    expect(points.count).toBeGreaterThanOrEqual(150);
    expect(points.first + points.count).toBe(1000);
    expect([...points.simulation]).toEqual(Array.from({ length: points.count }, (_, i) => points.first + i + 1));
    expect([...points.measures].filter((_, i) => i % 2 === 0)).toEqual([...points.simulation]);
    expect(history.since(1000).count).toBe(0);
  });
});
