import { describe, expect, it, vi } from 'vitest';
import type { SimulatorEvent, Waveforms } from '../../engine/api';
import { createSimulatorPool, type PoolOptions, type WorkerHandle } from '../../engine/circuit/simulators/pool';
import type { FromWorker, ToWorker } from '../../engine/circuit/simulators/worker-protocol';
import { divider } from './divider';

const answerOf = (level: number): Record<string, Waveforms> => ({
  op: { kind: 'op', axis: new Float64Array(1), real: { 'v(b)': Float64Array.of(level) }, imaginary: {} },
});

/** Workers that answer with their parameter, 900 after a detour; 666 hangs, 13 throws, 7 reports a dead engine. */
function fakeWorkers(starts: readonly ('ready' | 'dies')[] = []) {
  const made: { terminated: boolean; runs: number }[] = [];
  const spawn = (): WorkerHandle => {
    const self = { terminated: false, runs: 0 };
    const start = starts[made.length] ?? 'ready';
    made.push(self);
    let hear = (_: FromWorker): void => {};
    let fail = (_: string): void => {};
    const later = (work: () => void) => void setTimeout(() => !self.terminated && work(), 0);
    later(() => (start === 'ready' ? hear({ kind: 'ready' }) : fail('no memory')));
    return {
      post(message: ToWorker) {
        if (message.kind !== 'evaluate') return;
        const value = message.parameters[0]!;
        const { job } = message;
        self.runs++;
        if (value === 666) return;
        const answer = () => hear({ kind: 'done', job, results: answerOf(value), log: '', milliseconds: 1 });
        if (value === 13) later(() => fail('out of memory'));
        else if (value === 7)
          later(() => hear({ kind: 'failed', job, failure: 'bad-netlist', message: 'asks', milliseconds: 1, fatal: true }));
        else if (value === 900) later(() => later(answer));
        else later(answer);
      },
      onMessage: (listener) => {
        hear = listener;
      },
      onFailure: (listener) => {
        fail = listener;
      },
      terminate: () => {
        self.terminated = true;
      },
    };
  };
  return { made, spawn };
}

async function openPool(options: Partial<PoolOptions> & Pick<PoolOptions, 'spawn'>) {
  const pool = await createSimulatorPool({ workers: 2, kind: 'fake', description: 'fake', timeLimit: 20, ...options });
  pool.register(divider);
  const events: SimulatorEvent[] = [];
  pool.onEvent((event) => events.push(event));
  const evaluate = (value: number) => pool.evaluate({ circuitId: divider.id, parameters: Float64Array.of(value) });
  return { pool, events, evaluate };
}

describe('the pool', () => {
  it('answers in the order asked, whoever does the work', async () => {
    const { pool, evaluate } = await openPool(fakeWorkers());
    const values = Array.from({ length: 40 }, (_, i) => 100 + i);
    const answers = await Promise.all(values.map(evaluate));
    expect(answers.map(({ measures }) => measures[0])).toEqual(values);
    expect(pool.statistics()).toMatchObject({ evaluations: 40, replaced: 0, queued: 0, busy: 0 });
  });

  it('ends and replaces what hangs, dies or asks questions; nothing else is lost', async () => {
    const workers = fakeWorkers();
    const { pool, events, evaluate } = await openPool(workers);
    const answers = await Promise.all([200, 666, 300, 13, 400, 7, 500, 600].map(evaluate));
    expect(answers.map(({ failure }) => failure)).toEqual([
      null,
      'time-out',
      null,
      'engine-died',
      null,
      'bad-netlist',
      null,
      null,
    ]);
    expect(answers[1]?.failureDetail).toBe('no result within 0.02 s');
    expect(pool.statistics()).toMatchObject({
      evaluations: 8,
      replaced: 3,
      failures: { 'time-out': 1, 'engine-died': 1, 'bad-netlist': 1 },
    });
    expect(events.map(({ kind }) => kind)).toEqual(['replaced', 'replaced', 'replaced']);
    await vi.waitFor(() => expect(workers.made.filter(({ terminated }) => !terminated)).toHaveLength(2));
  });

  it('does not take an instance for hung where its own thread was held', async () => {
    const { pool, evaluate } = await openPool(fakeWorkers());
    const answer = evaluate(900);
    const held = performance.now() + 400;
    while (performance.now() < held);
    expect(await answer).toMatchObject({ failure: null });
    const hung = evaluate(666);
    expect((await hung).failure).toBe('time-out');
    expect(pool.statistics()).toMatchObject({ replaced: 1 });
  });

  it('renews instances after their share of runs, without stopping meanwhile', async () => {
    const workers = fakeWorkers();
    const { pool, events, evaluate } = await openPool({ ...workers, recycleAfter: 10 });
    for (let i = 0; i < 100; i++) expect((await evaluate(500)).valid).toBe(true);
    expect(pool.statistics().recycled).toBeGreaterThan(3);
    expect(events.every(({ kind }) => kind === 'recycled')).toBe(true);
    expect(Math.max(...workers.made.map(({ runs }) => runs))).toBeLessThan(15);
    expect(workers.made.filter(({ terminated }) => !terminated).length).toBeLessThanOrEqual(3);
  });

  it('survives a worker that does not start, and gives up where none does', async () => {
    const { evaluate } = await openPool(fakeWorkers(['dies', 'ready', 'ready']));
    expect((await evaluate(500)).valid).toBe(true);
    const dead = fakeWorkers(Array.from({ length: 20 }, () => 'dies' as const));
    await expect(openPool(dead)).rejects.toThrow(/no instance of ngspice can be started: no memory/);
    expect(dead.made.every(({ terminated }) => terminated)).toBe(true);
  });

  it('answers everything that waits when it is disposed of, and ends its workers', async () => {
    const workers = fakeWorkers();
    const { pool, evaluate } = await openPool(workers);
    const waiting = Promise.all([666, 666, 100, 200].map(evaluate));
    await pool.dispose();
    expect((await waiting).every(({ failure }) => failure === 'engine-died')).toBe(true);
    expect(workers.made.every(({ terminated }) => terminated)).toBe(true);
    expect((await evaluate(100)).failure).toBe('engine-died');
  });

  it('refuses circuits that it was not given, and declarations that are wrong', async () => {
    const { pool } = await openPool(fakeWorkers());
    expect(() => pool.evaluate({ circuitId: 'nope', parameters: new Float64Array(1) })).toThrow(/"nope" was never registered/);
    expect(() => pool.register({ ...divider, measures: {} })).toThrow(/the spec "level" has no measure/);
    expect(() => pool.register({ ...divider, netlist: 'r1 a 0 {unknown}' })).toThrow(/"unknown" is not defined/);
  });
});
