import { OhmbaError } from '../base';
import { serveSimulatorThread } from '../circuit/simulator-worker.node';

/** What a worker thread of this bundle may be, by `workerData.role`. */
const roles: Readonly<Record<string, () => Promise<void>>> = {
  simulator: serveSimulatorThread,
};

export async function serveWorker(role: unknown): Promise<void> {
  const serve = typeof role === 'string' && Object.hasOwn(roles, role) ? roles[role] : undefined;
  if (!serve)
    throw new OhmbaError({
      what: `a worker thread was started with the role ${JSON.stringify(role)}`,
      expected: `one of ${Object.keys(roles).join(', ')}`,
      todo: 'set workerData.role where the worker is made',
    });
  await serve();
}
