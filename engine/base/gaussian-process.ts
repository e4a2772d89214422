import { cholesky, inverseOf, solveLower } from './positive-definite';

/**
 * Gaussian-process regression over the unit cube (Rasmussen and Williams, *Gaussian Processes for Machine Learning*): zero
 * mean, an ARD Matérn-5/2 kernel (eq. 4.17 with a length for each dimension), optionally a linear trend added to it,
 * hyper-parameters at the maximum of the marginal likelihood (eqs. 5.8, 5.9).
 */
export interface Kernel {
  /** Logarithms of the D length scales, then of the variances: signal, noise, linear (-Infinity: no trend). */
  readonly logs: Float64Array;
}

/** What a kernel may become when it is fitted. */
export interface KernelFamily {
  /** Where every length begins, and least and largest values of each hyper-parameter (no logarithms). */
  readonly firstLength: number;
  readonly length: readonly [number, number];
  readonly signal: readonly [number, number];
  readonly noise: readonly [number, number];
  /** null: no linear trend. */
  readonly linear: readonly [number, number] | null;
  /** Normal prior of a length's logarithm; null: any is as likely. */
  readonly lengthPrior: { readonly mean: number; readonly deviation: number } | null;
}

type Point = ArrayLike<number>;

const FIRST_NOISE = 1e-3;
/** Keeps repeated points from making the matrix singular. */
const JITTER = 1e-9;
/** Step of Adam on the logarithms. */
const RATE = 0.1;

export function firstKernel(dimensions: number, { firstLength, linear }: KernelFamily): Kernel {
  const lengths = Array.from({ length: dimensions }, () => Math.log(firstLength));
  return { logs: Float64Array.of(...lengths, 0, Math.log(FIRST_NOISE), linear ? 0 : Number.NEGATIVE_INFINITY) };
}

/** Climbs the marginal likelihood (and the prior) from `start` by Adam; keeps the best kernel on the way. */
export function fitKernel(
  points: readonly Point[],
  values: Float64Array,
  start: Kernel,
  family: KernelFamily,
  steps: number,
): Kernel {
  const x = centred(points);
  const bounds = boundsOf(family, start.logs.length - 3);
  let logs = clamped(start.logs, bounds);
  let best = { logs, likelihood: Number.NEGATIVE_INFINITY };
  const m = new Float64Array(logs.length);
  const v = new Float64Array(logs.length);
  for (let step = 1; step <= steps; step++) {
    const found = likelihoodAndSlope(x, values, logs, family);
    if (!found) break;
    if (found.likelihood > best.likelihood) best = { logs, likelihood: found.likelihood };
    const next = logs.slice();
    for (let i = 0; i < logs.length; i++) {
      m[i] = 0.9 * m[i]! + 0.1 * found.slope[i]!;
      v[i] = 0.99 * v[i]! + 0.01 * found.slope[i]! ** 2;
      next[i]! += (RATE * (m[i]! / (1 - 0.9 ** step))) / (Math.sqrt(v[i]! / (1 - 0.99 ** step)) + 1e-8);
    }
    logs = clamped(next, bounds);
  }
  return { logs: best.logs };
}

function boundsOf({ length, signal, noise, linear }: KernelFamily, dimensions: number): readonly (readonly [number, number])[] {
  const all = [...Array.from({ length: dimensions }, () => length), signal, noise, linear ?? ([0, 0] as const)];
  return all.map(([least, most]) => [Math.log(least), Math.log(most)]);
}

function clamped(logs: Float64Array, bounds: readonly (readonly [number, number])[]): Float64Array {
  return logs.map((value, i) => Math.min(bounds[i]![1], Math.max(bounds[i]![0], value)));
}

/** Points about the middle of the cube, where a linear trend has its zero. */
interface Centred {
  readonly n: number;
  readonly d: number;
  /** n · d */
  readonly x: Float64Array;
}

function centred(points: readonly Point[]): Centred {
  const n = points.length;
  const d = points[0]!.length;
  const x = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let c = 0; c < d; c++) x[i * d + c] = points[i]![c]! - 0.5;
  return { n, d, x };
}

