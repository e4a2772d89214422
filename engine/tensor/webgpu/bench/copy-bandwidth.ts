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
export async function measureCopyBandwidth(device: GPUDevice, now: () => number, megabytes = 1024): Promise<number> {
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
