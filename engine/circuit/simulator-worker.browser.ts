/** Entry of a simulator worker in a browser. */
import { serveSimulator } from './simulators/serve-simulator';
import type { FromWorker, ToWorker } from './simulators/worker-protocol';

const scope = self as unknown as {
  postMessage(message: FromWorker, transfer: readonly Transferable[]): void;
  addEventListener(kind: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
};

void serveSimulator(
  {
    post: (message, transfer = []) => scope.postMessage(message, transfer),
    listen: (listener) => scope.addEventListener('message', (event) => listener(event.data)),
  },
  () => performance.now(),
);
