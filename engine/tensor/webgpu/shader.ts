/**
 * What a WGSL file of `shaders/` says of itself. It opens with its interface, one `//!` line each:
 *
 *     //! points                 the form: `fn compute(row, column) -> Value` and `fn store(row, column, value)` at every
 *                                point of uniforms rows × columns;
 *     //! rows                   `fn row_block(first, end, lane)` for 32 rows, 256 threads;
 *     //! blocks 256             `fn run_block(block, lane)` by workgroups of so many threads; in a chain `fn run_rows(first, end, lane)`
 *     //! include math           takes in shaders/math.wgsl, once a module
 *     //! paste mamba-segment    takes in a file that uses this one's constants, or has some of its interface
 *     //! in x [R, D]            tensor that is read
 *     //! in z? [R, D]           may be absent: `has_z` is false and reads give 0
 *     //! quads w                tensor that is read four elements at a time: `w_quad(i)`
 *     //! out y [R, D]           tensor that is written (and may be read)
 *     //! index segments         list of i32
 *     //! uniform rows           u32 known when the plan is prepared
 *     //! uniform scale: f32
 *     //! constant TILE          u32 that is part of the pipeline (array sizes, variants)
 *
 * `//@each q COUNT` to `//@end` is repeated COUNT times, `{q}` being 0, 1, …
 *
 * The body reads `params.rows`, `TILE`, `x_at(row, column)`, `x_flat(i)`, `segments_at(i)`, `segments` lengths as
 * `params.segments_length`, and writes by `set_y(row, column, value)`, `set_y_flat(i, value)`.
 */
export interface Operand {
  readonly name: string;
  readonly access: 'in' | 'quads' | 'out';
  readonly optional: boolean;
}

export type ShaderForm = 'points' | 'rows' | 'blocks';

export interface Shader {
  readonly name: string;
  readonly form: ShaderForm;
  /** Threads of a workgroup: a number, or the name of a constant. */
  readonly threads: string;
  readonly operands: readonly Operand[];
  readonly indices: readonly string[];
  readonly uniforms: readonly { readonly name: string; readonly type: 'u32' | 'f32' }[];
  readonly constants: readonly string[];
  readonly includes: readonly string[];
  readonly body: string;
}

const LINE =
  /^\/\/! (points|rows|blocks|in|quads|out|index|uniform|constant|include|paste)\b(?: ([\w-]+)(\?)?(?::\s*(f32|u32))?)?/;

/** Reads the interface of a WGSL file. `pasted` are the files that it may paste, by name. */
export function parseShader(name: string, source: string, pasted: Readonly<Record<string, string>> = {}): Shader {
  let form: ShaderForm | undefined;
  let threads = '256';
  const operands: Operand[] = [];
  const indices: string[] = [];
  const uniforms: { name: string; type: 'u32' | 'f32' }[] = [];
  const constants: string[] = [];
  const includes: string[] = [];
  const parts: string[] = [];
  const read = (line: string): void => {
    const match = LINE.exec(line);
    if (!match) throw new Error(`${name}.wgsl: cannot read "${line}"; the forms are listed in engine/tensor/webgpu/shader.ts`);
    const [, kind, word = '', mark, type] = match;
    switch (kind) {
      case 'in':
      case 'quads':
      case 'out':
        operands.push({ name: word, access: kind, optional: mark === '?' });
        break;
      case 'index':
        indices.push(word);
        break;
      case 'uniform':
        uniforms.push({ name: word, type: type === 'f32' ? 'f32' : 'u32' });
        break;
      case 'constant':
        constants.push(word);
        break;
      case 'include':
        includes.push(word);
        break;
      case 'paste': {
        const text = pasted[word];
        if (text === undefined) throw new Error(`${name}.wgsl pastes ${word}.wgsl, which does not exist`);
        parts.push(text);
        interfaceOf(text).forEach(read);
        break;
      }
      default:
        form = kind as ShaderForm;
        if (form === 'blocks') threads = word;
    }
  };
  interfaceOf(source).forEach(read);
  if (!form) throw new Error(`${name}.wgsl says nothing of its form; expected "//! points", "rows" or "blocks N"`);
  return { name, form, threads, operands, indices, uniforms, constants, includes, body: [...parts, source].join('\n') };
}

const interfaceOf = (source: string) => source.split('\n').filter((line) => line.startsWith('//!'));
