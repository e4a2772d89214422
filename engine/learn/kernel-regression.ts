/**
 * Regression with a Matérn-5/2 kernel over sizings in [0, 1]^P (Rasmussen and Williams, *Gaussian Processes for Machine
 * Learning*, eqs. 2.25 and 5.12): small, exact, and chosen by leave-one-out error, for what a network leaves over.
 */
export interface KernelRegression {
  /** Adds the regression's value for each of the M columns at `u` to `into` (length M). */
  addTo(u: Float32Array, into: Float64Array): void;
  /** Mean absolute leave-one-out error over points and columns, and the same of predicting 0. */
  readonly leaveOneOut: number;
  readonly baseline: number;
}

/** Kernels to choose from: length scale, and variance of noise relative to the targets' spread. */
const KERNELS = [0.1, 0.2, 0.4, 0.8].flatMap((length) => [1e-3, 3e-2].map((noise) => ({ length, noise })));

/**
 * Each column takes the kernel that leaves it the least error, or none where predicting 0 is better.
 *
 * @param points N sizings
 * @param targets N · M values, row by row
 */
export function fitKernelRegression(
  points: readonly Float32Array[],
  targets: Float64Array,
  columns: number,
): KernelRegression | null {
  const n = points.length;
  if (n < 4) return null;
  const baselines = columnMeans(targets, n, columns, (i, m) => targets[i * columns + m]!);
  const errors = baselines.slice();
  const chosen = new Int32Array(columns).fill(-1);
  const weights = new Float64Array(n * columns);
  for (const [index, kernel] of KERNELS.entries()) {
    const inverse = invertPositive(kernelMatrix(points, kernel.length, kernel.noise), n);
    if (!inverse) continue;
    const candidate = multiply(inverse, targets, n, columns);
    const left = columnMeans(candidate, n, columns, (i, m) => candidate[i * columns + m]! / inverse[i * n + i]!);
    for (let m = 0; m < columns; m++) {
      if (left[m]! >= errors[m]!) continue;
      errors[m] = left[m]!;
      chosen[m] = index;
      for (let i = 0; i < n; i++) weights[i * columns + m] = candidate[i * columns + m]!;
    }
  }
  const used = KERNELS.map((kernel, index) => ({ ...kernel, columns: [...chosen.keys()].filter((m) => chosen[m] === index) }));
  const active = used.filter((kernel) => kernel.columns.length > 0);
  return {
    leaveOneOut: mean(errors),
    baseline: mean(baselines),
    addTo(u, into) {
      for (let i = 0; i < n; i++) {
        const r = distance(u, points[i]!);
        for (const { length, columns: its } of active) {
          const k = matern(r / length);
          for (const m of its) into[m]! += k * weights[i * columns + m]!;
        }
      }
    },
  };
}

function columnMeans(values: Float64Array, n: number, columns: number, at: (i: number, m: number) => number): Float64Array {
  const means = new Float64Array(columns);
  if (values.length > 0) for (let i = 0; i < n; i++) for (let m = 0; m < columns; m++) means[m]! += Math.abs(at(i, m)) / n;
  return means;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
