/** What a dispatch costs on this device, by what stands between it and the one before. */
export interface DispatchCost {
  readonly what: string;
  /** Host time to encode and submit, and time until the device is done; microseconds a dispatch. */
  readonly encodeMicroseconds: number;
  readonly totalMicroseconds: number;
}

type Clock = () => number;

const TRIVIAL = (body: string) => `
@group(0) @binding(0) var<storage, read_write> data: array<f32>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  ${body}
}`;

/** Times `count` small dispatches in one pass, several ways. */
export async function measureDispatchCosts(device: GPUDevice, now: Clock, count = 1000): Promise<DispatchCost[]> {
  const buffers = Array.from({ length: 4 }, () => device.createBuffer({ size: 4 << 20, usage: 128 | 4 | 8 }));
  const pipelineOf = (code: string) =>
    device.createComputePipeline({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
    });
  const increment = TRIVIAL('data[id.x] = data[id.x] + 1.0;');
  const other = TRIVIAL('data[id.x] = data[id.x] * 0.5;');
  const chain = TRIVIAL(
    'for (var i = 0u; i < 100u; i++) { data[lane] = data[(lane + 1u) & 255u] + 1.0; storageBarrier(); workgroupBarrier(); }',
  );
  const results: DispatchCost[] = [];
  const time = async (what: string, codes: readonly string[], spread: number, workgroups: number, rebind: boolean) => {
    const pipelines = codes.map(pipelineOf);
    const groups = pipelines.map((pipeline) =>
      buffers
        .slice(0, spread)
        .map((buffer) =>
          device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }),
        ),
    );
    let best = Number.POSITIVE_INFINITY;
    let encoded = Number.POSITIVE_INFINITY;
    for (let repeat = 0; repeat < 4; repeat++) {
      const start = now();
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipelines[0]!);
      pass.setBindGroup(0, groups[0]![0]!);
      for (let i = 0; i < count; i++) {
        const p = i % pipelines.length;
        if (pipelines.length > 1) pass.setPipeline(pipelines[p]!);
        if (rebind || pipelines.length > 1) pass.setBindGroup(0, groups[p]![i % spread]!);
        pass.dispatchWorkgroups(workgroups);
      }
      pass.end();
      device.queue.submit([encoder.finish()]);
      encoded = Math.min(encoded, now() - start);
      await device.queue.onSubmittedWorkDone();
      best = Math.min(best, now() - start);
    }
    results.push({ what, encodeMicroseconds: (encoded * 1000) / count, totalMicroseconds: (best * 1000) / count });
  };
  await time('dependent, 1 workgroup, no rebind', [increment], 1, 1, false);
  await time('dependent, 1 workgroup', [increment], 1, 1, true);
  await time('dependent, 132 workgroups', [increment], 1, 132, true);
  await time('dependent, 2048 workgroups', [increment], 1, 2048, true);
  await time('dependent, 132 workgroups, two pipelines', [increment, other], 1, 132, true);
  await time('four buffers in turn, 132 workgroups', [increment], 4, 132, true);
  await time('four buffers in turn, 132 workgroups, two pipelines', [increment, other], 4, 132, true);
  await time('100 barriers inside one workgroup', [chain], 1, 1, true);
  for (const buffer of buffers) buffer.destroy();
  return results;
}

const COPY = `
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4f>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let base = (group.y * grid.x + group.x) * 1024u + lane;
  for (var i = 0u; i < 1024u; i += 256u) { copied[base + i] = source[base + i]; }
}`;

/**
 * Bytes a second that a copy on the device moves, read plus written: the better of a kernel that copies and of the
 * driver's own copy (which on some drivers is the slower one by far).
 */
export async function measureCopyBandwidth(device: GPUDevice, now: Clock, megabytes = 1024): Promise<number> {
  const size = megabytes << 20;
  const [from, to] = [0, 1].map(() => device.createBuffer({ size, usage: 128 | 4 | 8 })) as [GPUBuffer, GPUBuffer];
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: COPY }), entryPoint: 'main' },
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [from, to].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const workgroups = size / 16 / 1024;
  const ways: ((encoder: GPUCommandEncoder) => void)[] = [
    (encoder) => encoder.copyBufferToBuffer(from, 0, to, 0, size),
    (encoder) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(Math.min(workgroups, 32768), Math.ceil(workgroups / 32768));
      pass.end();
    },
  ];
  let best = Number.POSITIVE_INFINITY;
  for (const way of ways) {
    for (let repeat = 0; repeat < 5; repeat++) {
      const encoder = device.createCommandEncoder();
      for (let i = 0; i < 10; i++) way(encoder);
      const start = now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      best = Math.min(best, (now() - start) / 10);
    }
  }
  from.destroy();
  to.destroy();
  return (2 * size) / (best / 1000);
}
