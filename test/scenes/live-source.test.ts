import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine, RunResult } from '../../engine/api/engine';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import { DEFAULT_VIEW } from '../../scenes/shell/view-state';
import { createLiveSource } from '../../scenes/source/live-source';
import type { Problem, SourceListener, StartupStep } from '../../scenes/source/source';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';

const world = createSyntheticWorld({ environments: 2, circuits: ['two-stage-opamp'], seed: 1 });

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** An engine by hand: the test says when it is ready, ticks and ends. */
function fakeEngine() {
  const ready = deferred<Catalogue>();
  const finished = deferred<RunResult>();
  let listener: (snapshot: Snapshot) => void = () => undefined;
  const engine: Engine = {
    ready: ready.promise,
    finished: finished.promise,
    send: vi.fn(),
    onStartup(to) {
      to({ id: 'simulator', title: 'Simulator', state: 'running', detail: 'loading' });
      return () => undefined;
    },
    onCatalogue: () => () => undefined,
    subscribe(to) {
      listener = to;
      return () => undefined;
    },
    ask: () => Promise.reject(new Error('nobody answers')),
    dispose: vi.fn(async () => undefined),
  };
  return { engine, ready, finished, tick: (snapshot: Snapshot) => listener(snapshot) };
}

function recorder() {
  const steps: StartupStep[] = [];
  const problems: Problem[] = [];
  const listener: SourceListener = {
    step: (step) => steps.push(step),
    catalogue: vi.fn(),
    snapshot: vi.fn(),
    problem: (problem) => problems.push(problem),
    ended: vi.fn(),
  };
  const latest = (id: string) => steps.findLast((step) => step.id === id)?.state;
  return { listener, steps, problems, latest };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('live source', () => {
  beforeEach(() => {
    vi.stubGlobal('Worker', class {});
    vi.stubGlobal('crossOriginIsolated', true);
  });
  afterEach(() => vi.unstubAllGlobals());

  it('offers a page that begins anew the run that was left last, and none to one that looks back', async () => {
    const run = (id: string, state: string, current = false) => ({ id, state, current, training: 5, circuits: [{ id: 'a' }] });
    const ask = async () => [run('c', 'running', true), run('b', 'budget'), run('a', 'running')];
    const begin = async (view: Partial<typeof DEFAULT_VIEW>) => {
      const { engine, ready } = fakeEngine();
      const { listener, problems } = recorder();
      const open = vi.fn(() => ({ ...engine, ask: ask as unknown as Engine['ask'] }));
      createLiveSource({ ...DEFAULT_VIEW, ...view }, open).start(listener);
      ready.resolve(world.catalogue);
      await settle();
      return { open, problems };
    };
    expect((await begin({})).problems).toMatchObject([{ id: 'earlier-run', link: { search: '?run=a' } }]);
    expect((await begin({ run: 'b' })).problems).toEqual([]);
    const looking = await begin({ recorded: 'b' });
    expect(looking.problems).toEqual([]);
    // Whoever follows a link to a recorded run did not ask for a training.
    expect(looking.open).toHaveBeenCalledWith(expect.objectContaining({ startPaused: true }), 'auto', null, expect.anything());
  });

  it('starts what the address asks for, and passes on catalogue, snapshots and commands', async () => {
    const { engine, ready, tick } = fakeEngine();
    const { listener, problems, latest } = recorder();
    const open = vi.fn(() => engine);
    const source = createLiveSource({ ...DEFAULT_VIEW, seed: 9 }, open);
    source.start(listener);
    expect(open).toHaveBeenCalledWith(
      expect.objectContaining({
        circuits: DEFAULT_VIEW.circuits,
        seed: 9,
        environments: 16,
        agent: 'm3',
        // A met target is no reason to stop showing.
        stopWhenMet: false,
      }),
      'auto',
      null,
      expect.any(Function),
    );
    expect(latest('engine')).toBe('running');
    expect(latest('simulator')).toBe('running');
    ready.resolve(world.catalogue);
    await settle();
    expect(latest('engine')).toBe('done');
    expect(latest('simulation')).toBe('running');
    expect(listener.catalogue).toHaveBeenCalledWith(world.catalogue);
    tick(world.snapshot(false, 1));
    expect(latest('simulation')).toBe('done');
    expect(listener.snapshot).toHaveBeenCalledOnce();
    source.send({ kind: 'pause' });
    expect(engine.send).toHaveBeenCalledWith({ kind: 'pause' });
    source.dispose();
    expect(engine.dispose).toHaveBeenCalledOnce();
    expect(problems).toEqual([]);
  });

  it('says what is wrong when the run cannot start', async () => {
    const { engine, ready, finished } = fakeEngine();
    const { listener, problems, latest } = recorder();
    createLiveSource(DEFAULT_VIEW, () => engine).start(listener);
    ready.reject(new Error('Unknown circuit "x".'));
    finished.reject(new Error('Unknown circuit "x".'));
    await settle();
    expect(latest('engine')).toBe('failed');
    expect(problems).toHaveLength(1);
    expect(problems[0].title).toContain('Unknown circuit "x".');
    expect(problems[0].remedy).toContain('Reload');
  });

  it('leads to an address that can start where this one asks for what the engine does not have', async () => {
    const { engine, finished } = fakeEngine();
    const { listener, problems } = recorder();
    createLiveSource({ ...DEFAULT_VIEW, circuits: ['nosuch'], agent: 'ppo', seed: 4 }, () => engine).start(listener);
    finished.reject(new Error('there is no circuit "nosuch"; expected one of two-stage-opamp'));
    await settle();
    expect(problems[0].remedy).toContain('address');
    expect(problems[0].link?.search).toBe('?seed=4');
  });

  it('says when the worker crashed, and how a run ended', async () => {
    const { engine, finished } = fakeEngine();
    const { listener, problems } = recorder();
    let crash: (detail: string) => void = () => undefined;
    createLiveSource(DEFAULT_VIEW, (_, _executor, _run, crashed) => {
      crash = crashed;
      return engine;
    }).start(listener);
    crash('out of memory');
    expect(problems[0]).toMatchObject({ id: 'engine-crashed', level: 'error', detail: 'out of memory' });
    expect(listener.ended).toHaveBeenCalledOnce();
    finished.resolve({ reason: 'met', failure: '', snapshot: world.snapshot(false, 1), hash: '' });
    await settle();
    expect(problems[1]).toMatchObject({ id: 'ended', level: 'note' });
  });

  it('starts on one thread, and says so, where the page is not isolated', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    const { listener, problems } = recorder();
    createLiveSource(DEFAULT_VIEW, () => fakeEngine().engine).start(listener);
    expect(problems[0]).toMatchObject({ id: 'not-isolated', level: 'note' });
  });

  it('does not start without workers', () => {
    vi.stubGlobal('Worker', undefined);
    const { listener, problems } = recorder();
    const open = vi.fn(() => fakeEngine().engine);
    createLiveSource(DEFAULT_VIEW, open).start(listener);
    expect(open).not.toHaveBeenCalled();
    expect(problems[0].title).toContain('no web workers');
  });
});
