import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Platform } from './helpers';

const HEAD = `
const { parentPort } = require('node:worker_threads');
const receive = (f) => parentPort.once('message', f);
const send = (m) => parentPort.postMessage(m);
const finish = () => parentPort.close();
`;

export const nodePlatform: Platform = {
  cores: availableParallelism(),
  start(source, { module, memory, control }, thread) {
    // execArgv: flags of the host (loaders, inspectors) are no business of a helper.
    const worker = new Worker(HEAD + source, { eval: true, execArgv: [], name: `kernels ${thread}` });
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', () => {
        // An idle helper must not keep the process alive.
        worker.unref();
        resolve({ end: () => void worker.terminate() });
      });
      worker.postMessage({ module, memory, control, thread });
    });
  },
};
