import type { Program } from '../executor';
import type { Plan, View } from '../plan';
import { lowerFused } from './fuse/lower-fused';
import { PACKED } from './fuse/pack-weights';
import { IndexTables, lowerPlan } from './lower';
import { moduleOf, type PipelineCache, type Prepared, type StorageKey } from './pipelines';
import { type Reader, storageBuffer, uniformBuffer } from './storage';

/** What a program takes from its executor. */
export interface Host {
  readonly device: GPUDevice;
  readonly pipelines: PipelineCache;
  readonly reader: Reader;
  readonly parallel: number;
  /** Whether independent kernels share a dispatch. */
  readonly join: boolean;
  /** Whether kernels may use subgroups. */
  readonly subgroups: boolean;
  /** Buffer of a variable group; an error if it was not allocated. */
  groupBuffer(name: string): GPUBuffer;
  /** Throws if the device is lost. */
  check(): void;
}

interface Step {
  readonly prepared: Prepared;
  readonly bindGroup: GPUBindGroup;
  readonly x: number;
  readonly y: number;
}

/** Dispatches of a command buffer, about: while the device works on one, the next is encoded. */
const MOST_DISPATCHES = 256;
const WIDEST = 65_535;
/** Bytes of workgroup memory that shaders/lanes.wgsl takes where there are no subgroups. */
const LANES_MEMORY = 4096;

/** Time that one dispatch took on the device. */
export interface DispatchTime {
  readonly label: string;
  readonly workgroups: number;
  readonly microseconds: number;
}

export interface WebgpuProgram extends Program {
  /** Dispatches of one replay. */
  readonly dispatches: number;
  /** Runs once, each dispatch in a pass of its own, and times them; null where the device has no timestamps. */
  profile(): Promise<readonly DispatchTime[] | null>;
}

