import type { Executor, ExecutorFailure } from '../executor';
import type { VariableGroup } from '../variables';
import { type DeviceResult, hasSubgroups, openDevice } from './device';
import { createPipelineCache } from './pipelines';
import { createProgram } from './program';
import { createReader, storageBuffer } from './storage';

export interface WebgpuExecutor extends Executor {
  readonly kind: 'webgpu';
  readonly device: GPUDevice;
  /** Set once the device is lost or has reported an error; programs then throw `WebgpuFailure`. */
  readonly failure: ExecutorFailure | null;
  /** Tells of the failure, at once if it has happened. Returns what stops listening. */
  onLost(listener: (failure: ExecutorFailure) => void): () => void;
  /** The buffer of a group, to be viewed elsewhere on the same device (tfjs). It stays the executor's. */
  groupBuffer(groupName: string): GPUBuffer;
  /** Pipelines that programs share so far. */
  readonly pipelineCount: number;
}

/** No device could be opened; `reason` says why. */
export class WebgpuUnavailable extends Error {
  override readonly name = 'WebgpuUnavailable';
  constructor(readonly reason: string) {
    super(`no WebGPU device: ${reason}; use the wasm executor`);
  }
}

/** The device failed while it was in use. What it held is gone. */
export class WebgpuFailure extends Error {
  override readonly name = 'WebgpuFailure';
  constructor(readonly failure: ExecutorFailure) {
    super(
      `the WebGPU device ${failure.kind === 'lost' ? 'was lost' : 'reported an error'}: ${failure.message}; continue on another executor`,
    );
  }
}

export interface WebgpuOptions {
  /** `navigator.gpu`, or `await nodeGpu()`. */
  readonly gpu?: GPU | undefined;
  /** A device that is already open, instead; the executor does not destroy it. */
  readonly device?: GPUDevice;
  /** Workgroups that fill the device, for cutting long sums. */
  readonly parallel?: number;
  /**
   * False keeps independent kernels in dispatches of their own. Joined, a plan has a module for every wave, which a
   * software adapter takes minutes to compile.
   */
  readonly join?: boolean;
  /** False keeps kernels from using subgroups where the device has them. */
  readonly subgroups?: boolean;
}

/** About two workgroups for each of a large card's multiprocessors; a small card just queues them. */
const PARALLEL = 256;

/**
 * The executor on WebGPU.
 *
 * @throws WebgpuUnavailable if there is no adapter or it gives no device
 */
export async function createWebgpuExecutor(options: WebgpuOptions = {}): Promise<WebgpuExecutor> {
  const opened: DeviceResult = options.device
    ? { status: 'ready', device: options.device, name: 'shared device' }
    : await openDevice(options.gpu ?? globalThis.navigator?.gpu);
  if (opened.status === 'unavailable') throw new WebgpuUnavailable(opened.reason);
  return executorOn(opened.device, opened.name, options);
}

function executorOn(device: GPUDevice, name: string, options: WebgpuOptions): WebgpuExecutor {
  const groups = new Map<string, { readonly buffer: GPUBuffer; readonly length: number }>();
  const pipelines = createPipelineCache(device);
  const reader = createReader(device);
  const listeners = new Set<(failure: ExecutorFailure) => void>();
  let failure: ExecutorFailure | null = null;
  let disposed = false;

  const fail = (next: ExecutorFailure) => {
    if (failure || disposed) return;
    failure = next;
    for (const listener of listeners) listener(next);
  };
  device.lost.then((info) => fail({ kind: 'lost', message: info.message || info.reason }));
  const onError = (event: Event) => fail({ kind: 'error', message: (event as GPUUncapturedErrorEvent).error.message });
  device.addEventListener('uncapturederror', onError);

  const check = () => {
    if (disposed) throw new Error('this WebGPU executor was disposed; create another');
    if (failure) throw new WebgpuFailure(failure);
  };
  const groupOf = (groupName: string) => {
    const group = groups.get(groupName);
    if (!group)
      throw new Error(`variable group "${groupName}" is not allocated; allocated are ${[...groups.keys()].join(', ') || 'none'}`);
    return group;
  };
  const range = (groupName: string, offset: number, length: number) => {
    const group = groupOf(groupName);
    if (offset < 0 || offset + length > group.length)
      throw new Error(`group "${groupName}" has ${group.length} elements; ${offset} to ${offset + length} is outside it`);
    return group.buffer;
  };

  return {
    kind: 'webgpu',
    description: `WebGPU, ${name}`,
    device,
    get failure() {
      return failure;
    },
    get pipelineCount() {
      return pipelines.size;
    },
    onLost(listener) {
      if (failure) listener(failure);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    groupBuffer: (groupName) => groupOf(groupName).buffer,
    allocate(group: VariableGroup) {
      check();
      if (groups.has(group.name)) throw new Error(`variable group "${group.name}" is already allocated; release it first`);
      const buffer = storageBuffer(device, `group ${group.name}`, group.length);
      device.queue.writeBuffer(buffer, 0, group.initialValues() as Float32Array<ArrayBuffer>);
      groups.set(group.name, { buffer, length: group.length });
    },
    release(groupName) {
      groupOf(groupName).buffer.destroy();
      groups.delete(groupName);
    },
    prepare(plan) {
      check();
      return createProgram(plan, {
        device,
        pipelines,
        reader,
        parallel: options.parallel ?? PARALLEL,
        join: options.join ?? true,
        subgroups: (options.subgroups ?? true) && hasSubgroups(device),
        groupBuffer: (groupName) => groupOf(groupName).buffer,
        check,
      });
    },
    async ready() {
      check();
      await pipelines.compileAll();
      check();
    },
    write(groupName, values, offset = 0) {
      check();
      device.queue.writeBuffer(range(groupName, offset, values.length), offset * 4, values as Float32Array<ArrayBuffer>);
    },
    async read(groupName, offset = 0, length) {
      check();
      const count = length ?? groupOf(groupName).length - offset;
      return reader.read(range(groupName, offset, count), offset, count);
    },
    dispose() {
      disposed = true;
      device.removeEventListener('uncapturederror', onError);
      reader.dispose();
      for (const { buffer } of groups.values()) buffer.destroy();
      groups.clear();
      if (!options.device) device.destroy();
    },
  };
}
