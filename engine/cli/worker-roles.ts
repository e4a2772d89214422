import { OhmbaError } from '../base';

/** What a worker thread of this bundle may be, by `workerData.role`. */
const roles: Readonly<Record<string, () => void | Promise<void>>> = {};

export async function serveWorker(role: unknown): Promise<void> {
  const serve = typeof role === 'string' ? roles[role] : undefined;
  if (!serve)
    throw new OhmbaError({
      what: `a worker thread was started with the role ${JSON.stringify(role)}`,
      expected: `one of ${Object.keys(roles).join(', ')}`,
      todo: 'set workerData.role where the worker is made',
    });
  await serve();
}
