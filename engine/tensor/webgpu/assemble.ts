import type { Shader } from './shader';
import { includes } from './shaders';

/**
 * From kernels to WGSL modules. Several tensors of a launch often live in one buffer, and WebGPU lets a dispatch bind a
 * writable buffer once, so a binding is a whole *buffer* and a tensor is a pair of functions that read and write it at
 * an offset and a stride. Those, sizes and the like are words of a uniform block, so that launches of the same kind
 * share a pipeline.
 */

/** A kernel with the bindings that its operands are in. */
export interface Kind {
  readonly shader: Shader;
  /** For each operand the binding of its buffer, or null where it is absent. */
  readonly slots: readonly (number | null)[];
  readonly constants: Readonly<Record<string, number>>;
  /** Whether a workgroup runs a part of its rows, among the kernels of a chain. */
  readonly inParts: boolean;
}

/** The bindings of a module: binding 0 is the uniform block, then storage. */
export interface Bindings {
  /** Bindings that are written; that are read four elements at a time. */
  readonly written: ReadonlySet<number>;
  readonly quads: ReadonlySet<number>;
  readonly count: number;
  /** The binding of the index storage, or null. */
  readonly index: number | null;
}

/** Names of the words that launches of a kernel differ in, in order. */
export function wordsOf(kind: Kind): string[] {
  const { shader, slots } = kind;
  return [
    ...shader.operands.flatMap(({ name }, i) => (slots[i] === null ? [] : [`${name}_offset`, `${name}_stride`])),
    ...shader.indices.flatMap((name) => [`${name}_offset`, `${name}_length`]),
    ...shader.uniforms.map(({ name }) => name),
    ...(kind.inParts ? ['parts_offset', 'parts_width'] : []),
  ];
}

/** Fields of the words of a kernel, as a WGSL structure has them. */
export function wordFields(kind: Kind): string[] {
  const floats = new Set(kind.shader.uniforms.filter(({ type }) => type === 'f32').map(({ name }) => name));
  return wordsOf(kind).map((name) => `${name}: ${floats.has(name) ? 'f32' : 'u32'}`);
}

/** Accessors of the operands and index lists. */
export function accessors(kind: Kind): string[] {
  const { shader, slots } = kind;
  const word = (name: string) => `params.${name}`;
  const lines: string[] = [];
  shader.operands.forEach(({ name, access, optional }, i) => {
    const slot = slots[i] ?? null;
    if (access === 'quads') {
      lines.push(`fn ${name}_quad(i: u32) -> vec4f { return buffer${slot}[${word(`${name}_offset`)} / 4u + i]; }`);
      return;
    }
    if (optional) lines.push(`const has_${name} = ${slot !== null};`);
    const at = slot === null ? '0.0' : `buffer${slot}[${word(`${name}_offset`)} + row * ${word(`${name}_stride`)} + column]`;
    const flat = slot === null ? '0.0' : `buffer${slot}[${word(`${name}_offset`)} + i]`;
    lines.push(`fn ${name}_at(row: u32, column: u32) -> f32 { return ${at}; }`);
    lines.push(`fn ${name}_flat(i: u32) -> f32 { return ${flat}; }`);
    if (access !== 'out') return;
    const set = (target: string) => (slot === null ? '' : ` ${target} = value; `);
    lines.push(`fn set_${name}(row: u32, column: u32, value: f32) {${set(at)}}`);
    lines.push(`fn set_${name}_flat(i: u32, value: f32) {${set(flat)}}`);
  });
  for (const name of shader.indices) {
    lines.push(`fn ${name}_at(i: u32) -> u32 { return u32(index_storage[${word(`${name}_offset`)} + i]); }`);
  }
  if (kind.inParts) lines.push('fn parts_at(i: u32) -> u32 { return u32(index_storage[params.parts_offset + i]); }');
  return lines;
}

export function constantLines({ shader, constants }: Kind): string[] {
  return shader.constants.map((name) => {
    const value = constants[name];
    if (value === undefined) throw new Error(`${shader.name}.wgsl: constant ${name} was not given`);
    return `const ${name}: u32 = ${value}u;`;
  });
}

/**
 * The body of a kernel, with what stands between `//@each q QUADS` and `//@end` repeated for q = 0, 1, … as a block of
 * its own. Arrays indexed by `{q}` alone can live in registers; loops leave that to each driver's compiler.
 */
export function unrolled({ shader, constants }: Kind): string {
  const innermost = /^ *\/\/@each (\w+) (\w+)\n((?:(?! *\/\/@each ).*\n)*?) *\/\/@end\n/m;
  let text = shader.body;
  for (let match = innermost.exec(text); match; match = innermost.exec(text)) {
    const [all, name, count, inner] = match as unknown as [string, string, string, string];
    const times = constants[count] ?? Number(count);
    if (!Number.isInteger(times)) throw new Error(`${shader.name}.wgsl repeats by ${count}, which is no constant of it`);
    const copies = Array.from({ length: times }, (_, i) => `{\n${inner.replaceAll(`{${name}}`, String(i))}}\n`);
    text = text.slice(0, match.index) + copies.join('') + text.slice(match.index + all.length);
  }
  return text;
}

export function storageLines({ written, quads, count, index }: Bindings): string[] {
  return Array.from({ length: count }, (_, i) => {
    const binding = i + 1;
    if (binding === index) return `@group(0) @binding(${binding}) var<storage, read> index_storage: array<i32>;`;
    const mode = written.has(binding) ? 'read_write' : 'read';
    return `@group(0) @binding(${binding}) var<storage, ${mode}> buffer${binding}: array<${quads.has(binding) ? 'vec4f' : 'f32'}>;`;
  });
}

export function includeLines(shaders: readonly Shader[], subgroups: boolean): string[] {
  const names = new Set(shaders.flatMap((shader) => shader.includes));
  return [...names].map((name) => {
    const file = includes[name];
    if (file === undefined) throw new Error(`a shader includes ${name}.wgsl, which does not exist`);
    return (subgroups && file.subgroups) || file.text;
  });
}

export const enableLines = (subgroups: boolean) => (subgroups ? ['enable subgroups;'] : []);

export const MAIN_ARGUMENTS =
  '@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32';
