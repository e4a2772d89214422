/**
 * Gaussian-process regression with an ARD Matérn-5/2 kernel (Rasmussen and Williams, *Gaussian Processes for Machine
 * Learning*, eqs. 2.25, 2.26, 5.9): zero mean, length scales, signal variance and noise at the maximum of the marginal
 * likelihood.
 */
export interface Kernel {
  /** Logarithms of the D length scales, of the signal variance and of the noise variance. */
  readonly logs: Float64Array;
}

export interface Posterior {
  /** Values at the candidates drawn jointly, one draw per call. */
  draw(normal: () => number): Float64Array;
}

const BOUNDS = {
  length: [Math.log(0.005), Math.log(2)],
  signal: [Math.log(0.05), Math.log(20)],
  noise: [Math.log(1e-6), Math.log(1e-2)],
};

export function firstKernel(dimensions: number): Kernel {
  const lengths = Array.from({ length: dimensions }, () => Math.log(0.5));
  return { logs: Float64Array.of(...lengths, 0, Math.log(1e-3)) };
}

/** Climbs the marginal likelihood from `start` by Adam on the logarithms; keeps the best kernel on the way. */
export function fitKernel(points: readonly Float64Array[], values: Float64Array, start: Kernel, steps: number): Kernel {
  const n = points.length;
  const d = start.logs.length - 2;
  let logs = clamped(start.logs, d);
  let best = { logs, likelihood: Number.NEGATIVE_INFINITY };
  const m = new Float64Array(d + 2);
  const v = new Float64Array(d + 2);
  for (let step = 1; step <= steps; step++) {
    const found = likelihoodAndSlope(points, values, logs, n, d);
    if (!found) break;
    if (found.likelihood > best.likelihood) best = { logs, likelihood: found.likelihood };
    const next = logs.slice();
    for (let i = 0; i < d + 2; i++) {
      m[i] = 0.9 * m[i]! + 0.1 * found.slope[i]!;
      v[i] = 0.99 * v[i]! + 0.01 * found.slope[i]! ** 2;
      next[i]! += (0.1 * (m[i]! / (1 - 0.9 ** step))) / (Math.sqrt(v[i]! / (1 - 0.99 ** step)) + 1e-8);
    }
    logs = clamped(next, d);
  }
  return { logs: best.logs };
}

function clamped(logs: Float64Array, d: number): Float64Array {
  return logs.map((value, i) => {
    const [low, high] = i < d ? BOUNDS.length : i === d ? BOUNDS.signal : BOUNDS.noise;
    return Math.min(high!, Math.max(low!, value));
  });
}

function likelihoodAndSlope(points: readonly Float64Array[], values: Float64Array, logs: Float64Array, n: number, d: number) {
  const signal = Math.exp(logs[d]!);
  const noise = Math.exp(logs[d + 1]!);
  const k = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) k[i * n + j] = k[j * n + i] = signal * matern(scaled(points[i]!, points[j]!, logs, d));
  const lower = k.slice();
  for (let i = 0; i < n; i++) lower[i * n + i]! += noise + 1e-9;
  if (!cholesky(lower, n)) return null;
  const inverse = inverseOf(lower, n);
  const alpha = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) alpha[i]! += inverse[i * n + j]! * values[j]!;
  let likelihood = 0;
  for (let i = 0; i < n; i++) likelihood -= 0.5 * values[i]! * alpha[i]! + Math.log(lower[i * n + i]!);
  // ∂L/∂θ = ½ tr((ααᵀ - K⁻¹) ∂K/∂θ)
  const slope = new Float64Array(d + 2);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const weight = (alpha[i]! * alpha[j]! - inverse[i * n + j]!) * (i === j ? 0.5 : 1);
      slope[d]! += weight * k[i * n + j]!;
      if (i === j) {
        slope[d + 1]! += weight * noise;
        continue;
      }
      const s = Math.sqrt(5) * scaled(points[i]!, points[j]!, logs, d);
      const common = weight * signal * (5 / 3) * (1 + s) * Math.exp(-s);
      for (let c = 0; c < d; c++) slope[c]! += common * ((points[i]![c]! - points[j]![c]!) * Math.exp(-logs[c]!)) ** 2;
    }
  }
  return { likelihood, slope };
}

/** What is believed of the candidates, jointly, after the points were seen. */
export function posteriorAt(
  points: readonly Float64Array[],
  values: Float64Array,
  candidates: readonly Float64Array[],
  { logs }: Kernel,
): Posterior | null {
  const n = points.length;
  const m = candidates.length;
  const d = logs.length - 2;
  const signal = Math.exp(logs[d]!);
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) lower[i * n + j] = signal * matern(scaled(points[i]!, points[j]!, logs, d));
    lower[i * n + i] = signal + Math.exp(logs[d + 1]!) + 1e-9;
  }
  if (!cholesky(lower, n)) return null;
  // Rows: L⁻¹ k(X, c) of each candidate; last of all L⁻¹ y.
  const whitened = new Float64Array((m + 1) * n);
  for (let c = 0; c <= m; c++) {
    for (let i = 0; i < n; i++) {
      let sum = c < m ? signal * matern(scaled(points[i]!, candidates[c]!, logs, d)) : values[i]!;
      for (let j = 0; j < i; j++) sum -= lower[i * n + j]! * whitened[c * n + j]!;
      whitened[c * n + i] = sum / lower[i * n + i]!;
    }
  }
  const dot = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += whitened[a * n + i]! * whitened[b * n + i]!;
    return sum;
  };
  const mean = Float64Array.from({ length: m }, (_, c) => dot(c, m));
  const root = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) root[a * m + b] = signal * matern(scaled(candidates[a]!, candidates[b]!, logs, d)) - dot(a, b);
    root[a * m + a]! += 1e-6 * signal;
  }
  if (!cholesky(root, m)) return null;
  return {
    draw(normal) {
      const z = Float64Array.from({ length: m }, normal);
      return mean.map((value, a) => {
        let sum = value;
        for (let b = 0; b <= a; b++) sum += root[a * m + b]! * z[b]!;
        return sum;
      });
    },
  };
}

/** Distance in units of the length scales. */
function scaled(a: Float64Array, b: Float64Array, logs: Float64Array, d: number): number {
  let sum = 0;
  for (let c = 0; c < d; c++) sum += ((a[c]! - b[c]!) * Math.exp(-logs[c]!)) ** 2;
  return Math.sqrt(sum);
}

function matern(r: number): number {
  const s = Math.sqrt(5) * r;
  return (1 + s + (s * s) / 3) * Math.exp(-s);
}

/** Lower factor in place of a matrix's lower half; false where it is not positive definite. */
function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i !== j) a[i * n + j] = sum / a[j * n + j]!;
      else if (sum > 0) a[i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** (L Lᵀ)⁻¹ */
function inverseOf(lower: Float64Array, n: number): Float64Array {
  const rows = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= lower[i * n + k]! * rows[j * n + k]!;
      rows[j * n + i] = sum / lower[i * n + i]!;
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += rows[i * n + k]! * rows[j * n + k]!;
      inverse[i * n + j] = inverse[j * n + i] = sum;
    }
  }
  return inverse;
}
