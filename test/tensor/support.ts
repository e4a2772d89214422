import type { Tensor } from '../../engine/tensor';
import { compile, Graph, gradients, mul, type Plan, ReferenceExecutor, sum, type VariableGroup } from '../../engine/tensor';

/** A small seeded stream for test data (mulberry32). */
export function stream(seed: number) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    between: (low: number, high: number) => low + (high - low) * uniform(),
    whole: (low: number, high: number) => low + Math.floor(uniform() * (high - low + 1)),
    values: (count: number, low = -1, high = 1) => Float64Array.from({ length: count }, () => low + (high - low) * uniform()),
  };
}

export type Stream = ReturnType<typeof stream>;

/** S + 1 starts over `rows` rows, of random lengths of at least 1. */
export function randomSegments(random: Stream, rows: number): Int32Array {
  const starts = [0];
  for (let row = 1; row < rows; row++) if (random.uniform() < 0.4) starts.push(row);
  return Int32Array.from([...starts, rows]);
}

/** Segments of each of `groups` members, over all rows. */
export function memberSegments(random: Stream, rowsEach: number, groups: number): Int32Array {
  const starts: number[] = [];
  for (let g = 0; g < groups; g++)
    starts.push(...[...randomSegments(random, rowsEach).slice(0, -1)].map((row) => row + g * rowsEach));
  return Int32Array.from([...starts, rowsEach * groups]);
}

export interface Operand {
  readonly rows: number;
  readonly columns: number;
  readonly low?: number;
  readonly high?: number;
}

/** Runs a plan once on the reference executor, in float64. */
export function evaluate(
  plan: Plan,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
  groups: readonly VariableGroup[] = [],
): Record<string, Float64Array> {
  const executor = new ReferenceExecutor();
  for (const group of groups) executor.allocate(group);
  const program = executor.prepare(plan);
  for (const [name, values] of Object.entries(inputs)) program.write(name, values);
  program.run();
  return Object.fromEntries(Object.keys(plan.outputs).map((name) => [name, program.readExact(name)]));
}

/**
 * Largest error of `gradients` against central differences, relative to the largest magnitude of each gradient, for
 * a random weighting of the op's result.
 */
export function gradientError(
  random: Stream,
  operands: readonly Operand[],
  op: (...tensors: Tensor[]) => Tensor,
  step = 1e-5,
): number {
  const graph = new Graph('check');
  const tensors = operands.map(({ rows, columns }, i) => graph.input(`x${i}`, rows, columns));
  const y = op(...tensors);
  const weights = graph.constant(random.values(y.rows * y.columns), y.rows, y.columns);
  const loss = sum(mul(y, weights));
  graph.output('loss', loss);
  gradients(loss, tensors).forEach((gradient, i) => {
    graph.output(`g${i}`, gradient);
  });
  const plan = compile(graph);
  const program = new ReferenceExecutor().prepare(plan);
  const values = operands.map(({ rows, columns, low, high }) => random.values(rows * columns, low, high));
  values.forEach((value, i) => {
    program.write(`x${i}`, value);
  });
  program.run();
  const found = operands.map((_, i) => program.readExact(`g${i}`));
  const lossAt = () => {
    program.run();
    return program.readExact('loss')[0]!;
  };
  let worst = 0;
  operands.forEach((_, i) => {
    const value = values[i]!;
    const scale = Math.max(1e-3, ...found[i]!.map(Math.abs));
    for (let j = 0; j < value.length; j++) {
      const centre = value[j]!;
      value[j] = centre + step;
      program.write(`x${i}`, value);
      const up = lossAt();
      value[j] = centre - step;
      program.write(`x${i}`, value);
      const down = lossAt();
      value[j] = centre;
      worst = Math.max(worst, Math.abs((up - down) / (2 * step) - found[i]![j]!) / scale);
    }
    program.write(`x${i}`, value);
  });
  return worst;
}
