/**
 * Entry of the engine's worker in a page:
 * `new Worker(new URL('…/engine/loop/engine-worker.browser.ts', import.meta.url), { type: 'module' })`, then
 * `connectEngineWorker` of engine/api. The simulators run in workers of their own, inside this one.
 */

import { builtInPlugins } from '../../plugins';
import type { RunConfiguration } from '../api';
import type { FromEngine, MessageEnd, ToEngine } from '../api/worker-protocol';
import { createBrowserSimulatorPool } from '../circuit/pool.browser';
import { createLearnServices } from '../learn/services';
import { createWasmExecutor } from '../tensor/wasm/executor';
import { createEngine } from './create-engine';
import { createHostClock } from './host-clock';
import { serveEngine } from './serve-engine';

const clock = createHostClock();

async function open(configuration: Partial<RunConfiguration>) {
  return createEngine({
    plugins: builtInPlugins,
    configuration,
    clock,
    simulator: { instance: await createBrowserSimulatorPool(), reason: 'runs in any browser, needs no installation' },
    learn: async () => {
      const reason = globalThis.crossOriginIsolated
        ? 'the fastest without a graphics card'
        : 'one thread only: the page is not cross-origin isolated';
      return createLearnServices(await createWasmExecutor(), reason, () => clock.wait(0));
    },
  });
}

serveEngine(globalThis as unknown as MessageEnd<FromEngine, ToEngine>, open);
