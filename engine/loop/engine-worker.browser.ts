/**
 * Entry of the engine's worker in a page:
 * `new Worker(new URL('…/engine/loop/engine-worker.browser.ts', import.meta.url), { type: 'module' })`, then
 * `connectEngineWorker` of engine/api. The simulators run in workers of their own, inside this one.
 */

import { builtInPlugins } from '../../plugins';
import type { RunConfiguration, Simulator, StartupStep } from '../api';
import type { ExecutorWish, FromEngine, MessageEnd, ToEngine } from '../api/worker-protocol';
import { messageOf } from '../base';
import { browserSimulatorHost } from '../circuit/simulator-host.browser';
import { createLearnServices } from '../learn/services';
import { type PageRecording, recordInPage } from '../store/run-library.browser';
import { openBrowserExecutor } from '../tensor/open-executor.browser';
import { createEngine } from './create-engine';
import { createSimulator } from './create-simulator';
import { createHostClock } from './host-clock';
import { buildPlugins } from './plugin-host';
import { serveEngine } from './serve-engine';

const clock = createHostClock();

async function open(
  configuration: Partial<RunConfiguration>,
  say: (step: StartupStep) => void,
  wish: ExecutorWish,
  run: string | undefined,
) {
  // Opened while the simulators load: none needs the other.
  const opened = openBrowserExecutor(wish);
  opened.catch(() => undefined);
  const [instance, recording] = await Promise.all([openSimulators(say), record(run, say)]);
  const { resumed = null, ...recorded } = recording ?? {};
  const stored = resumed?.summary.catalogue.configuration as Partial<RunConfiguration> | undefined;
  return createEngine({
    plugins: builtInPlugins,
    // How it was begun says nothing about how it is to go on.
    configuration: { ...configuration, ...stored, startPaused: configuration.startPaused ?? false },
    clock,
    simulator: { instance, reason: 'runs in any browser, needs no installation' },
    learn: async (breathe) => createLearnServices({ ...(await opened), breathe }),
    ...recorded,
    ...(resumed && { resume: resumed.resume }),
  });
}

/** A page that cannot store runs trains all the same, and says so; one that is to go on with a run does not begin another. */
async function record(run: string | undefined, say: (step: StartupStep) => void): Promise<PageRecording | null> {
  const step = { id: 'store', title: 'Run store' };
  say({ ...step, state: 'running', detail: 'opening recorded runs' });
  try {
    const recording = await recordInPage(run, clock);
    say({ ...step, state: 'done', detail: recording.resumed ? 'goes on with a recorded run' : 'records a new run' });
    return recording;
  } catch (thrown) {
    say({ ...step, state: 'failed', detail: messageOf(thrown) });
    if (run !== undefined) throw thrown;
    return null;
  }
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
