import { nodeGpu } from '../node-gpu.node';
import { createWebgpuExecutor } from '../webgpu-executor';
import { measureCopyBandwidth, measureDispatchCosts } from './dispatch-cost';
import { matmulPlan, scanBytes, scanPlan } from './kernels';
import { timePlan } from './time-plan';

/** Prints what this machine's device does: dispatch costs, copy bandwidth, products and scans of the sizes of M3. */
const now = () => performance.now();
const small = process.argv.includes('--small');
const executor = await createWebgpuExecutor({ gpu: await nodeGpu({ software: small }) });
const { device } = executor;
console.log(executor.description);
const interesting = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
] as const;
console.log(interesting.map((limit) => `${limit} ${device.limits[limit]}`).join(', '));
console.log([...device.features].join(' '));
const info = device.adapterInfo;
console.log(`subgroups ${info?.subgroupMinSize}-${info?.subgroupMaxSize}`);

for (const cost of await measureDispatchCosts(device, now, small ? 50 : 1000)) {
  console.log(
    `${cost.what.padEnd(52)} encode ${cost.encodeMicroseconds.toFixed(2)} µs, total ${cost.totalMicroseconds.toFixed(2)} µs`,
  );
}
const bandwidth = await measureCopyBandwidth(device, now, small ? 4 : 1024);
console.log(`copy ${(bandwidth / 1e12).toFixed(3)} TB/s`);

const products = [
  ['nt', 2, 3584, 256, 64],
  ['nt', 2, 3584, 36, 128],
  ['nt', 2, 3584, 128, 4],
  ['nt', 2, 3584, 64, 128],
  ['nn', 2, 3584, 64, 256],
  ['nn', 2, 3584, 128, 64],
  ['tn', 2, 256, 64, 3584],
  ['tn', 2, 64, 128, 3584],
  ['tn', 2, 36, 128, 3584],
  ['nt', 1, 4096, 4096, 4096],
] as const;
for (const [variant, groups, m, n, k] of products) {
  if (small && m * n * k > 1e6) continue;
  const ms = await timePlan(executor, matmulPlan(variant, groups, m, n, k), now, small ? 2 : 50);
  console.log(
    `matmul ${variant} ${groups}×(${m}, ${n}, ${k})  ${(ms * 1000).toFixed(1)} µs  ${((2 * groups * m * n * k) / ms / 1e9).toFixed(2)} TFLOP/s`,
  );
}
const scans = small
  ? [[8, 14, 128, 16]]
  : [
      [512, 14, 128, 16],
      [8, 2048, 1024, 16],
      [8, 4096, 1024, 16],
      [1, 65536, 256, 16],
    ];
for (const [batch, length, width, states] of scans as [number, number, number, number][]) {
  for (const backward of [false, true]) {
    const ms = await timePlan(executor, scanPlan(batch, length, width, states, backward), now, small ? 2 : 10);
    const bytes = scanBytes(batch, length, width, states, backward);
    console.log(
      `scan ${backward ? 'forward+backward' : 'forward'} ${batch}×${length}×${width}, state ${states}: ${(ms * 1000).toFixed(1)} µs, ` +
        `${((100 * bytes) / (ms / 1000) / bandwidth).toFixed(1)} % of copy`,
    );
  }
}
if (executor.failure) console.log(`FAILED ${executor.failure.message.slice(0, 2000)}`);
executor.dispose();
process.exit(0);
