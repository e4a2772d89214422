import type { Simulator } from '../api/circuit';
import { createSimulatorPool, type WorkerHandle } from './simulators/pool';
import type { FromWorker } from './simulators/worker-protocol';

const MOST_WORKERS = 8;

/**
 * ngspice in WebAssembly in web workers.
 * @param workers instances; one a core where left out, eight at most: each takes memory, and the engine waits for them
 * instead of computing beside them
 * @throws OhmbaError if no instance can be started
 */
export function createBrowserSimulatorPool({ workers }: { readonly workers?: number } = {}): Promise<Simulator> {
  const count = workers || Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1);
  return createSimulatorPool({
    spawn,
    workers: count,
    kind: 'ngspice-wasm',
    description: `ngspice 45 in WebAssembly, ${count} web worker${count === 1 ? '' : 's'}`,
  });
}

function spawn(): WorkerHandle {
  const worker = new Worker(new URL('./simulator-worker.browser.ts', import.meta.url), { type: 'module' });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.addEventListener('message', (event: MessageEvent<FromWorker>) => listener(event.data)),
    onFailure: (listener) => worker.addEventListener('error', (event) => listener(event.message || 'the worker failed')),
    terminate: () => worker.terminate(),
  };
}