/** Pipelines, bind groups and buffers of a plan; a replay encodes them and submits once. */
export function createProgram(plan: Plan, host: Host): WebgpuProgram {
  const { device, reader } = host;
  const tables = new IndexTables(plan.indices);
  const lowered = plan.lifetimes
    ? lowerFused(
        plan,
        {
          parallel: host.parallel,
          join: host.join,
          mostBuffers: device.limits.maxStorageBuffersPerShaderStage,
          memory: device.limits.maxComputeWorkgroupStorageSize - (host.subgroups ? 0 : LANES_MEMORY),
        },
        tables,
      )
    : lowerPlan(plan, host.parallel, tables);
  const arena = storageBuffer(device, `${plan.name}: arena`, lowered.arenaLength);
  const packed = storageBuffer(device, `${plan.name}: packed weights`, lowered.packedLength);
  const constants = storageBuffer(device, `${plan.name}: constants`, plan.constants.length);
  const modules = lowered.dispatches.map((dispatch) => moduleOf(dispatch, host.subgroups));
  modules.forEach((module, i) => {
    if (module.owners) module.words[0] = tables.table(`owners:${i}`, () => module.owners!).offset;
  });
  const indexValues = tables.storage();
  const indices = storageBuffer(device, `${plan.name}: indices`, indexValues.length);
  device.queue.writeBuffer(constants, 0, plan.constants as Float32Array<ArrayBuffer>);
  device.queue.writeBuffer(indices, 0, indexValues as Int32Array<ArrayBuffer>);

  const bufferOf = (key: StorageKey): GPUBuffer => {
    if (key === 'arena') return arena;
    if (key === 'constant') return constants;
    if (key === 'index') return indices;
    const group = key.slice('variable:'.length);
    return group === PACKED ? packed : host.groupBuffer(group);
  };
  const bufferOfView = (view: View) => bufferOf(view.space === 'variable' ? `variable:${view.group}` : view.space);

  // One buffer of uniform blocks, a slot a dispatch.
  const alignment = Math.max(device.limits.minUniformBufferOffsetAlignment, 256);
  const offsets: number[] = [];
  let uniformSize = 0;
  for (const { words } of modules) {
    offsets.push(uniformSize);
    uniformSize += Math.ceil((words.length * 4) / alignment) * alignment;
  }
  const uniforms = uniformBuffer(device, `${plan.name}: uniforms`, Math.max(uniformSize, alignment));
  const steps: Step[] = modules.map((module, i) => {
    const { words, storages, workgroups, label } = module;
    const prepared = host.pipelines.prepare(module);
    device.queue.writeBuffer(uniforms, offsets[i]!, words as Uint32Array<ArrayBuffer>);
    const size = Math.ceil((words.length * 4) / 16) * 16;
    const bindGroup = device.createBindGroup({
      label,
      layout: prepared.layout,
      entries: [
        { binding: 0, resource: { buffer: uniforms, offset: offsets[i]!, size } },
        ...storages.map((key, b) => ({ binding: b + 1, resource: { buffer: bufferOf(key) } })),
      ],
    });
    const x = Math.min(workgroups, WIDEST);
    return { prepared, bindGroup, x, y: Math.ceil(workgroups / x) };
  });

  const encode = (times: number) => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    let current: Prepared | null = null;
    for (let replay = 0; replay < times; replay++) {
      for (const step of steps) {
        if (step.prepared !== current) {
          pass.setPipeline(step.prepared.pipeline());
          current = step.prepared;
        }
        pass.setBindGroup(0, step.bindGroup);
        pass.dispatchWorkgroups(step.x, step.y);
      }
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
  const replaysAtOnce = Math.max(1, Math.floor(MOST_DISPATCHES / Math.max(1, steps.length)));

  const profile = async (): Promise<readonly DispatchTime[] | null> => {
    host.check();
    if (!device.features.has('timestamp-query') || steps.length > 2048) return null;
    const count = 2 * steps.length;
    const querySet = device.createQuerySet({ type: 'timestamp', count });
    const resolved = device.createBuffer({ size: count * 8, usage: 512 | 4 /* QUERY_RESOLVE | COPY_SRC */ });
    const staging = device.createBuffer({ size: count * 8, usage: 1 | 8 /* MAP_READ | COPY_DST */ });
    const encoder = device.createCommandEncoder();
    steps.forEach((step, i) => {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
      });
      pass.setPipeline(step.prepared.pipeline());
      pass.setBindGroup(0, step.bindGroup);
      pass.dispatchWorkgroups(step.x, step.y);
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, count * 8);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
    for (const buffer of [resolved, staging]) buffer.destroy();
    querySet.destroy();
    return modules.map(({ label, workgroups }, i) => ({
      label,
      workgroups,
      microseconds: Number(stamps[2 * i + 1]! - stamps[2 * i]!) / 1000,
    }));
  };

  return {
    plan,
    dispatches: steps.length,
    profile,
    write(input, values) {
      host.check();
      const view = named(plan, lowered.plan.inputs, 'input', input);
      if (values.length !== view.rows * view.columns)
        throw new Error(
          `${plan.name}: input "${input}" takes ${view.rows * view.columns} values (${view.rows} × ${view.columns}), got ${values.length}`,
        );
      device.queue.writeBuffer(bufferOfView(view), view.offset * 4, values as Float32Array<ArrayBuffer>);
    },
    run(times = 1) {
      host.check();
      for (let left = times; left > 0; left -= replaysAtOnce) encode(Math.min(left, replaysAtOnce));
    },
    read(output) {
      host.check();
      const view = named(plan, lowered.plan.outputs, 'output', output);
      return reader.read(bufferOfView(view), view.offset, view.rows * view.columns);
    },
    dispose() {
      for (const buffer of [arena, packed, constants, indices, uniforms]) buffer.destroy();
    },
  };
}

function named(plan: Plan, views: Readonly<Record<string, View>>, kind: string, name: string): View {
  const view = views[name];
  if (!view) throw new Error(`${plan.name} has no ${kind} "${name}"; it has ${Object.keys(views).join(', ') || 'none'}`);
  return view;
}
