import type { Simulator } from '../api/circuit';
import { createSimulatorPool, type WorkerHandle } from './simulators/pool';
import type { FromWorker } from './simulators/worker-protocol';

/**
 * ngspice in WebAssembly in web workers.
 * @param workers instances; one for each core but one where left out, since the engine needs one itself
 * @throws OhmbaError if no instance can be started
 */
export function createBrowserSimulatorPool({ workers }: { readonly workers?: number } = {}): Promise<Simulator> {
  const count = workers || Math.max(1, navigator.hardwareConcurrency - 1);
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
