import type { Analysis } from '../api';
import type { Executor } from '../tensor';
import { principalComponents } from './principal-components';

/** Analysis on what an executor runs on. TensorFlow.js is loaded by the first call. */
export async function openAnalysis(executor: Executor): Promise<Analysis> {
  const { openLibrary, viewGroup } = await import('../tensor/tfjs');
  const { tf, backend } = await openLibrary(executor);
  return {
    tf,
    backend,
    view: (groupName, shape) => viewGroup(tf, executor, groupName, shape),
    principalComponents: (rows, columns, count) => principalComponents(tf, rows, columns, count),
  };
}
