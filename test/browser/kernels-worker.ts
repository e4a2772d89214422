/** Runs a small case of every kernel on the browser's WebGPU, in a worker as the engine does, and posts what it found. */
import { ReferenceExecutor } from '../../engine/tensor/reference';
import { createWebgpuExecutor } from '../../engine/tensor/webgpu';
import { compareCase, type WorstError } from '../kernels/compare';
import { cases } from '../kernels/webgpu-cases';

export type KernelsReport = { readonly worst: readonly WorstError[] } | { readonly failed: string };

const report = (message: KernelsReport) => self.postMessage(message);

try {
  const webgpu = await createWebgpuExecutor({ parallel: 16 });
  const reference = new ReferenceExecutor();
  const worst: WorstError[] = [];
  for (const name of Object.keys(cases)) worst.push(await compareCase(name, 1, webgpu, reference));
  report({ worst });
} catch (error) {
  report({ failed: String(error) });
}
