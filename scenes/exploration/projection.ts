/**
 * Principal components of all sizings of a circuit, kept up with as they come: sums of u and of u·uᵀ grow point by
 * point, and the two leading directions are taken from their covariance from time to time.
 */

export interface Moments {
  count: number;
  readonly size: number;
  /** [P], [P·P]. */
  readonly sum: Float64Array;
  readonly products: Float64Array;
}

/** A flat map of [0, 1]^P: a sizing u stands at ((u - mean)·x, (u - mean)·y). */
export interface Projection {
  readonly mean: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Share of the variance that each direction explains. */
  readonly explained: readonly [number, number];
}

export function createMoments(size: number): Moments {
  return { count: 0, size, sum: new Float64Array(size), products: new Float64Array(size * size) };
}

/** @param u rows of `size`, of which rows `from` to `to` are new */
export function addMoments(moments: Moments, u: ArrayLike<number>, from: number, to: number): void {
  const { size, sum, products } = moments;
  for (let row = from; row < to; row++) {
    for (let i = 0; i < size; i++) {
      const value = u[row * size + i];
      sum[i] += value;
      for (let j = 0; j <= i; j++) products[i * size + j] += value * u[row * size + j];
    }
  }
  moments.count += to - from;
}

export function covariance({ count, size, sum, products }: Moments): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = products[i * size + j] / count - (sum[i] / count) * (sum[j] / count);
      matrix[i * size + j] = value;
      matrix[j * size + i] = value;
    }
  }
  return matrix;
}

/** @param before the projection so far: directions keep its signs, so that the map does not flip over */
export function project(moments: Moments, before: Projection | null = null): Projection {
  const { size, count, sum } = moments;
  const mean = sum.map((value) => (count > 0 ? value / count : 0.5));
  const matrix = covariance(moments);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += matrix[i * size + i];
  if (!(trace > 1e-12)) {
    const unit = (at: number) => Float64Array.from({ length: size }, (_, i) => (i === at ? 1 : 0));
    return { mean, x: unit(0), y: unit(Math.min(1, size - 1)), explained: [0, 0] };
  }
  const x = leading(matrix, size, null, before?.x ?? null);
  const y = leading(matrix, size, x.vector, before?.y ?? null);
  return { mean, x: x.vector, y: y.vector, explained: [x.value / trace, y.value / trace] };
}

const ITERATIONS = 300;

/** Power iteration for the largest eigenvalue, orthogonal to `beside`. */
function leading(matrix: Float64Array, size: number, beside: Float64Array | null, like: Float64Array | null) {
  let vector = Float64Array.from({ length: size }, (_, i) => like?.[i] ?? 1 + 0.37 * ((i * 7) % 5) * (i % 2 === 0 ? 1 : -1));
  let value = 0;
  const clean = (v: Float64Array) => {
    if (beside) {
      const along = dot(v, beside);
      for (let i = 0; i < size; i++) v[i] -= along * beside[i];
    }
    const length = Math.sqrt(dot(v, v));
    for (let i = 0; i < size; i++) v[i] = length > 1e-14 ? v[i] / length : 0;
    return length;
  };
  clean(vector);
  for (let round = 0; round < ITERATIONS; round++) {
    const next = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) next[i] += matrix[i * size + j] * vector[j];
    value = clean(next);
    const same = dot(next, vector);
    vector = next;
    if (1 - same < 1e-12) break;
  }
  if (!like) {
    // Largest part positive: the same data give the same picture.
    let largest = 0;
    for (let i = 1; i < size; i++) if (Math.abs(vector[i]) > Math.abs(vector[largest])) largest = i;
    if (vector[largest] < 0) vector = vector.map((v) => -v);
  } else if (dot(vector, like) < 0) vector = vector.map((v) => -v);
  return { vector, value: Math.max(0, value) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Place of a sizing on the map. */
export function onMap({ mean, x, y }: Projection, u: ArrayLike<number>): readonly [number, number] {
  let across = 0;
  let up = 0;
  for (let i = 0; i < mean.length; i++) {
    across += (u[i] - mean[i]) * x[i];
    up += (u[i] - mean[i]) * y[i];
  }
  return [across, up];
}

/**
 * The shadow of the whole parameter space [0, 1]^P on the map: no sizing can stand outside of it. A zonotope: its edges
 * are the projected axes in the order of their angles.
 * @returns corners, once around
 */
export function shadow({ mean, x, y }: Projection): readonly (readonly [number, number])[] {
  const axes = Array.from(x, (vx, i) => (y[i] < 0 || (y[i] === 0 && vx < 0) ? [-vx, -y[i]] : [vx, y[i]])).sort(
    (a, b) => Math.atan2(a[1], a[0]) - Math.atan2(b[1], b[0]),
  );
  // The lowest corner: every axis at its lower end as seen along y.
  let px = 0;
  let py = 0;
  for (let i = 0; i < x.length; i++) {
    const end = y[i] < 0 || (y[i] === 0 && x[i] < 0) ? 1 : 0;
    px += (end - mean[i]) * x[i];
    py += (end - mean[i]) * y[i];
  }
  const corners: [number, number][] = [];
  for (const sign of [1, -1]) {
    for (const [dx, dy] of axes) {
      corners.push([px, py]);
      px += sign * dx;
      py += sign * dy;
    }
  }
  return corners;
}
