import {
  accessors,
  type Bindings,
  constantLines,
  enableLines,
  includeLines,
  type Kind,
  MAIN_ARGUMENTS,
  storageLines,
  unrolled,
  wordFields,
  wordsOf,
} from './assemble';
import { adapterOf } from './assemble-kernel';
import { threadsOf } from './dispatch';

/**
 * A kernel of a chain, and whether it waits for what the workgroup's threads have written in those before it. Workgroup memory they
 * may use all the same: a kernel that runs by rows reads the last of it before a barrier of its own.
 */
export interface Step {
  /** Its number among the kinds of a module. */
  readonly kind: number;
  readonly waits: boolean;
}

const BARRIER = 'storageBarrier();\n  workgroupBarrier();\n  ';

/**
 * The module of several independent chains run as one: a workgroup looks up whose block it is. `sequences` are the chains. `owners` lists for each workgroup the record (one vec4u with the number of the chain's sequence, then the
 * words of each of its kernels) and the block. All kernels have the same number of threads.
 */
export function jointModule(
  kinds: readonly Kind[],
  sequences: readonly (readonly Step[])[],
  bindings: Bindings,
  subgroups: boolean,
): string {
  const cases = sequences.map((sequence, s) => {
    let at = 1;
    const runs = sequence.map(({ kind: k, waits }) => {
      const run = `${waits ? BARRIER : ''}${kinds[k]!.inParts ? 'run_part' : 'run_block'}_${k}(words_${k}(base + ${at}u), block, lane);`;
      at += Math.ceil(wordsOf(kinds[k]!).length / 4);
      return run;
    });
    return `    case ${s}u: {\n      ${runs.join('\n  ')}\n    }`;
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
 * The module of a chain in a dispatch of its own. The words of its kernels, `c0_…`, `c1_…` and so on, have places that are known
 * to the compiler, and take no registers.
 */
export function chainModule(kinds: readonly Kind[], waits: readonly boolean[], bindings: Bindings, subgroups: boolean): string {
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
  ${kinds.map((_, k) => `${waits[k] ? BARRIER : ''}run_part_${k}(part, lane);`).join('\n  ')}
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
