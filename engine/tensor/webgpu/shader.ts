/**
 * The tiny templating step between a WGSL file and a pipeline.
 *
 * A file in `shaders/` opens with its interface, one `//!` line each:
 *
 *     //! in x [R, D]            tensor that is read
 *     //! in z? [R, D]           may be absent: `has_z` is false and reads give 0
 *     //! out y [R, D]           tensor that is written (and may be read)
 *     //! index segments         list of i32
 *     //! uniform rows           u32 known when the plan is prepared
 *     //! uniform scale: f32
 *     //! constant TILE          u32 that is part of the pipeline (array sizes, unrolled loops, variants)
 *     //! include math           takes in shaders/math.wgsl
 *
 * From these `assemble` writes the bindings. Several tensors of a launch often live in one buffer, and WebGPU lets a
 * dispatch bind a writable buffer once, so a binding is a whole *buffer* and a tensor is an accessor into it:
 *
 *     x_at(row, column)  x_flat(i)  set_y(row, column, value)  set_y_flat(i, value)  segments_at(i)
 *
 * Offsets, strides and sizes come from the uniform block `params`, so launches of the same kind share a pipeline.
 */
export interface Operand {
  readonly name: string;
  readonly access: 'in' | 'out';
  readonly optional: boolean;
}

export interface ShaderInterface {
  readonly operands: readonly Operand[];
  readonly indices: readonly string[];
  readonly uniforms: readonly { readonly name: string; readonly type: 'u32' | 'f32' }[];
  readonly constants: readonly string[];
  readonly includes: readonly string[];
}

export interface Shader extends ShaderInterface {
  readonly name: string;
  readonly body: string;
}

/** Reads the interface of a WGSL file. */
export function parseShader(name: string, source: string): Shader {
  const operands: Operand[] = [];
  const indices: string[] = [];
  const uniforms: { name: string; type: 'u32' | 'f32' }[] = [];
  const constants: string[] = [];
  const includes: string[] = [];
  for (const line of source.split('\n')) {
    if (!line.startsWith('//!')) continue;
    const match = /^\/\/! (in|out|index|uniform|constant|include) (\w+)(\?)?(?::\s*(f32|u32))?/.exec(line);
    if (!match) throw new Error(`${name}.wgsl: cannot read "${line}"; expected "//! in|out|index|uniform|constant|include NAME"`);
    const [, kind, word, mark, type] = match as unknown as [string, string, string, string?, string?];
    if (kind === 'in' || kind === 'out') operands.push({ name: word, access: kind, optional: mark === '?' });
    else if (kind === 'index') indices.push(word);
    else if (kind === 'include') includes.push(word);
    else if (kind === 'uniform') uniforms.push({ name: word, type: type === 'f32' ? 'f32' : 'u32' });
    else constants.push(word);
  }
  return { name, operands, indices, uniforms, constants, includes, body: source };
}

function missing(message: string): never {
  throw new Error(message);
}

/** Which binding an operand is in: bindings are numbered in the order of first use, from 1 (0 is the uniform block). */
export interface Assembly {
  readonly code: string;
  /** Words of the uniform block, in order. */
  readonly words: readonly string[];
}

/**
 * @param slots for each operand, the binding of its buffer, or null where the operand is absent
 * @param written the bindings that some operand writes
 * @param indexSlot the binding of the index storage, null where the shader has no index
 */
export function assemble(
  shader: Shader,
  slots: readonly (number | null)[],
  written: ReadonlySet<number>,
  indexSlot: number | null,
  constants: Readonly<Record<string, number>>,
  includes: Readonly<Record<string, string>>,
): Assembly {
  const words: string[] = [];
  const fields: string[] = [];
  const lines: string[] = [];
  const field = (word: string, type = 'u32') => {
    words.push(word);
    fields.push(`${word}: ${type}`);
  };
  const declared = new Set<number>();
  shader.operands.forEach((operand, i) => {
    const slot = slots[i] ?? null;
    const { name, access } = operand;
    if (operand.optional) lines.push(`const has_${name} = ${slot !== null};`);
    if (slot === null) {
      lines.push(`fn ${name}_at(row: u32, column: u32) -> f32 { return 0.0; }`, `fn ${name}_flat(i: u32) -> f32 { return 0.0; }`);
      if (access === 'out') {
        lines.push(`fn set_${name}(row: u32, column: u32, value: f32) {}`, `fn set_${name}_flat(i: u32, value: f32) {}`);
      }
      return;
    }
    if (!declared.has(slot)) {
      declared.add(slot);
      const mode = written.has(slot) ? 'read_write' : 'read';
      lines.push(`@group(0) @binding(${slot}) var<storage, ${mode}> buffer${slot}: array<f32>;`);
    }
    field(`${name}_offset`);
    field(`${name}_stride`);
    const at = `buffer${slot}[params.${name}_offset + row * params.${name}_stride + column]`;
    const flat = `buffer${slot}[params.${name}_offset + i]`;
    lines.push(
      `fn ${name}_at(row: u32, column: u32) -> f32 { return ${at}; }`,
      `fn ${name}_flat(i: u32) -> f32 { return ${flat}; }`,
    );
    if (access === 'out') {
      lines.push(
        `fn set_${name}(row: u32, column: u32, value: f32) { ${at} = value; }`,
        `fn set_${name}_flat(i: u32, value: f32) { ${flat} = value; }`,
      );
    }
  });
  if (shader.indices.length > 0) lines.push(`@group(0) @binding(${indexSlot}) var<storage, read> index_storage: array<i32>;`);
  for (const name of shader.indices) {
    field(`${name}_offset`);
    field(`${name}_length`);
    lines.push(`fn ${name}_at(i: u32) -> u32 { return u32(index_storage[params.${name}_offset + i]); }`);
  }
  for (const { name, type } of shader.uniforms) field(name, type);
  for (const name of shader.constants) {
    const value = constants[name];
    if (value === undefined) throw new Error(`${shader.name}.wgsl: constant ${name} was not given`);
    lines.push(`const ${name}: u32 = ${value}u;`);
  }
  const head = `struct Params { ${fields.join(', ')} }\n@group(0) @binding(0) var<uniform> params: Params;\n`;
  const taken = shader.includes.map(
    (name) => includes[name] ?? missing(`${shader.name}.wgsl includes ${name}.wgsl, which does not exist`),
  );
  return { code: [head, ...lines, ...taken, shader.body].join('\n'), words };
}
