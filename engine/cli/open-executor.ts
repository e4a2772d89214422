import { messageOf } from '../base';
import { type Executor, ReferenceExecutor } from '../tensor';
import { createWasmExecutor, type WasmExecutor } from '../tensor/wasm/executor';
import type { WebgpuExecutor } from '../tensor/webgpu';
import { probeWebGpu, type WebGpuProbe } from './probe-gpu';
import { usageError } from './usage-error';

export type ExecutorName = 'wasm' | 'webgpu' | 'reference';
export type ExecutorChoice = ExecutorName | 'auto';

/** What computes, why it does, and what is to be timed against it where that decides. */
export interface OpenedExecutor {
  readonly executor: Executor;
  readonly reason: string;
  readonly challenger: Executor | null;
}

/** What `auto` says of WASM before anything is timed; `ohmba doctor` says the same. */
export function reasonForWasm({ adapter, software }: WebGpuProbe): string {
  if (adapter === null) return 'no graphics adapter';
  return software
    ? `the graphics adapter is software (${adapter})`
    : `the update of a run is timed here and on ${adapter}; the faster is taken`;
}

/** @throws UsageError where webgpu is asked for and there is no adapter */
export async function chooseExecutor(choice: ExecutorChoice, threads: number): Promise<OpenedExecutor> {
  if (choice !== 'auto') return { executor: await openExecutor(choice, threads), reason: 'as asked for', challenger: null };
  // Compiled while the adapter is looked for: neither needs the other.
  const [executor, probe] = await Promise.all([openWasm(threads), probeWebGpu()]);
  const reason = reasonForWasm(probe);
  if (probe.adapter === null || probe.software) return { executor, reason, challenger: null };
  try {
    return { executor, reason, challenger: await openDevice() };
  } catch (thrown) {
    return { executor, reason: `the graphics adapter ${probe.adapter} is of no use: ${messageOf(thrown)}`, challenger: null };
  }
}

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
  return openDevice();
}

async function openDevice(): Promise<WebgpuExecutor> {
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