/** Squared distance in units of the length scales, and inner product, of row i of `a` and row j of `b`. */
interface Relation {
  far: number;
  along: number;
}

function relate(a: Float64Array, i: number, b: Float64Array, j: number, weights: Float64Array, into: Relation): void {
  const d = weights.length;
  let far = 0;
  let along = 0;
  for (let c = 0, p = i * d, q = j * d; c < d; c++, p++, q++) {
    const difference = a[p]! - b[q]!;
    far += weights[c]! * difference * difference;
    along += a[p]! * b[q]!;
  }
  into.far = far;
  into.along = along;
}

/** Similarity of points by their squared distance in units of the length scale (eq. 4.17). */
export function matern(far: number): number {
  const s = Math.sqrt(5 * far);
  return (1 + s + (s * s) / 3) * Math.exp(-s);
}

const weightsOf = (logs: Float64Array, d: number) => Float64Array.from({ length: d }, (_, c) => Math.exp(-2 * logs[c]!));

/** Lower half of K + noise. */
function kernelMatrix({ n, d, x }: Centred, logs: Float64Array): Float64Array {
  const weights = weightsOf(logs, d);
  const [signal, noise, linear] = [Math.exp(logs[d]!), Math.exp(logs[d + 1]!), Math.exp(logs[d + 2]!)];
  const relation = { far: 0, along: 0 };
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      relate(x, i, x, j, weights, relation);
      matrix[i * n + j] = signal * matern(relation.far) + linear * relation.along;
    }
    matrix[i * n + i]! += noise + JITTER;
  }
  return matrix;
}

function likelihoodAndSlope(points: Centred, values: Float64Array, logs: Float64Array, family: KernelFamily) {
  const { n, d, x } = points;
  const lower = kernelMatrix(points, logs);
  if (!cholesky(lower, n)) return null;
  const inverse = inverseOf(lower, n);
  const alpha = times(inverse, values, n);
  let likelihood = 0;
  for (let i = 0; i < n; i++) likelihood -= 0.5 * values[i]! * alpha[i]! + Math.log(lower[i * n + i]!);
  // ∂L/∂θ = ½ tr((ααᵀ - K⁻¹) ∂K/∂θ)
  const weights = weightsOf(logs, d);
  const [signal, noise, linear] = [Math.exp(logs[d]!), Math.exp(logs[d + 1]!), Math.exp(logs[d + 2]!)];
  const relation = { far: 0, along: 0 };
  const slope = new Float64Array(logs.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const weight = (alpha[i]! * alpha[j]! - inverse[i * n + j]!) * (i === j ? 0.5 : 1);
      relate(x, i, x, j, weights, relation);
      const s = Math.sqrt(5 * relation.far);
      const decay = signal * Math.exp(-s);
      slope[d]! += weight * decay * (1 + s + (s * s) / 3);
      slope[d + 2]! += weight * linear * relation.along;
      const common = weight * decay * (5 / 3) * (1 + s);
      for (let c = 0; c < d; c++) {
        const difference = x[i * d + c]! - x[j * d + c]!;
        slope[c]! += common * weights[c]! * difference * difference;
      }
    }
    slope[d + 1]! += 0.5 * (alpha[i]! * alpha[i]! - inverse[i * n + i]!) * noise;
  }
  const prior = family.lengthPrior;
  if (prior) {
    for (let c = 0; c < d; c++) {
      const off = (logs[c]! - prior.mean) / prior.deviation;
      likelihood -= 0.5 * off * off;
      slope[c]! -= off / prior.deviation;
    }
  }
  return { likelihood, slope };
}

function times(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
    return sum;
  });
}

/** What is believed after some points were seen. */
export interface GaussianProcess {
  meanAt(u: Point): number;
  /** Standard deviation without noise, as the first `most` points leave it: an upper bound where there are more. */
  deviationAt(u: Point, most?: number): number;
  /** Mean absolute leave-one-out error (eq. 5.12). */
  leaveOneOut(): number;
  /** Draws values at the candidates jointly, one draw a call; null where they cannot be told apart. */
  drawAt(candidates: readonly Point[]): ((normal: () => number) => Float64Array) | null;
}

