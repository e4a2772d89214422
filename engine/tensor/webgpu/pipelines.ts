import { type Bindings, type Kind, wordsOf } from './assemble';
import { chainModule, jointModule, type Step } from './assemble-chains';
import { kernelModule } from './assemble-kernel';
import { type Chain, type Dispatch, type KernelCall, waits, workgroupsOf } from './dispatch';

/** Storage that a binding takes whole: `arena`, `constant`, `index` or `variable:<group>`. */
export type StorageKey = string;

/** WGSL, bindings and uniform words of a dispatch: everything about it but the device. */
export interface Module {
  readonly label: string;
  readonly code: string;
  /** Storage of binding 1, 2, … */
  readonly storages: readonly StorageKey[];
  readonly bindings: Bindings;
  /** The uniform block, little-endian words. */
  readonly words: Uint32Array;
  readonly workgroups: number;
  /** Values to add to the index storage; their offset goes into word 0 of the block. */
  readonly owners: Int32Array | null;
}

/** A pipeline with what its bind groups need. */
export interface Prepared {
  readonly layout: GPUBindGroupLayout;
  /** Compiled here and now, unless `compileAll` has done it. */
  pipeline(): GPUComputePipeline;
}

export interface PipelineCache {
  prepare(module: Module): Prepared;
  /** Compiles what was prepared and is not compiled yet, side by side where the device has threads for it. */
  compileAll(): Promise<void>;
  readonly size: number;
}

const INDEX: StorageKey = 'index';
/** vec4u of a table of operations: WebGPU promises uniform blocks of 64 KiB. */
const TABLE_LENGTH = 4096;

/** Numbers whole buffers in the order of their first use. */
class Slots {
  readonly storages: StorageKey[] = [];
  readonly written = new Set<number>();
  readonly quads = new Set<number>();

  of(key: StorageKey): number {
    const at = this.storages.indexOf(key);
    return at >= 0 ? at + 1 : this.storages.push(key);
  }

  kindOf(call: KernelCall): Kind {
    const slots = call.operands.map((view, i) => {
      if (!view) return null;
      const slot = this.of(view.space === 'variable' ? `variable:${view.group}` : view.space);
      if (call.shader.operands[i]!.access === 'out') this.written.add(slot);
      if (call.shader.operands[i]!.access === 'quads') this.quads.add(slot);
      return slot;
    });
    return { shader: call.shader, slots, constants: call.constants, inParts: call.parts !== undefined };
  }

  bindings(needsIndex: boolean): Bindings {
    const index = needsIndex ? this.of(INDEX) : null;
    return { written: this.written, quads: this.quads, count: this.storages.length, index };
  }
}

/** The words of a call, in the order of `wordsOf`. */
function wordValues(call: KernelCall, kind: Kind): Uint32Array {
  const { shader } = call;
  const values: Record<string, number> = { ...call.uniforms };
  shader.operands.forEach(({ name }, i) => {
    const view = call.operands[i];
    if (!view) return;
    values[`${name}_offset`] = view.offset;
    values[`${name}_stride`] = view.stride;
  });
  shader.indices.forEach((name, i) => {
    values[`${name}_offset`] = call.indices[i]!.offset;
    values[`${name}_length`] = call.indices[i]!.length;
  });
  if (call.parts) {
    values.parts_offset = call.parts.starts.offset;
    values.parts_width = call.parts.width;
  }
  const names = wordsOf(kind);
  const words = new Uint32Array(names.length);
  const asFloats = new Float32Array(words.buffer);
  const floats = new Set(shader.uniforms.filter(({ type }) => type === 'f32').map(({ name }) => name));
  names.forEach((name, i) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${shader.name}.wgsl: uniform ${name} was not given (${call.label})`);
    if (floats.has(name)) asFloats[i] = value;
    else words[i] = value;
  });
  return words;
}

/** WGSL and words of a dispatch. @param subgroups whether the device has subgroups of 32 threads or more */
export function moduleOf(dispatch: Dispatch, subgroups: boolean): Module {
  if (dispatch.form === 'kernel') return kernelCallModule(dispatch.call, subgroups);
  if (dispatch.chains.length === 1) return loneChainModule(dispatch.chains[0]!, dispatch.label, subgroups);
  const slots = new Slots();
  const kinds: Kind[] = [];
  const sequences: Step[][] = [];
  const numbers = new Map<string, number>();
  const numberOf = (kind: Kind): number => {
    const key = `${kind.shader.name}|${kind.shader.body.length}|${JSON.stringify(kind.constants)}|${kind.slots.join()}|${kind.inParts}|${programKey(kind)}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = kinds.push(kind) - 1;
      numbers.set(key, number);
    }
    return number;
  };
  // The table starts with where its owners are.
  const words: number[] = [0, 0, 0, 0];
  const bases: number[] = [];
  for (const chain of dispatch.chains) {
    bases.push(words.length / 4);
    const known = chain.map((call) => slots.kindOf(call));
    const steps = known.map((kind, i): Step => ({ kind: numberOf(kind), waits: waits(chain, i) }));
    words.push(sequenceNumber(sequences, steps), 0, 0, 0);
    chain.forEach((call, i) => {
      words.push(...wordValues(call, known[i]!));
      while (words.length % 4 !== 0) words.push(0);
    });
  }
  if (words.length > TABLE_LENGTH * 4)
    throw new Error(`${dispatch.label}: ${dispatch.chains.length} chains exceed a table; a defect of joinChains`);
  const bindings = slots.bindings(true);
  const table = new Uint32Array(TABLE_LENGTH * 4);
  table.set(words);
  const { label } = dispatch;
  const owners = Int32Array.from(
    dispatch.chains.flatMap((chain, c) => Array.from({ length: workgroupsOf(chain) }, (_, block) => [bases[c]!, block]).flat()),
  );
  table[1] = owners.length / 2;
  const code = jointModule(kinds, sequences, bindings, subgroups);
  return { label, code, storages: slots.storages, bindings, words: table, workgroups: owners.length / 2, owners };
}

