import { describe, expect, it } from 'vitest';
import type { ScheduleDefinition, ScheduleInput, Snapshot, SystemContext } from '../../engine/api';
import randomSearch from '../../plugins/agents/random';
import { fakeClock, fakeSimulator, settle, steppingAgent, testCircuit } from './fixtures';
import { startRun, type TestRunOptions } from './run';

const UP = [1, 0];
const agent = steppingAgent(UP);
const long = { budget: 1e6, stopWhenMet: false } as const;

describe('the clock', () => {
  it('pauses truly: no simulation is started and no time counted until play', async () => {
    const clock = fakeClock();
    const { engine, simulator } = startRun({ agent, clock, configuration: long });
    let last: Snapshot | null = null;
    engine.subscribe((snapshot) => {
      last = snapshot;
    }, Number.POSITIVE_INFINITY);
    await engine.ready;
    await settle(30);
    engine.send({ kind: 'pause' });
    await settle(10);
    const asked = simulator.asked.length;
    expect(asked).toBeGreaterThan(0);
    await clock.advance(60_000);
    expect(simulator.asked.length).toBe(asked);
    expect(last!.paused).toBe(true);
    expect(last!.simulations.training).toBe(asked);
    expect(last!.seconds).toBeLessThan(1);
    engine.send({ kind: 'play' });
    await settle(10);
    expect(simulator.asked.length).toBeGreaterThan(asked);
    await engine.dispose();
  });

  it('steps one tick at a time', async () => {
    const { engine, simulator } = startRun({ agent, configuration: { ...long, startPaused: true } });
    const shown: Snapshot[] = [];
    engine.subscribe((snapshot) => shown.push(snapshot));
    await engine.ready;
    await settle();
    expect(simulator.asked.length).toBe(0);
    // Whoever looks sees that it stands, and where.
    expect(shown).toMatchObject([{ tick: 0, paused: true }]);
    engine.send({ kind: 'step' });
    await settle();
    expect(simulator.asked.length).toBe(4);
    engine.send({ kind: 'step' });
    engine.send({ kind: 'step' });
    await settle(20);
    expect(simulator.asked.length).toBe(12);
    await engine.dispose();
  });

  it('keeps to a speed, and changes it at once', async () => {
    const clock = fakeClock();
    const { engine, simulator } = startRun({ agent, clock, configuration: { ...long, ticksPerSecond: 10 } });
    await engine.ready;
    await settle(20);
    expect(simulator.asked.length).toBe(4);
    await clock.advance(99);
    expect(simulator.asked.length).toBe(4);
    await clock.advance(1);
    expect(simulator.asked.length).toBe(8);
    engine.send({ kind: 'speed', ticksPerSecond: null });
    await settle(30);
    expect(simulator.asked.length).toBeGreaterThan(12);
    await engine.dispose();
  });

  it('stops when told to, with what was reached', async () => {
    const { engine, simulator } = startRun({ agent, configuration: long });
    await engine.ready;
    await settle(20);
    engine.send({ kind: 'stop' });
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('stopped');
    expect(snapshot.simulations.training).toBe(simulator.asked.length);
  });

  it('hears commands that come before it is ready', async () => {
    const { engine, simulator } = startRun({ agent, configuration: long });
    engine.send({ kind: 'pause' });
    await engine.ready;
    await settle(20);
    expect(simulator.asked.length).toBe(0);
    await engine.dispose();
  });
});

describe('free-running', () => {
  it('skips environments whose simulation has not come back, and lets the others go on', async () => {
    const simulator = fakeSimulator({ manual: true });
    const { engine } = startRun({ agent, simulator, configuration: { ...long, mode: 'free-running' } });
    await engine.ready;
    await settle();
    expect(simulator.asked.length).toBe(4);
    simulator.release(1);
    await settle(20);
    // Only the one that came back has been sent again; the tick did not wait for the other three.
    expect(simulator.asked.length).toBe(5);
    simulator.release(2);
    await settle(20);
    expect(simulator.asked.length).toBe(7);
    engine.send({ kind: 'stop' });
    simulator.release();
    expect((await engine.finished).reason).toBe('stopped');
    await engine.dispose();
  });

  it('never goes beyond the budget, and ends', async () => {
    const simulator = fakeSimulator({ shuffled: true });
    const { engine } = startRun({ agent, simulator, configuration: { mode: 'free-running', budget: 23, stopWhenMet: false } });
    expect((await engine.finished).reason).toBe('budget');
    expect(simulator.asked.length).toBe(23);
  });
});