/** @returns null where the kernel cannot tell the points apart */
export function condition(points: readonly Point[], values: Float64Array, { logs }: Kernel): GaussianProcess | null {
  const seen = centred(points);
  const { n, d, x } = seen;
  const lower = kernelMatrix(seen, logs);
  if (!cholesky(lower, n)) return null;
  const weights = weightsOf(logs, d);
  const [signal, linear] = [Math.exp(logs[d]!), Math.exp(logs[d + 2]!)];
  const whitened = values.slice();
  solveLower(lower, n, whitened);
  const alpha = backward(lower, n, whitened);
  const trend = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let c = 0; c < d; c++) trend[c]! += linear * alpha[i]! * x[i * d + c]!;
  for (let i = 0; i < n; i++) alpha[i]! *= signal;
  // In units of the length scales, so that the loop that everything is spent in has one product less.
  const scales = weights.map(Math.sqrt);
  const scaled = x.map((value, i) => value * scales[i % d]!);
  const relation = { far: 0, along: 0 };
  const at = new Float64Array(d);
  const scaledAt = new Float64Array(d);
  const similar = new Float64Array(n);

  function place(u: Point): void {
    for (let c = 0; c < d; c++) {
      at[c] = u[c]! - 0.5;
      scaledAt[c] = at[c]! * scales[c]!;
    }
  }

  function farFrom(i: number): number {
    let far = 0;
    for (let c = 0, p = i * d; c < d; c++, p++) {
      const difference = scaled[p]! - scaledAt[c]!;
      far += difference * difference;
    }
    return far;
  }

  /** Covariances of the placed point with the first m points. */
  function compare(m: number): void {
    for (let i = 0; i < m; i++) {
      let along = 0;
      if (linear > 0) for (let c = 0, p = i * d; c < d; c++, p++) along += x[p]! * at[c]!;
      similar[i] = signal * matern(farFrom(i)) + linear * along;
    }
  }

  function between(a: Float64Array, i: number, j: number): number {
    relate(a, i, a, j, weights, relation);
    return signal * matern(relation.far) + linear * relation.along;
  }

  return {
    meanAt(u) {
      place(u);
      let sum = 0;
      for (let c = 0; c < d; c++) sum += trend[c]! * at[c]!;
      for (let i = 0; i < n; i++) sum += alpha[i]! * matern(farFrom(i));
      return sum;
    },
    deviationAt(u, most = n) {
      const m = Math.min(n, most);
      place(u);
      compare(m);
      let left = between(at, 0, 0);
      solveLower(lower, n, similar, m);
      for (let i = 0; i < m; i++) left -= similar[i]! * similar[i]!;
      return Math.sqrt(Math.max(0, left));
    },
    leaveOneOut() {
      const inverse = inverseOf(lower, n);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.abs(alpha[i]! / (signal * inverse[i * n + i]!));
      return sum / n;
    },
    drawAt(candidates) {
      const asked = centred(candidates);
      const m = asked.n;
      const rows: Float64Array[] = [];
      for (const u of candidates) {
        place(u);
        compare(n);
        solveLower(lower, n, similar);
        rows.push(similar.slice());
      }
      const dot = (a: Float64Array, b: Float64Array) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += a[i]! * b[i]!;
        return sum;
      };
      const mean = Float64Array.from(rows, (row) => dot(row, whitened));
      const root = new Float64Array(m * m);
      for (let a = 0; a < m; a++) {
        for (let b = 0; b <= a; b++) root[a * m + b] = between(asked.x, a, b) - dot(rows[a]!, rows[b]!);
        root[a * m + a]! += 1e-6 * signal;
      }
      if (!cholesky(root, m)) return null;
      return (normal) => {
        const z = Float64Array.from({ length: m }, normal);
        return mean.map((value, a) => {
          let sum = value;
          for (let b = 0; b <= a; b++) sum += root[a * m + b]! * z[b]!;
          return sum;
        });
      };
    },
  };
}

/** L⁻ᵀ b */
function backward(lower: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = n - 1; i >= 0; i--) {
    x[i]! /= lower[i * n + i]!;
    for (let j = 0; j < i; j++) x[j]! -= lower[i * n + j]! * x[i]!;
  }
  return x;
}