function loneChainModule(chain: Chain, label: string, subgroups: boolean): Module {
  const slots = new Slots();
  const kinds = chain.map((call) => slots.kindOf(call));
  const bindings = slots.bindings(true);
  const workgroups = workgroupsOf(chain);
  const words = Uint32Array.from([...chain.flatMap((call, i) => [...wordValues(call, kinds[i]!)]), workgroups]);
  const waiting = chain.map((_, i) => waits(chain, i));
  const code = chainModule(kinds, waiting, bindings, subgroups);
  return { label, code, storages: slots.storages, bindings, words, workgroups, owners: null };
}

/** The place of a sequence among others; added if it is new. */
function sequenceNumber(sequences: Step[][], sequence: Step[]): number {
  const at = sequences.findIndex((other) => JSON.stringify(other) === JSON.stringify(sequence));
  return at >= 0 ? at : sequences.push(sequence) - 1;
}

/** Elementwise kernels share a name and differ in their text. */
function programKey(kind: Kind): string {
  return kind.shader.name === 'elementwise' ? kind.shader.body : '';
}

function kernelCallModule(call: KernelCall, subgroups: boolean): Module {
  const slots = new Slots();
  const kind = slots.kindOf(call);
  const bindings = slots.bindings(call.shader.indices.length > 0);
  const words = wordValues(call, kind);
  const code = kernelModule(kind, bindings, subgroups);
  return { label: call.label, code, storages: slots.storages, bindings, words, workgroups: call.workgroups, owners: null };
}

/** Pipelines by their code: dispatches that differ in offsets and sizes alone share one. */
export function createPipelineCache(device: GPUDevice): PipelineCache {
  const pipelines = new Map<string, LazyPipeline>();
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
    prepare({ label, code, storages, bindings }) {
      if (storages.length > limit)
        throw new Error(
          `${label} touches ${storages.length} buffers (${storages.join(', ')}), but this device binds ${limit} at once; ` +
            'keep what one expression reads in fewer variable groups',
        );
      let known = pipelines.get(code);
      if (!known) {
        const modes = storages.map(
          (_, i): GPUBufferBindingType => (bindings.written.has(i + 1) ? 'storage' : 'read-only-storage'),
        );
        known = lazyPipeline(device, label, code, layoutOf(['uniform', ...modes]));
        pipelines.set(code, known);
      }
      return known;
    },
    async compileAll() {
      await Promise.all([...pipelines.values()].map((pipeline) => pipeline.compile()));
    },
  };
}

interface LazyPipeline extends Prepared {
  /** Compiles it apart from the calling thread; at once where it is compiled already. */
  compile(): Promise<void>;
}

function lazyPipeline(device: GPUDevice, label: string, code: string, layout: GPUBindGroupLayout): LazyPipeline {
  let compiled: GPUComputePipeline | null = null;
  let compiling: Promise<void> | null = null;
  const descriptor = (): GPUComputePipelineDescriptor => ({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
  });
  const compileApart = async () => {
    // What fails here fails again when it is used, and is reported then as any error of the device.
    const made = await device.createComputePipelineAsync(descriptor()).catch(() => null);
    compiled ??= made;
  };
  return {
    layout,
    pipeline: () => {
      compiled ??= device.createComputePipeline(descriptor());
      return compiled;
    },
    async compile() {
      if (compiled) return;
      compiling ??= compileApart();
      await compiling;
    },
  };
}
