import type { Dispatch } from './dispatch';
import { assemble } from './shader';
import { includes } from './shaders';

/** Storage that a binding takes whole: `arena`, `constant`, `index` or `variable:<group>`. */
export type StorageKey = string;

/** A pipeline with what its bind groups need. */
export interface Prepared {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Storage of binding 1, 2, … */
  readonly storages: readonly StorageKey[];
  /** The uniform block, little-endian words. */
  readonly words: Uint32Array;
}

export interface PipelineCache {
  prepare(dispatch: Dispatch): Prepared;
  readonly size: number;
}

const INDEX: StorageKey = 'index';

/** Bindings of a dispatch: whole buffers in the order of first use. */
export function bindingsOf(dispatch: Dispatch) {
  const storages: StorageKey[] = [];
  const slotOf = (key: StorageKey) => {
    const at = storages.indexOf(key);
    return at >= 0 ? at + 1 : storages.push(key);
  };
  const written = new Set<number>();
  const slots = dispatch.operands.map((view, i) => {
    if (!view) return null;
    const slot = slotOf(view.space === 'variable' ? `variable:${view.group}` : view.space);
    if (dispatch.shader.operands[i]!.access === 'out') written.add(slot);
    return slot;
  });
  const indexSlot = dispatch.shader.indices.length > 0 ? slotOf(INDEX) : null;
  return { storages, slots, written, indexSlot };
}

/** WGSL and uniform values of a dispatch. */
export function moduleOf(dispatch: Dispatch) {
  const { shader } = dispatch;
  const bindings = bindingsOf(dispatch);
  const { code, words: names } = assemble(
    shader,
    bindings.slots,
    bindings.written,
    bindings.indexSlot,
    dispatch.constants,
    includes,
  );
  const values: Record<string, number> = { ...dispatch.uniforms };
  shader.operands.forEach((operand, i) => {
    const view = dispatch.operands[i];
    if (!view) return;
    values[`${operand.name}_offset`] = view.offset;
    values[`${operand.name}_stride`] = view.stride;
  });
  shader.indices.forEach((name, i) => {
    values[`${name}_offset`] = dispatch.indices[i]!.offset;
    values[`${name}_length`] = dispatch.indices[i]!.length;
  });
  const words = new Uint32Array(names.length);
  const floats = new Float32Array(words.buffer);
  const isFloat = new Set(shader.uniforms.filter((uniform) => uniform.type === 'f32').map((uniform) => uniform.name));
  names.forEach((name, i) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${shader.name}.wgsl: uniform ${name} was not given (${dispatch.label})`);
    if (isFloat.has(name)) floats[i] = value;
    else words[i] = value;
  });
  return { code, words, ...bindings };
}

/** Pipelines by their code: launches that differ in offsets and sizes alone share one. */
export function createPipelineCache(device: GPUDevice): PipelineCache {
  const pipelines = new Map<string, { pipeline: GPUComputePipeline; layout: GPUBindGroupLayout }>();
  const layouts = new Map<string, GPUBindGroupLayout>();
  const limit = device.limits.maxStorageBuffersPerShaderStage;

  const layoutOf = (modes: readonly GPUBufferBindingType[]): GPUBindGroupLayout => {
    const key = modes.join();
    let layout = layouts.get(key);
    if (!layout) {
      layout = device.createBindGroupLayout({
        entries: modes.map((type, binding) => ({ binding, visibility: 4 /* GPUShaderStage.COMPUTE */, buffer: { type } })),
      });
      layouts.set(key, layout);
    }
    return layout;
  };

  return {
    get size() {
      return pipelines.size;
    },
    prepare(dispatch) {
      const { code, words, storages, written } = moduleOf(dispatch);
      if (storages.length > limit)
        throw new Error(
          `${dispatch.label} (${dispatch.shader.name}) touches ${storages.length} buffers (${storages.join(', ')}), ` +
            `but this device binds ${limit} at once; keep what one expression reads in fewer variable groups`,
        );
      let known = pipelines.get(code);
      if (!known) {
        const modes = storages.map((_, i): GPUBufferBindingType => (written.has(i + 1) ? 'storage' : 'read-only-storage'));
        const layout = layoutOf(['uniform', ...modes]);
        const pipeline = device.createComputePipeline({
          label: dispatch.shader.name,
          layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
          compute: { module: device.createShaderModule({ label: dispatch.shader.name, code }), entryPoint: 'main' },
        });
        known = { pipeline, layout };
        pipelines.set(code, known);
      }
      return { ...known, storages, words };
    },
  };
}
