import { describe, expect, it } from 'vitest';
import type { Agent, Catalogue, CircuitDefinition, Snapshot } from '../../engine/api';
import { settle, steppingAgent, testCircuit } from './fixtures';
import { startRun, type TestRunOptions } from './run';

const UP = [1, 0];
const long = { budget: 1e6, stopWhenMet: false } as const;
const circuits = [testCircuit('one'), testCircuit('two')];
const joining = steppingAgent(UP, { join: () => undefined });

async function paused(change: Partial<TestRunOptions> = {}) {
  const run = startRun({
    agent: joining,
    circuits,
    configuration: { ...long, circuits: ['one'], environments: 3, startPaused: true },
    ...change,
  });
  const seen: Snapshot[] = [];
  const catalogues: Catalogue[] = [];
  run.engine.subscribe((snapshot) => void seen.push(snapshot), Number.POSITIVE_INFINITY);
  run.engine.onCatalogue((catalogue) => void catalogues.push(catalogue));
  await run.engine.ready;
  const step = async () => {
    run.engine.send({ kind: 'step' });
    await settle();
    return seen.at(-1)!;
  };
  return { ...run, step, catalogues };
}

describe('the roster', () => {
  it('lets a circuit join with as many environments as the others got, and tells the catalogue anew', async () => {
    const { engine, step, catalogues, events } = await paused();
    await step();
    engine.send({ kind: 'add-circuit', circuit: 'two' });
    const { environments, progress } = await step();
    expect([...environments.circuit]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(progress.map(({ present, training, share }) => [present, training, share])).toEqual([
      [true, 6, 0.5],
      [true, 3, 0.5],
    ]);
    expect(catalogues.map((catalogue) => catalogue.circuits.map(({ id }) => id))).toEqual([['one', 'two']]);
    expect(events.map(({ kind }) => kind)).toContain('circuit-joined');
    await engine.dispose();
  });

  it('is not disturbed by who listens to the catalogue and fails', async () => {
    const { engine, step, catalogues, events } = await paused();
    engine.onCatalogue(() => {
      throw new Error('drawing failed');
    });
    await step();
    engine.send({ kind: 'add-circuit', circuit: 'two' });
    expect([...(await step()).environments.circuit]).toEqual([0, 0, 0, 1, 1, 1]);
    engine.send({ kind: 'remove-circuit', circuit: 'two' });
    expect([...(await step()).environments.circuit]).toEqual([0, 0, 0]);
    expect(catalogues).toHaveLength(2);
    expect(events.filter(({ kind }) => kind === 'listener-failed')).toHaveLength(1);
    await engine.dispose();
  });

  it('lets a circuit leave and join again where it was, with its figures', async () => {
    const { engine, step } = await paused();
    engine.send({ kind: 'add-circuit', circuit: 'two', environments: 1 });
    engine.send({ kind: 'remove-circuit', circuit: 'one' });
    await step();
    const { environments, progress } = await step();
    expect([...environments.circuit]).toEqual([1]);
    expect(progress.map(({ present, training, share }) => [present, training, share])).toEqual([
      [false, 0, 0],
      [true, 2, 1],
    ]);
    engine.send({ kind: 'add-circuit', circuit: 'one', environments: 2 });
    const back = await step();
    expect([...back.environments.circuit]).toEqual([1, 0, 0]);
    expect(back.progress.map(({ training }) => training)).toEqual([2, 3]);
    expect(
      (await engine.ask('entities', { entity: null }))
        .flatMap(({ components }) => components)
        .filter(({ component }) => component === 'Evaluation').length,
    ).toBe(2);
    await engine.dispose();
  });

  it('takes in what is under way before a circuit leaves, and counts it', async () => {
    const { fakeSimulator } = await import('./fixtures');
    const simulator = fakeSimulator({ manual: true });
    const { engine, events, recorded } = startRun({
      agent: joining,
      circuits,
      simulator,
      configuration: { ...long, environments: 4, mode: 'free-running' },
    });
    await engine.ready;
    await settle();
    simulator.release(2);
    await settle();
    engine.send({ kind: 'remove-circuit', circuit: 'two' });
    simulator.release(1);
    await settle();
    // The tick that lets it leave waits for all that is under way.
    simulator.release();
    await settle();
    simulator.release();
    await settle();
    engine.send({ kind: 'stop' });
    simulator.release();
    const { snapshot } = await engine.finished;
    expect(events.map(({ kind }) => kind)).toContain('circuit-left');
    expect([...snapshot.environments.circuit]).toEqual([0, 0]);
    expect(recorded.length).toBe(snapshot.simulations.training);
    expect(snapshot.simulations.training + snapshot.environments.state.filter((s) => s === 1).length).toBe(
      simulator.asked.length,
    );
    await engine.dispose();
  });

  it('takes a whole definition, and says what cannot be', async () => {
    const { engine, step, events } = await paused();
    const said = async (...commands: Parameters<typeof engine.send>[0][]) => {
      for (const command of commands) engine.send(command);
      await step();
      return events.filter(({ kind }) => kind === 'circuit-refused').at(-1)?.message;
    };
    expect(await said({ kind: 'add-circuit', circuit: testCircuit('mine') })).toBeUndefined();
    expect(await said({ kind: 'add-circuit', circuit: 'mine' })).toMatch(/nobody brought it; expected one of one, two/);
    expect(await said({ kind: 'add-circuit', circuit: 'one' })).toMatch(/takes part/);
    expect(await said({ kind: 'add-circuit', circuit: { ...testCircuit('bad'), specs: [] } })).toMatch(/it has no specs/);
    expect(await said({ kind: 'remove-circuit', circuit: 'two' })).toMatch(/does not take part/);
    expect(await said({ kind: 'remove-circuit', circuit: 'one' }, { kind: 'remove-circuit', circuit: 'mine' })).toMatch(
      /last one/,
    );
    await engine.dispose();
  });

  it('keeps a circuit out that the agent cannot take, and goes on', async () => {
    const { engine, step, events } = await paused({ agent: steppingAgent(UP) });
    engine.send({ kind: 'add-circuit', circuit: 'two' });
    const { progress } = await step();
    expect(progress.length).toBe(1);
    expect(progress[0]!.training).toBe(3);
    expect(events.find(({ kind }) => kind === 'circuit-refused')!.message).toMatch(/works on the circuits/);
    await engine.dispose();
  });
});

/** A circuit whose targets nothing meets. */
function impossible(id: string): CircuitDefinition {
  return { ...testCircuit(id), specs: testCircuit().specs.map((s) => ({ ...s, target: 1e9, direction: 'at-least' })) };
}

describe('fair share', () => {
  it('gives a circuit the less, the more of its episodes meet their targets', async () => {
    const { engine } = startRun({
      agent: steppingAgent([0, -1]),
      // `two` can never be met; `one` always is after a few steps.
      circuits: [testCircuit('one'), impossible('two')],
      configuration: { budget: 1000, stopWhenMet: false, episodeSteps: 8 },
    });
    const { snapshot } = await engine.finished;
    const [one, two] = snapshot.progress;
    expect(one!.successRate).toBeGreaterThan(0.9);
    expect(two!.successRate).toBe(0);
    expect(one!.share).toBeCloseTo(0.1 / 1.1, 2);
    expect(one!.training / 1000).toBeLessThan(0.3);
    expect(one!.training + two!.training).toBe(1000);
  });

  it('gives a circuit as much as others while its sizings are random, whatever they meet', async () => {
    const propose: Agent['propose'] = async (situations) =>
      situations.map(({ slot, u }) => {
        const action = Float32Array.of(0, -1);
        return { slot, u: u.map((x, i) => Math.max(0, x + 0.1 * action[i]!)), action, origin: 'random' };
      });
    const { engine } = startRun({
      agent: steppingAgent([], { propose }),
      circuits: [testCircuit('one'), impossible('two')],
      configuration: { budget: 1000, stopWhenMet: false, episodeSteps: 8 },
    });
    const { snapshot } = await engine.finished;
    const [one] = snapshot.progress;
    expect(one!.successRate).toBeGreaterThan(0.5);
    expect(one!.share).toBe(0.5);
    expect(one!.training / 1000).toBeCloseTo(0.5, 1);
  });

  it('tells the agent which circuits get no more simulations', async () => {
    const told: (readonly number[])[] = [];
    const fit: Agent['fit'] = async (shares) => {
      told.push(shares);
      return 0;
    };
    const { engine } = startRun({
      agent: steppingAgent([0, -1], { fit }),
      circuits: [testCircuit('one'), impossible('two')],
      configuration: { budget: 100 },
    });
    await engine.finished;
    expect(told[0]).toEqual([0.5, 0.5]);
    expect(told.at(-1)).toEqual([0, 1]);
  });
});
