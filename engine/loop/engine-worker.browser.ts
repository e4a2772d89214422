/**
 * Entry of the engine's worker in a page:
 * `new Worker(new URL('…/engine/loop/engine-worker.browser.ts', import.meta.url), { type: 'module' })`, then
 * `connectEngineWorker` of engine/api. The simulators run in workers of their own, inside this one.
 */

import { builtInPlugins } from '../../plugins';
import type { RunConfiguration, Simulator, StartupStep } from '../api';
import type { FromEngine, MessageEnd, ToEngine } from '../api/worker-protocol';
import { messageOf } from '../base';
import { browserSimulatorHost } from '../circuit/simulator-host.browser';
import { createLearnServices } from '../learn/services';
import { createWasmExecutor } from '../tensor/wasm/executor';
import { createEngine } from './create-engine';
import { createSimulator } from './create-simulator';
import { createHostClock } from './host-clock';
import { buildPlugins } from './plugin-host';
import { serveEngine } from './serve-engine';

const clock = createHostClock();

async function open(configuration: Partial<RunConfiguration>, say: (step: StartupStep) => void) {
  // Compiled while the simulators load: neither needs the other.
  const executor = createWasmExecutor();
  executor.catch(() => undefined);
  return createEngine({
    plugins: builtInPlugins,
    configuration,
    clock,
    simulator: { instance: await openSimulators(say), reason: 'runs in any browser, needs no installation' },
    learn: async (breathe) => {
      const reason = globalThis.crossOriginIsolated
        ? 'the fastest without a graphics card'
        : 'one thread only: the page is not cross-origin isolated';
      return createLearnServices({ executor: await executor, reason, breathe });
    },
  });
}

async function openSimulators(say: (step: StartupStep) => void): Promise<Simulator> {
  const step = { id: 'simulator', title: 'Simulator' };
  say({ ...step, state: 'running', detail: 'starting ngspice in WebAssembly' });
  try {
    const pool = await createSimulator(await buildPlugins(builtInPlugins), 'ngspice-wasm', { host: browserSimulatorHost });
    say({ ...step, state: 'done', detail: pool.description });
    return pool;
  } catch (thrown) {
    say({ ...step, state: 'failed', detail: messageOf(thrown) });
    throw thrown;
  }
}

serveEngine(globalThis as unknown as MessageEnd<FromEngine, ToEngine>, open);
