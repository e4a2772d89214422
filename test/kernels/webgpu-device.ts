import { createWebgpuExecutor, openDevice, type WebgpuExecutor } from '../../engine/tensor/webgpu';
import { nodeGpu } from '../../engine/tensor/webgpu/node-gpu.node';

const opened = await openDevice(await nodeGpu({ software: true }));
if (opened.status === 'unavailable') console.log(`webgpu tests are skipped: ${opened.reason}`);

/** True where a device could be opened; a GPU's, or SwiftShader's. */
export const hasDevice = opened.status === 'ready';

/** The one device of a test file. */
export function testDevice(): GPUDevice {
  if (opened.status === 'unavailable') throw new Error(opened.reason);
  return opened.device;
}

/** An executor on the file's device; `parallel` is small, so that two-pass sums happen at small sizes. */
export function testExecutor(parallel = 16): Promise<WebgpuExecutor> {
  return createWebgpuExecutor({ device: testDevice(), parallel });
}
