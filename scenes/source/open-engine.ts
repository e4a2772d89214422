import { connectEngineWorker } from '../../engine/api';
import type { OpenEngine } from './live-source';

/** The engine in a module worker of its own: the one place where the page names an entry of the engine. */
export const openEngine: OpenEngine = (configuration, executor, run, crashed) => {
  const worker = new Worker(new URL('../../engine/loop/engine-worker.browser.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('error', (event) => crashed(event.message || 'the worker’s script could not be loaded'));
  return connectEngineWorker(worker, configuration, executor, run ?? undefined);
};
