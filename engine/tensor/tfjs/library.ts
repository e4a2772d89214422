import type { Executor } from '../executor';
import type { WebgpuExecutor } from '../webgpu';

/** TensorFlow.js, as plugins get it. */
export type TensorLibrary = typeof import('@tensorflow/tfjs');

export interface OpenedLibrary {
  readonly tf: TensorLibrary;
  readonly backend: 'webgpu' | 'cpu';
}

let library: Promise<TensorLibrary> | null = null;
/** The device that tfjs' backend `webgpu` stands on at present. */
let deviceInUse: GPUDevice | null = null;

/**
 * TensorFlow.js on the device of an executor, or on its CPU backend where the executor has none (or has lost it). It is
 * loaded when it is first asked for. A thread has one tfjs: it stands on the device of whoever asked last.
 */
export async function openLibrary(executor: Executor): Promise<OpenedLibrary> {
  library ??= load();
  const tf = await library;
  const webgpu = deviceOf(executor);
  if (webgpu) {
    await useDevice(tf, webgpu.device);
    await tf.setBackend('webgpu');
    return { tf, backend: 'webgpu' };
  }
  await tf.setBackend('cpu');
  return { tf, backend: 'cpu' };
}

/** The executor, if it has a device that tfjs can share. */
export function deviceOf(executor: Executor): WebgpuExecutor | null {
  if (executor.kind !== 'webgpu' || executor.failure) return null;
  return executor as WebgpuExecutor;
}

async function load(): Promise<TensorLibrary> {
  // The union package: the core alone registers no gradients.
  const tf = await import('@tensorflow/tfjs');
  tf.enableProdMode();
  return tf;
}

async function useDevice(tf: TensorLibrary, device: GPUDevice): Promise<void> {
  if (deviceInUse === device && tf.findBackend('webgpu')) return;
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // Where the host has WebGPU, tfjs registers a backend that would open a device of its own.
  if (tf.engine().registryFactory.webgpu) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => withNavigatorGpu(() => new WebGPUBackend(device, device.adapterInfo)));
  deviceInUse = device;
}

/** tfjs refuses to build its backend where `navigator.gpu` is missing, as in Node, and looks at nothing else of it. */
function withNavigatorGpu<T>(build: () => T): T {
  const host = globalThis as { navigator?: { gpu?: unknown } };
  if (host.navigator?.gpu) return build();
  const before = Object.getOwnPropertyDescriptor(host, 'navigator');
  Object.defineProperty(host, 'navigator', { value: { ...host.navigator, gpu: {} }, configurable: true });
  try {
    return build();
  } finally {
    if (before) Object.defineProperty(host, 'navigator', before);
    else delete host.navigator;
  }
}
