import type { Instruction, LaunchOf } from '../plan';
import type { Shader } from './shader';

type Broadcast = LaunchOf<'elementwise'>['attributes']['broadcast'][number];

/** Largest finite f32; WGSL has no literal for infinity, so infinite constants become this. */
const LARGEST = 3.4028234663852886e38;

/** A number as a WGSL literal that reads back as the same f32. */
export function literal(value: number): string {
  if (Number.isNaN(value)) throw new Error('elementwise: a constant is NaN; expected a number');
  const single = Math.fround(Math.min(Math.max(value, -LARGEST), LARGEST));
  const text = String(single);
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** The WGSL expression of one instruction over registers r0, r1, … */
export function expression(instruction: Instruction): string {
  if (instruction.op === 'constant') return literal(instruction.value);
  const a = `r${instruction.a}`;
  const b = 'b' in instruction ? `r${instruction.b}` : '';
  switch (instruction.op) {
    case 'neg':
      return `-${a}`;
    case 'abs':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'floor':
    case 'sigmoid':
    case 'softplus':
    case 'silu':
      return `${instruction.op}(${a})`;
    case 'tanh':
      return `tanh_safe(${a})`;
    case 'square':
      return `${a} * ${a}`;
    case 'reciprocal':
      return `1.0 / ${a}`;
    case 'relu':
      return `max(${a}, 0.0)`;
    case 'step':
      return `select(0.0, 1.0, ${a} > 0.0)`;
    case 'add':
      return `${a} + ${b}`;
    case 'sub':
      return `${a} - ${b}`;
    case 'mul':
      return `${a} * ${b}`;
    case 'div':
      return `${a} / ${b}`;
    case 'max':
    case 'min':
      return `${instruction.op}(${a}, ${b})`;
    case 'less':
      return `select(0.0, 1.0, ${a} < ${b})`;
    case 'select':
      return `select(${b}, ${a}, r${instruction.c} > 0.0)`;
  }
}

const position: Readonly<Record<Broadcast, string>> = {
  full: 'row, column',
  row: 'block, column',
  column: 'row, 0u',
  scalar: '0u, 0u',
};

/** Loads and instructions of a program, then its results, one line each. */
export function programLines(
  broadcast: readonly Broadcast[],
  program: readonly Instruction[],
  results: readonly number[],
): readonly string[] {
  return [
    ...broadcast.map((kind, i) => `let r${i} = in${i}_at(${position[kind]});`),
    ...program.map((instruction, j) => `let r${broadcast.length + j} = ${expression(instruction)};`),
    `return Value(${results.map((register) => `r${register}`).join(', ')});`,
  ];
}

const generated = new WeakMap<Shader, Map<string, Shader>>();

/** The template (`shaders/elementwise.wgsl`) with a program in it; equal programs give the same shader object. */
export function elementwiseShader(
  template: Shader,
  broadcast: readonly Broadcast[],
  program: readonly Instruction[],
  results: readonly number[],
): Shader {
  const cache = generated.get(template) ?? new Map<string, Shader>();
  generated.set(template, cache);
  const lines = programLines(broadcast, program, results);
  const key = lines.join('\n');
  const known = cache.get(key);
  if (known) return known;
  const shader: Shader = {
    ...template,
    operands: [
      ...broadcast.map((_, i) => ({ name: `in${i}`, access: 'in' as const, optional: false })),
      ...results.map((_, o) => ({ name: `out${o}`, access: 'out' as const, optional: false })),
    ],
    body: template.body
      .replace('//@program', lines.join('\n  '))
      .replace('//@stores', results.map((_, o) => `set_out${o}(row, column, value[${o}]);`).join('\n  ')),
  };
  cache.set(key, shader);
  return shader;
}
