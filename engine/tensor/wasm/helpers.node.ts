import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Platform } from './helpers';
import { hasRelaxedSimd } from './relaxed-simd';

const HEAD = `
const { parentPort } = require('node:worker_threads');
const receive = (f) => parentPort.once('message', f);
const send = (m) => parentPort.postMessage(m);
const finish = () => parentPort.close();
`;

/** Node 20 holds the finished proposal behind a flag, which decides what may be compiled from then on; later ones do not. */
function allowRelaxedSimd(): boolean {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return hasRelaxedSimd();
}

export const nodePlatform: Platform = {
  cores: availableParallelism(),
  relaxedSimd: allowRelaxedSimd(),
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
