import { type MambaConfig, mambaConfig, mambaStack } from '../model/mamba';
import { compile, type Executor, Graph, gradients, mul, sum, type Variable, VariableGroup } from '../tensor';
import type { Golden } from './golden-file';

/** How far one tensor is from its golden value. */
export interface TensorError {
  /** `output`, `input` or the weight's name. */
  readonly name: string;
  readonly kind: 'output' | 'input-gradient' | 'weight-gradient';
  /** Largest absolute difference. */
  readonly absolute: number;
  /** The same, relative to the tensor's largest magnitude. */
  readonly relative: number;
}

/**
 * Runs a golden Mamba stack forward and backward on an executor: output, and the gradients of Σ output · cotangent with
 * respect to the input and every weight, held against those of the file.
 */
export async function checkParity(golden: Golden, executor: Executor): Promise<TensorError[]> {
  const graph = new Graph('parity');
  const group = new VariableGroup('golden');
  const weights = new Map<string, Variable>();
  for (const [name, { rows, columns, values }] of golden.weights)
    weights.set(
      name,
      group.add(name, rows, columns, (target) => target.set(values)),
    );

  const { rows, columns } = golden.input;
  const x = graph.input('x', rows, columns);
  const tensors = new Map([...weights].map(([name, variable]) => [name, graph.variable(variable)]));
  const y = mambaStack(x, golden.segments, configOf(golden), 1, (name) => tensors.get(name)!);
  const cotangent = graph.constant(golden.cotangent.values, rows, columns);
  const names = [...tensors.keys()];
  const [dx, ...dw] = gradients(sum(mul(y, cotangent)), [x, ...tensors.values()]);
  graph.output('output', y);
  graph.output('input', dx!);
  for (const [i, name] of names.entries()) graph.output(`gradient.${name}`, dw[i]!);

  executor.allocate(group);
  const program = executor.prepare(compile(graph));
  try {
    program.write('x', golden.input.values);
    program.run();
    const errors = [
      compare('output', 'output', await program.read('output'), golden.output.values),
      compare('input', 'input-gradient', await program.read('input'), golden.gradients.get('input')!.values),
    ];
    for (const name of names)
      errors.push(compare(name, 'weight-gradient', await program.read(`gradient.${name}`), golden.gradients.get(name)!.values));
    return errors;
  } finally {
    program.dispose();
    executor.release(group.name);
  }
}

function configOf({ config }: Golden): MambaConfig {
  return mambaConfig(config.d_model, config.d_state, config.n_layers, {
    expand: config.expand,
    convolution: config.d_conv,
    stepRank: config.dt_rank,
    normEps: config.norm_eps,
  });
}

function compare(name: string, kind: TensorError['kind'], got: Float32Array, expected: Float32Array): TensorError {
  if (got.length !== expected.length)
    throw new Error(`${name} has ${got.length} numbers; expected the ${expected.length} of the golden file`);
  let absolute = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(got[i]! - expected[i]!);
    // NaN compares with nothing, and must not pass for a small error.
    absolute = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(absolute, difference);
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return { name, kind, absolute, relative: largest > 0 ? absolute / largest : absolute };
}
