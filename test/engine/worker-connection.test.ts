import { afterEach, describe, expect, it } from 'vitest';
import { connectEngineWorker, type EngineWorker, type Snapshot } from '../../engine/api';
import type { FromEngine, ToEngine } from '../../engine/api/worker-protocol';
import { createEngine, serveEngine } from '../../engine/loop';
import { fakeClock, fakeSimulator, settle, steppingAgent, testPlugins } from './fixtures';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** An engine behind a real message channel, so that everything is cloned or moved as between threads. */
function connect(configuration: Parameters<typeof connectEngineWorker>[1], agent = steppingAgent([1, 0]), opening = () => {}) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  port1.start();
  port2.start();
  let terminated = false;
  const said: string[] = [];
  port1.addEventListener('message', ({ data }) => said.push(data.kind));
  const simulator = fakeSimulator();
  serveEngine(port2 as unknown as Parameters<typeof serveEngine>[0], async (wishes) => {
    opening();
    return createEngine({
      plugins: testPlugins(agent),
      configuration: wishes,
      clock: fakeClock(),
      simulator: { instance: simulator, reason: 'a test' },
    });
  });
  const worker: EngineWorker = {
    postMessage: (message: ToEngine) => port1.postMessage(message),
    addEventListener: (type: 'message', listener: (event: { readonly data: FromEngine }) => void) =>
      port1.addEventListener(type, listener as unknown as EventListener),
    terminate: () => {
      terminated = true;
    },
  };
  const engine = connectEngineWorker(worker, {
    circuits: ['test-circuit'],
    agent: 'stepping',
    environments: 3,
    budget: 9,
    evaluation: { at: [], whenFirstMet: false },
    ...configuration,
  });
  return { engine, simulator, terminated: () => terminated, said };
}

describe('an engine in a worker', () => {
  it('shows catalogue, start-up, snapshots and result, as if it were here', async () => {
    const { engine } = connect({});
    const steps: string[] = [];
    const snapshots: Snapshot[] = [];
    engine.onStartup(({ id, state }) => steps.push(`${id} ${state}`));
    engine.subscribe((snapshot) => snapshots.push(snapshot));
    expect((await engine.ready).circuits.map(({ id }) => id)).toEqual(['test-circuit']);
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('budget');
    expect(snapshot.simulations.training).toBe(9);
    expect(snapshot.environments.parameters.length).toBe(6);
    expect(snapshots.at(-1)!.tick).toBe(3);
    expect(snapshots.at(-1)!.environments.measures.length).toBe(6);
    expect(steps).toEqual(['plugins running', 'plugins done', 'agent running', 'agent done']);
  });

  it('obeys commands and lets entities be looked at', async () => {
    const { engine, simulator } = connect({ startPaused: true, budget: 1e6 });
    let last: Snapshot | null = null;
    engine.subscribe((snapshot) => {
      last = snapshot;
    });
    await engine.ready;
    engine.send({ kind: 'step' });
    await settle(30);
    expect(simulator.asked.length).toBe(3);
    expect(last!.paused).toBe(true);
    const [described] = await engine.ask('entities', { entity: last!.environments.entity[2]! });
    expect(described!.components.find(({ component }) => component === 'Environment')!.values).toMatchObject({
      slot: 2,
      simulations: 1,
    });
    expect((await engine.ask('entities', { entity: null })).length).toBeGreaterThan(5);
    expect(await engine.ask('entities', { entity: 12345 })).toEqual([]);
  });

  it('says why it cannot start', async () => {
    const { engine } = connect({ circuits: ['nowhere'] });
    await expect(engine.ready).rejects.toThrow('there is no circuit "nowhere"');
    await expect(engine.finished).rejects.toThrow('there is no circuit "nowhere"');
  });

  it('that could not be opened refuses questions and can be put away', async () => {
    const { engine, said } = connect({}, undefined, () => {
      throw new Error('no simulator here');
    });
    await expect(engine.ask('entities', { entity: null })).rejects.toThrow('no simulator here');
    await expect(engine.ready).rejects.toThrow('no simulator here');
    await engine.dispose();
    expect(said.at(-1)).toBe('disposed');
  });

  it('is ended after it has put its simulators away', async () => {
    const { engine, terminated } = connect({ budget: 1e6 });
    await engine.ready;
    await engine.dispose();
    expect(terminated()).toBe(true);
    await expect(engine.ask('entities', { entity: null })).rejects.toThrow('the engine is closed');
  });
});
