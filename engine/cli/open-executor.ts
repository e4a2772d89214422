import { type Executor, ReferenceExecutor } from '../tensor';
import { createWasmExecutor, type WasmExecutor } from '../tensor/wasm/executor';
import type { WebgpuExecutor } from '../tensor/webgpu';
import { probeWebGpu } from './probe-gpu';
import { usageError } from './usage-error';

export type ExecutorName = 'wasm' | 'webgpu' | 'reference';

/**
 * @param threads of the wasm executor; 0: one a core
 * @throws UsageError where webgpu is asked for and there is no adapter
 */
export async function openExecutor(kind: ExecutorName, threads = 0): Promise<Executor> {
  if (kind === 'webgpu') return openWebgpu();
  return kind === 'wasm' ? openWasm(threads) : new ReferenceExecutor();
}

export function openWasm(threads: number): Promise<WasmExecutor> {
  return createWasmExecutor(threads > 0 ? { threads } : {});
}

/** The graphics card, or the software adapter that `VK_ICD_FILENAMES` names. Its code is loaded only here. */
export async function openWebgpu(): Promise<WebgpuExecutor> {
  const { adapter, note } = await probeWebGpu();
  if (adapter === null) throw noWebgpu(note ?? 'no adapter');
  const [{ createWebgpuExecutor, WebgpuUnavailable }, { nodeGpu }] = await Promise.all([
    import('../tensor/webgpu'),
    import('../tensor/webgpu/node-gpu.node'),
  ]);
  try {
    return await createWebgpuExecutor({ gpu: await nodeGpu({ software: Boolean(process.env.VK_ICD_FILENAMES) }) });
  } catch (thrown) {
    if (thrown instanceof WebgpuUnavailable) throw noWebgpu(thrown.reason);
    throw thrown;
  }
}

function noWebgpu(reason: string) {
  return usageError(
    `--executor is "webgpu", and WebGPU is not to be had here (${reason})`,
    'a graphics adapter',
    'use --executor wasm, or see ohmba doctor',
  );
}
