import { describe, expect, test } from 'vitest';
import { add, compile, Graph, mul } from '../../engine/tensor';
import { createWebgpuExecutor, openDevice } from '../../engine/tensor/webgpu';
import { nodeGpu } from '../../engine/tensor/webgpu/node-gpu.node';
import { hasDevice } from './webgpu-device';

/** y = 2x + `shift`, on a device that counts how its pipelines are compiled, and may refuse to compile apart. */
async function countingExecutor(refuses = false) {
  const opened = await openDevice(await nodeGpu({ software: true }));
  if (opened.status !== 'ready') throw new Error(opened.reason);
  const counts = { atOnce: 0, apart: 0 };
  const { device } = opened;
  const atOnce = device.createComputePipeline.bind(device);
  const apart = device.createComputePipelineAsync.bind(device);
  Object.assign(device, {
    createComputePipeline(descriptor: GPUComputePipelineDescriptor) {
      counts.atOnce++;
      return atOnce(descriptor);
    },
    createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor) {
      counts.apart++;
      return refuses ? Promise.reject(new Error('refused')) : apart(descriptor);
    },
  });
  const executor = await createWebgpuExecutor({ device });
  const graph = new Graph('line');
  graph.output('y', add(mul(graph.input('x', 1, 4), 2), 1));
  const program = executor.prepare(compile(graph));
  const values = async () => {
    program.write('x', Float32Array.of(0, 1, 2, 3));
    program.run();
    return [...(await program.read('y'))];
  };
  const dispose = () => {
    executor.dispose();
    device.destroy();
  };
  return { executor, counts, values, dispose };
}

const expected = [1, 3, 5, 7];

describe.skipIf(!hasDevice)('compiling', () => {
  test('what is ready is compiled once, apart from the calling thread, however often it is asked for and run', async () => {
    const { executor, counts, values, dispose } = await countingExecutor();
    await Promise.all([executor.ready!(), executor.ready!()]);
    expect(counts).toEqual({ atOnce: 0, apart: executor.pipelineCount });
    expect(await values()).toEqual(expected);
    await executor.ready!();
    expect(await values()).toEqual(expected);
    expect(counts).toEqual({ atOnce: 0, apart: executor.pipelineCount });
    dispose();
  });

  test('a run that nobody waited for compiles what it needs, once', async () => {
    const { executor, counts, values, dispose } = await countingExecutor();
    expect(await values()).toEqual(expected);
    expect(await values()).toEqual(expected);
    await executor.ready!();
    expect(counts).toEqual({ atOnce: executor.pipelineCount, apart: 0 });
    dispose();
  });

  test('what could not be compiled apart is tried again where it is used', async () => {
    const { executor, counts, values, dispose } = await countingExecutor(true);
    await executor.ready!();
    expect(executor.failure).toBeNull();
    expect(await values()).toEqual(expected);
    expect(counts).toEqual({ atOnce: executor.pipelineCount, apart: executor.pipelineCount });
    dispose();
  });
});
