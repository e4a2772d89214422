import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Simulator } from '../api/circuit';
import { messageOf, OhmbaError } from '../base';
import { createSimulatorPool, type PoolOptions, type WorkerHandle } from './simulators/pool';
import type { FromWorker } from './simulators/worker-protocol';

export interface NodePoolOptions extends Partial<Pick<PoolOptions, 'recycleAfter' | 'timeLimit' | 'startLimit'>> {
  /** Instances; one a core where left out. */
  readonly workers?: number;
  /** The bundle whose worker threads serve as simulators. */
  readonly entry?: URL;
}

/**
 * ngspice in WebAssembly in worker threads.
 * @throws OhmbaError if the product has not been built, or no instance can be started
 */
export function createNodeSimulatorPool(options: NodePoolOptions = {}): Promise<Simulator> {
  const { workers, entry = bundleEntry(), ...limits } = options;
  const count = workers || availableParallelism();
  return createSimulatorPool({
    ...limits,
    spawn: () => spawn(entry),
    workers: count,
    kind: 'ngspice-wasm',
    description: `ngspice 45 in WebAssembly, ${count} thread${count === 1 ? '' : 's'}`,
  });
}

function spawn(entry: URL): WorkerHandle {
  const worker = new Worker(entry, { workerData: { role: 'simulator' } });
  let failed = (_message: string): void => {};
  worker.on('error', (thrown) => failed(messageOf(thrown)));
  worker.on('exit', (code) => failed(`the thread ended with code ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', (message: FromWorker) => listener(message)),
    onFailure: (listener) => {
      failed = listener;
    },
    terminate: () => void worker.terminate(),
  };
}

const BUNDLE = 'ohmba.mjs';

/** The bundle that this code runs from; from sources (tests), the one that was built last. */
function bundleEntry(): URL {
  const here = new URL(import.meta.url);
  if (here.pathname.endsWith(`/${BUNDLE}`)) return here;
  for (let folder = dirname(fileURLToPath(here)); dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, 'dist', BUNDLE);
    if (existsSync(candidate)) return pathToFileURL(candidate);
  }
  throw new OhmbaError({ what: 'dist/ohmba.mjs is missing', expected: 'a built product', todo: 'run npm run build' });
}
