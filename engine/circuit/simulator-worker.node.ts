import { parentPort } from 'node:worker_threads';
import { OhmbaError } from '../base';
import { serveSimulator } from './simulators/serve-simulator';

/** What a Node worker thread does that was started with `workerData.role === 'simulator'`. */
export async function serveSimulatorThread(): Promise<void> {
  const port = parentPort;
  if (!port)
    throw new OhmbaError({
      what: 'a simulator was asked to serve in the main thread',
      expected: 'a worker thread',
      todo: 'use createNodeSimulatorPool',
    });
  await serveSimulator(
    {
      post: (message, transfer = []) => port.postMessage(message, [...transfer]),
      listen: (listener) => void port.on('message', listener),
    },
    () => performance.now(),
  );
}
