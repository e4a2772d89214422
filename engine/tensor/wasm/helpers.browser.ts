import type { Platform } from './helpers';
import { hasRelaxedSimd } from './relaxed-simd';

const HEAD = `
const receive = (f) => { onmessage = (event) => f(event.data); };
const send = (m) => postMessage(m);
const finish = () => close();
`;

export const browserPlatform: Platform = {
  cores: navigator.hardwareConcurrency || 1,
  relaxedSimd: hasRelaxedSimd(),
  start(source, { module, memory, control }, thread) {
    const url = URL.createObjectURL(new Blob([HEAD + source], { type: 'text/javascript' }));
    const worker = new Worker(url, { name: `kernels ${thread}` });
    return new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(`a helper thread did not start: ${event.message}`));
      worker.onmessage = () => {
        URL.revokeObjectURL(url);
        resolve({ end: () => worker.terminate() });
      };
      worker.postMessage({ module, memory, control, thread });
    });
  },
};
