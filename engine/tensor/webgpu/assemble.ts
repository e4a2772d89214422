import { POINTS, threadsOf } from './dispatch';
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
function wordFields(kind: Kind): string[] {
  const floats = new Set(kind.shader.uniforms.filter(({ type }) => type === 'f32').map(({ name }) => name));
  return wordsOf(kind).map((name) => `${name}: ${floats.has(name) ? 'f32' : 'u32'}`);
}

/** Accessors of the operands and index lists. */
function accessors(kind: Kind): string[] {
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

function constantLines({ shader, constants }: Kind): string[] {
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
function unrolled({ shader, constants }: Kind): string {
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

function storageLines({ written, quads, count, index }: Bindings): string[] {
  return Array.from({ length: count }, (_, i) => {
    const binding = i + 1;
    if (binding === index) return `@group(0) @binding(${binding}) var<storage, read> index_storage: array<i32>;`;
    const mode = written.has(binding) ? 'read_write' : 'read';
    return `@group(0) @binding(${binding}) var<storage, ${mode}> buffer${binding}: array<${quads.has(binding) ? 'vec4f' : 'f32'}>;`;
  });
}

function includeLines(shaders: readonly Shader[], subgroups: boolean): string[] {
  const names = new Set(shaders.flatMap((shader) => shader.includes));
  return [...names].map((name) => {
    const file = includes[name];
    if (file === undefined) throw new Error(`a shader includes ${name}.wgsl, which does not exist`);
    return (subgroups && file.subgroups) || file.text;
  });
}

const enableLines = (subgroups: boolean) => (subgroups ? ['enable subgroups;'] : []);

/** What a workgroup's threads have written is there for the next kernel of a chain. */
const BETWEEN = '\n  storageBarrier();\n  workgroupBarrier();\n  ';

const MAIN_ARGUMENTS =
  '@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32';

/** What turns a form into blocks; 32 rows or POINTS points a block. */
const blockAdapters: Readonly<Record<'points' | 'rows', string>> = {
  points: `
fn run_block(block: u32, lane: u32) {
  let end = min((block + 1u) * ${POINTS}u, params.rows * params.columns);
  for (var i = block * ${POINTS}u + lane; i < end; i += 256u) {
    let row = i / params.columns;
    let column = i % params.columns;
    store(row, column, compute(row, column));
  }
}`,
  rows: `
fn run_block(block: u32, lane: u32) {
  row_block(block * 32u, params.rows, lane);
}`,
};

/** What runs a part of a kernel's rows; a kernel by blocks either has its own function for that, or its blocks are the parts. */
const partAdapters: Readonly<Record<'points' | 'rows' | 'blocks', string>> = {
  points: `
fn run_part(part: u32, lane: u32) {
  let end = parts_at(part + 1u) * params.parts_width;
  for (var i = parts_at(part) * params.parts_width + lane; i < end; i += 256u) {
    let row = i / params.columns;
    let column = i % params.columns;
    store(row, column, compute(row, column));
  }
}`,
  rows: `
fn run_part(part: u32, lane: u32) {
  let end = parts_at(part + 1u);
  for (var first = parts_at(part); first < end; first += 32u) { row_block(first, end, lane); }
}`,
  blocks: `
fn run_part(part: u32, lane: u32) {
  run_block(part, lane);
}`,
};
const PART_OF_ROWS = `
fn run_part(part: u32, lane: u32) {
  run_rows(parts_at(part), parts_at(part + 1u), lane);
}`;

function adapterOf({ shader, inParts }: Kind): string {
  if (inParts) return /^fn run_rows\(/m.test(shader.body) ? PART_OF_ROWS : partAdapters[shader.form];
  return shader.form === 'blocks' ? '' : blockAdapters[shader.form];
}

/** The module of one kernel in a dispatch of its own; `subgroups` as in `moduleOf`. */
export function kernelModule(kind: Kind, bindings: Bindings, subgroups: boolean): string {
  const { shader } = kind;
  return [
    ...enableLines(subgroups),
    `struct Params { ${wordFields(kind).join(', ')} }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...storageLines(bindings),
    ...constantLines(kind),
    ...accessors(kind),
    ...includeLines([shader], subgroups),
    unrolled(kind),
    adapterOf(kind),
    `@compute @workgroup_size(${shader.threads})`,
    `fn main(${MAIN_ARGUMENTS}) { run_block(group.y * grid.x + group.x, lane); }`,
  ].join('\n');
}

/**
 * The module of several independent chains run as one: a workgroup looks up whose block it is. `sequences` are the chains as
 * numbers of kinds. `owners` lists for each workgroup the record (one vec4u with the number of the chain's sequence, then the
 * words of each of its kernels) and the block. All kernels have the same number of threads.
 */
export function jointModule(
  kinds: readonly Kind[],
  sequences: readonly (readonly number[])[],
  bindings: Bindings,
  subgroups: boolean,
): string {
  const cases = sequences.map((sequence, s) => {
    let at = 1;
    const runs = sequence.map((k) => {
      const run = `${kinds[k]!.inParts ? 'run_part' : 'run_block'}_${k}(words_${k}(base + ${at}u), block, lane);`;
      at += Math.ceil(wordsOf(kinds[k]!).length / 4);
      return run;
    });
    return `    case ${s}u: {\n      ${runs.join(BETWEEN)}\n    }`;
  });
  return [
    ...enableLines(subgroups),
    '@group(0) @binding(0) var<uniform> table: array<vec4u, 4096>;',
    ...together(kinds, bindings, subgroups, tableWords),
    `@compute @workgroup_size(${threadsOf(kinds[0]!)})
fn main(${MAIN_ARGUMENTS}) {
  let workgroup = group.y * grid.x + group.x;
  let owners = table[0];
  if (workgroup >= owners.y) { return; }
  let at = owners.x + 2u * workgroup;
  let base = u32(index_storage[at]);
  let block = u32(index_storage[at + 1u]);
  switch table[base].x {
${cases.join('\n')}
    default: {}
  }
}`,
  ].join('\n');
}

/**
 * The module of a chain in a dispatch of its own. The words of its kernels, \`c0_…\`, \`c1_…\` and so on, have places that are known
 * to the compiler, and take no registers.
 */
export function chainModule(kinds: readonly Kind[], bindings: Bindings, subgroups: boolean): string {
  const fields = kinds.flatMap((kind, k) => wordFields(kind).map((field) => `c${k}_${field}`));
  return [
    ...enableLines(subgroups),
    `struct Params { ${fields.join(', ')}, parts: u32 }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...together(kinds, bindings, subgroups, placedWords),
    `@compute @workgroup_size(${threadsOf(kinds[0]!)})
fn main(${MAIN_ARGUMENTS}) {
  let part = group.y * grid.x + group.x;
  if (part >= params.parts) { return; }
  ${kinds.map((_, k) => `run_part_${k}(part, lane);`).join(BETWEEN)}
}`,
  ].join('\n');
}

/** How a kernel beside others comes by its words: two ways to write its functions. */
type Words = (text: string, functions: readonly string[], kind: Kind, k: number) => string;

/** Handed to every function, as \`words_k(at)\` reads them from a table. */
const tableWords: Words = (code, functions, kind, k) => {
  let text = code;
  for (const name of functions) {
    text = text.replace(new RegExp(`^fn ${name}\\(`, 'gm'), `fn ${name}_${k}(params: Words_${k}, `);
    text = text.replace(new RegExp(`(?<!fn )\\b${name}\\(`, 'g'), `${name}_${k}(params, `);
  }
  const values = wordFields(kind).map((field, i) => {
    const word = `table[at + ${i >> 2}u].${'xyzw'[i & 3]}`;
    return field.endsWith('f32') ? `bitcast<f32>(${word})` : word;
  });
  return [
    `struct Words_${k} { ${wordFields(kind).join(', ')} }`,
    `fn words_${k}(at: u32) -> Words_${k} { return Words_${k}(${values.join(', ')}); }`,
    text,
  ].join('\n');
};

/** Words with a prefix of the uniform block. */
const placedWords: Words = (code, functions, _, k) => {
  let text = code.replace(/\bparams\./g, `params.c${k}_`);
  for (const name of functions) text = text.replace(new RegExp(`\\b${name}\\(`, 'g'), `${name}_${k}(`);
  return text;
};

/** Kernels in one module: names made apart, workgroup memory shared. */
function together(kinds: readonly Kind[], bindings: Bindings, subgroups: boolean, words: Words): string[] {
  const parts = kinds.map((kind, k) => separate(kind, k, words));
  const memory = new Map<string, string[]>();
  for (const part of parts) {
    for (const [type, size] of part.memory) memory.set(type, [...(memory.get(type) ?? []), size]);
  }
  return [
    ...storageLines(bindings),
    ...includeLines(
      kinds.map((kind) => kind.shader),
      subgroups,
    ),
    ...parts.map((part) => part.text),
    ...[...memory].map(
      ([type, sizes]) => `var<workgroup> shared_${type}: array<${type}, ${sizes.reduce((all, size) => `max(${all}, ${size})`)}>;`,
    ),
  ];
}

/** A kernel's text with its module-scope names made its own. */
function separate(kind: Kind, k: number, words: Words): { text: string; memory: Map<string, string> } {
  const code = [...constantLines(kind), ...accessors(kind), unrolled(kind), adapterOf(kind)].join('\n');
  let text = code.replace(/\/\/.*$/gm, '').replace(/\n\s*\n/g, '\n');

  // Workgroup arrays become pieces of one array for each type, which all kernels share: they never run at once.
  const memory = new Map<string, string>();
  const arrays: { name: string; type: string; base: string }[] = [];
  text = text.replace(/^var<workgroup> (\w+): array<(\w+), ([^;]+)>;$/gm, (_, name: string, type: string, size: string) => {
    const base = memory.get(type) ?? '0u';
    const after = `${type}_after_${name}`;
    arrays.push({ name, type, base: `${name}_base` });
    memory.set(type, after);
    return `const ${name}_base = ${base};\nconst ${after} = ${base} + (${size});`;
  });
  for (const { name, type, base } of arrays) text = redirect(text, name, `shared_${type}`, base);

  const functions = [...text.matchAll(/^fn (\w+)\(/gm)].map((match) => match[1]!);
  text = words(text, functions, kind, k);
  const constants = [...text.matchAll(/^(?:const|alias|struct) (\w+)/gm)].map((match) => match[1]!);
  for (const name of constants) if (name !== `Words_${k}`) text = text.replace(new RegExp(`\\b${name}\\b`, 'g'), `${name}_${k}`);
  for (const [type, size] of memory) memory.set(type, `${size}_${k}`);
  return { text, memory };
}

/** `name[i]` → `target[base + (i)]`. */
function redirect(text: string, name: string, target: string, base: string): string {
  const start = new RegExp(`\\b${name}\\[`, 'g');
  let out = '';
  let at = 0;
  for (let match = start.exec(text); match; match = start.exec(text)) {
    let depth = 1;
    let end = match.index + match[0].length;
    while (depth > 0) {
      const character = text[end++];
      if (character === '[') depth++;
      else if (character === ']') depth--;
    }
    const index = text.slice(match.index + match[0].length, end - 1);
    out += `${text.slice(at, match.index)}${target}[${base} + (${index})]`;
    at = end;
    start.lastIndex = end;
  }
  return out + text.slice(at);
}
