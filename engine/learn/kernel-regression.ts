import { cholesky, inverseOf, matern } from '../base';

/**
 * Regression with a Matérn-5/2 kernel over sizings in [0, 1]^P (Rasmussen and Williams, *Gaussian Processes for Machine
 * Learning*, eqs. 2.25 and 5.12): small, exact, and chosen by leave-one-out error, for what a network leaves over.
 */
export interface KernelRegression {
  /** Adds the regression's value for each of the M columns at `u` to `into` (length M). */
  addTo(u: Float32Array, into: Float64Array): void;
  /** Of each column: mean absolute leave-one-out error, and the same of predicting 0. */
  readonly errors: Float64Array;
  readonly baselines: Float64Array;
}

/** Kernels to choose from: length scale, and variance of noise relative to the targets' spread. */
const KERNELS = [0.2, 0.4, 0.8, 1.6].flatMap((length) => [1e-5, 1e-3, 3e-2].map((noise) => ({ length, noise })));

/** The kernel is chosen on so many points: hardly another than on all of them, each try an inversion. */
const CHOSEN_ON = 80;

/**
 * All columns share the kernel that leaves the least error; a column that predicting 0 serves better is left at 0.
 *
 * @param points N sizings, nearest to where it matters first
 * @param targets N · M values, row by row
 * @returns null for fewer than four points
 */
export function fitKernelRegression(
  points: readonly Float32Array[],
  targets: Float64Array,
  columns: number,
): KernelRegression | null {
  const n = points.length;
  if (n < 4) return null;
  const chosen = chooseKernel(points.slice(0, CHOSEN_ON), targets, columns);
  const fitted = chosen && leaveOut(points, targets, columns, chosen);
  if (!fitted) return null;
  const { weights, errors, baselines } = fitted;
  const { length } = chosen;
  for (let m = 0; m < columns; m++) {
    if (errors[m]! < baselines[m]!) continue;
    errors[m] = baselines[m]!;
    for (let i = 0; i < n; i++) weights[i * columns + m] = 0;
  }
  return {
    errors,
    baselines,
    addTo(u, into) {
      for (let i = 0; i < n; i++) {
        const similarity = matern(far(u, points[i]!, length));
        for (let m = 0; m < columns; m++) into[m]! += similarity * weights[i * columns + m]!;
      }
    },
  };
}

interface Choice {
  readonly length: number;
  readonly noise: number;
}

/** The kernel that leaves the least error; null where predicting 0 is better than each. */
function chooseKernel(points: readonly Float32Array[], targets: Float64Array, columns: number): Choice | null {
  let best: (Choice & { readonly score: number }) | null = null;
  for (const kernel of KERNELS) {
    const left = leaveOut(points, targets, columns, kernel);
    if (!left) continue;
    const score = left.errors.reduce((sum, error, m) => sum + Math.min(1, error / (left.baselines[m]! + 1e-12)), 0);
    if (score < (best?.score ?? columns)) best = { ...kernel, score };
  }
  return best;
}

/** Weights of the points, and what each column's points would have missed by without themselves; null where singular. */
function leaveOut(points: readonly Float32Array[], targets: Float64Array, columns: number, { length, noise }: Choice) {
  const n = points.length;
  const lower = kernelMatrix(points, length, noise);
  if (!cholesky(lower, n)) return null;
  const inverse = inverseOf(lower, n);
  const weights = multiply(inverse, targets, n, columns);
  return {
    weights,
    errors: columnMeans(n, columns, (i, m) => weights[i * columns + m]! / inverse[i * n + i]!),
    baselines: columnMeans(n, columns, (i, m) => targets[i * columns + m]!),
  };
}

function columnMeans(n: number, columns: number, at: (i: number, m: number) => number): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < n; i++) for (let m = 0; m < columns; m++) means[m]! += Math.abs(at(i, m)) / n;
  return means;
}

/** Squared distance in units of the length scale. */
function far(a: Float32Array, b: Float32Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / (length * length);
}

function kernelMatrix(points: readonly Float32Array[], length: number, noise: number): Float64Array {
  const n = points.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = 1 + noise;
    for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i] = matern(far(points[i]!, points[j]!, length));
  }
  return matrix;
}

function multiply(matrix: Float64Array, values: Float64Array, n: number, columns: number): Float64Array {
  const product = new Float64Array(n * columns);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const a = matrix[i * n + j]!;
      for (let m = 0; m < columns; m++) product[i * columns + m]! += a * values[j * columns + m]!;
    }
  }
  return product;
}