describe('a run', () => {
  const noisy = (change: Partial<TestRunOptions> = {}) => {
    let random: TestRunOptions['agent'] | null = null;
    randomSearch.build({ addAgent: (definition: unknown) => (random = definition as TestRunOptions['agent']) } as never);
    return startRun({
      agent: { ...random!, id: 'noisy', episodic: true },
      ...change,
      configuration: { budget: 50, targets: 'mixed', episodeSteps: 4, ...change.configuration },
    });
  };

  it('has the same hash for the same seed, whatever order and capacity the simulators have', async () => {
    const first = await noisy({ simulator: fakeSimulator({ capacity: 1 }) }).engine.finished;
    const again = await noisy({ simulator: fakeSimulator({ shuffled: true, capacity: 7 }) }).engine.finished;
    const other = await noisy({ configuration: { seed: 2 } }).engine.finished;
    expect(again.hash).toBe(first.hash);
    expect(other.hash).not.toBe(first.hash);
    expect(first.hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('has another hash if one measure differs in its last bit, or the weights do', async () => {
    const plain = await noisy().engine.finished;
    const nudged = await noisy({
      simulator: fakeSimulator({
        answer: ([a, b], call) => (call === 20 ? { measures: Float64Array.of((a! / b!) * (1 + 2 ** -52), a!) } : {}),
      }),
    }).engine.finished;
    expect(nudged.hash).not.toBe(plain.hash);
    const hashes = await Promise.all(
      ['x', 'y'].map(
        async (weights) =>
          (await startRun({ agent: steppingAgent(UP, { weightsHash: async () => weights }) }).engine.finished).hash,
      ),
    );
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('shows each tick once to a subscriber who wants all, and the last one to everybody', async () => {
    const { engine } = startRun({ agent, configuration: { budget: 20 } });
    const all: number[] = [];
    const few: number[] = [];
    engine.subscribe(({ tick }) => all.push(tick), Number.POSITIVE_INFINITY);
    engine.subscribe(({ tick }) => few.push(tick), 1);
    const { snapshot } = await engine.finished;
    expect(new Set(all).size).toBe(5);
    expect(all.at(-1)).toBe(5);
    // The fake clock stands still: one at the start and one at the end.
    expect(few).toEqual([1, 5]);
    expect(Object.keys(snapshot.phases)).toEqual([
      'schedule',
      'act',
      'simulate',
      'fit',
      'rollout',
      'train',
      'evaluate',
      'record',
      'extract',
    ]);
  });

  it('goes on when a listener or a plugin system fails, and names it once', async () => {
    const { engine, events } = startRun({
      agent,
      plugins: [
        {
          id: 'broken',
          build(app) {
            app.addSystem({ id: 'always-breaks', phase: 'fit', run: () => Promise.reject(new Error('no idea')) });
            app.addMetric({ id: 'twice', title: 'twice', measure: ({ simulations }) => 2 * simulations.training });
            app.addSystem({
              id: 'counts',
              phase: 'record',
              after: ['record'],
              run: (context: SystemContext) => context.setMetric('ticks', context.tick),
            });
          },
        },
      ],
    });
    engine.subscribe(() => {
      throw new Error('drawing failed');
    }, Number.POSITIVE_INFINITY);
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('budget');
    expect(events.map(({ kind }) => kind).sort()).toEqual(['listener-failed', 'system-failed']);
    expect(events.find(({ kind }) => kind === 'system-failed')!.message).toContain('always-breaks (phase fit) failed: no idea');
    expect(snapshot.metrics).toMatchObject({ ticks: 10, twice: 80 });
  });

  it.each([
    ['nothing at all', undefined, /decided undefined; expected an object/],
    ['no number', { updates: Number.NaN }, /decided updates = NaN; expected a number from 0 to/],
    ['an endless step', { updates: Number.POSITIVE_INFINITY }, /decided updates = Infinity/],
    ['less than nothing', { rollouts: -3 }, /decided rollouts = -3/],
    ['a ratio of one circuit that is none', { realRatioByCircuit: [2] }, /decided realRatioByCircuit = \[2\]/],
  ])('does not follow a schedule that decides %s: its last decision stays in force', async (_, wrong, message) => {
    const usual = { realRatio: 0.5, updates: 1, rollouts: 4, rolloutLength: 2, reason: 'as usual' };
    const decide = ({ simulations }: ScheduleInput) => (simulations < 8 ? usual : wrong && { ...usual, ...wrong });
    const { engine, events } = startRun({
      agent,
      plugins: [
        {
          id: 'odd',
          build: (app) => app.addSchedule({ id: 'odd', title: 'odd', decide: decide as ScheduleDefinition['decide'] }),
        },
      ],
      configuration: { schedule: 'odd' },
    });
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('budget');
    expect(snapshot.scheduled).toMatchObject(usual);
    expect(events.map(({ kind }) => kind)).toEqual(['schedule-failed']);
    expect(events[0]!.message).toMatch(message);
  });

  it('runs commands of plugins', async () => {
    const heard: unknown[] = [];
    const { engine, events } = startRun({
      agent,
      configuration: long,
      plugins: [
        {
          id: 'commanding',
          build: (app) => app.addCommand({ id: 'note', title: 'note', run: (_, argument) => void heard.push(argument) }),
        },
      ],
    });
    await engine.ready;
    await settle();
    engine.send({ kind: 'plugin', id: 'note', argument: 7 });
    engine.send({ kind: 'plugin', id: 'nothing' });
    await settle();
    expect(heard).toEqual([7]);
    expect(events.map(({ kind }) => kind)).toEqual(['command-unknown']);
    await engine.dispose();
  });

  it.each([
    [{ circuits: ['nowhere'] }, /no circuit "nowhere"; expected one of test-circuit/],
    [{ agent: 'nobody' }, /no agent "nobody"/],
    [{ environments: 0 }, /environments is 0; expected a whole number/],
    [{ budget: Number.NaN }, /budget is NaN/],
    [{ hyperParameters: { speed: 1 } }, /no hyper-parameter "speed"/],
    [{ circuits: ['test-circuit', 'test-circuit'] }, /chosen twice/],
  ])('that cannot be is refused in one line: %j', async (configuration, message) => {
    const { engine, simulator } = startRun({ agent, configuration });
    await expect(engine.finished).rejects.toThrow(message);
    await expect(engine.ready).rejects.toThrow(message);
    await engine.dispose();
    expect(simulator.asked.length).toBe(0);
  });

  it('copies into each snapshot: nothing in it changes afterwards', async () => {
    const { engine } = startRun({
      agent,
      circuits: [testCircuit('one'), testCircuit('two')],
      configuration: { budget: 12, environments: 3 },
    });
    const seen: Snapshot[] = [];
    const copies: string[] = [];
    engine.subscribe((snapshot) => {
      seen.push(snapshot);
      copies.push(JSON.stringify(snapshot));
    }, Number.POSITIVE_INFINITY);
    await engine.finished;
    expect(seen.map((snapshot) => JSON.stringify(snapshot))).toEqual(copies);
    expect([...seen[0]!.environments.circuit]).toEqual([0, 1, 0]);
    expect([...seen[0]!.environments.parameterOffset]).toEqual([0, 2, 4]);
    const entity = seen[0]!.environments.entity[1]!;
    const [described] = await engine.ask('entities', { entity });
    expect(described!.components.map(({ component }) => component)).toEqual(
      expect.arrayContaining(['Environment', 'Sizing', 'Measured', 'Outcome', 'Training']),
    );
    expect(await engine.ask('entities', { entity: 0xffffffff })).toEqual([]);
  });
});
