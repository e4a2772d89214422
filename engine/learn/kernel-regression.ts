/**
 * Regression with a Matérn-5/2 kernel over sizings in [0, 1]^P (Rasmussen and Williams, *Gaussian Processes for Machine
 * Learning*, eqs. 2.25 and 5.12): small, exact, and chosen by leave-one-out error, for what a network leaves over.
 */
export interface KernelRegression {
  /**
   * Adds the regression's value for each of the M columns at `u` to `into` (length M), and returns the share of the
   * prior's variance that is left there: 0 at a known point, 1 far from all.
   */
  addTo(u: Float32Array, into: Float64Array): number;
  /** Of each column: mean absolute leave-one-out error, the same of predicting 0, and the prior's standard deviation. */
  readonly errors: Float64Array;
  readonly baselines: Float64Array;
  readonly scales: Float64Array;
}

/** Kernels to choose from: length scale, and variance of noise relative to the targets' spread. */
const KERNELS = [0.2, 0.4, 0.8, 1.6].flatMap((length) => [1e-5, 1e-3, 3e-2].map((noise) => ({ length, noise })));

/**
 * All columns share the kernel that leaves the least error; a column that predicting 0 serves better is left at 0.
 *
 * @param points N sizings
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
  const baselines = columnMeans(n, columns, (i, m) => targets[i * columns + m]!);
  let best: { length: number; inverse: Float64Array; weights: Float64Array; errors: Float64Array; score: number } | null = null;
  for (const { length, noise } of KERNELS) {
    const inverse = invertPositive(kernelMatrix(points, length, noise), n);
    if (!inverse) continue;
    const weights = multiply(inverse, targets, n, columns);
    const errors = columnMeans(n, columns, (i, m) => weights[i * columns + m]! / inverse[i * n + i]!);
    const score = errors.reduce((sum, error, m) => sum + Math.min(1, error / (baselines[m]! + 1e-12)), 0);
    if (score < (best?.score ?? columns)) best = { length, inverse, weights, errors, score };
  }
  if (!best) return null;
  const { length, inverse, weights, errors } = best;
  const scales = columnMeans(n, columns, (i, m) => targets[i * columns + m]! * weights[i * columns + m]!).map(Math.sqrt);
  for (let m = 0; m < columns; m++) {
    if (errors[m]! < baselines[m]!) continue;
    errors[m] = baselines[m]!;
    for (let i = 0; i < n; i++) weights[i * columns + m] = 0;
  }
  const k = new Float64Array(n);
  return {
    errors,
    baselines,
    scales,
    addTo(u, into) {
      for (let i = 0; i < n; i++) {
        const similarity = matern(distance(u, points[i]!) / length);
        k[i] = similarity;
        for (let m = 0; m < columns; m++) into[m]! += similarity * weights[i * columns + m]!;
      }
      let explained = 0;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < i; j++) sum += inverse[i * n + j]! * k[j]!;
        explained += k[i]! * (2 * sum + inverse[i * n + i]! * k[i]!);
      }
      return Math.max(0, 1 - explained);
    },
  };
}

function columnMeans(n: number, columns: number, at: (i: number, m: number) => number): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < n; i++) for (let m = 0; m < columns; m++) means[m]! += Math.abs(at(i, m)) / n;
  return means;
}

function matern(r: number): number {
  const s = Math.sqrt(5) * r;
  return (1 + s + (s * s) / 3) * Math.exp(-s);
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

function kernelMatrix(points: readonly Float32Array[], length: number, noise: number): Float64Array {
  const n = points.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = 1 + noise;
    for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i] = matern(distance(points[i]!, points[j]!) / length);
  }
  return matrix;
}

/** Inverse of a symmetric positive definite matrix by Cholesky; null where it is not one. */
function invertPositive(matrix: Float64Array, n: number): Float64Array | null {
  const lower = matrix; // overwritten row by row
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = lower[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      if (i === j) {
        if (!(sum > 0)) return null;
        lower[i * n + i] = Math.sqrt(sum);
      } else lower[i * n + j] = sum / lower[j * n + j]!;
    }
  }
  // Rows of L⁻¹ transposed, so that the product below runs along rows.
  const columnsOfInverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= lower[i * n + k]! * columnsOfInverse[j * n + k]!;
      columnsOfInverse[j * n + i] = sum / lower[i * n + i]!;
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += columnsOfInverse[i * n + k]! * columnsOfInverse[j * n + k]!;
      inverse[i * n + j] = inverse[j * n + i] = sum;
    }
  }
  return inverse;
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
