/** Readings of sampled curves: y over a rising axis x. NaN where there is nothing to read. */

/** Linear between samples; NaN outside. */
export function valueAt(x: Float64Array, y: Float64Array, at: number): number {
  const last = x.length - 1;
  if (last < 0 || !(at >= x[0]!) || !(at <= x[last]!)) return Number.NaN;
  const i = Math.max(1, lowerBound(x, at));
  if (last === 0) return y[0]!;
  const share = (at - x[i - 1]!) / (x[i]! - x[i - 1]!);
  return y[i - 1]! + (y[i]! - y[i - 1]!) * share;
}

/** Index of the first sample with x >= at. */
export function lowerBound(x: Float64Array, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where y first passes `level` at or after x = `from`, in the direction asked for; linear between samples. */
export function crossing(
  x: Float64Array,
  y: Float64Array,
  level: number,
  direction: 'rise' | 'fall' | 'either',
  from = Number.NEGATIVE_INFINITY,
): number {
  for (let i = Math.max(1, lowerBound(x, from)); i < x.length; i++) {
    const before = y[i - 1]! - level;
    const after = y[i]! - level;
    const rises = before < 0 && after >= 0;
    const falls = before > 0 && after <= 0;
    if ((rises && direction !== 'fall') || (falls && direction !== 'rise')) {
      const place = x[i - 1]! + ((x[i]! - x[i - 1]!) * before) / (before - after);
      if (place >= from) return place;
    }
  }
  return Number.NaN;
}

/** As `crossing`, of a smooth signal: the place within the interval is read on the cubic through the samples around it. */
export function smoothCrossing(...[x, y, level, direction, from]: Parameters<typeof crossing>): number {
  const place = crossing(x, y, level, direction, from);
  if (Number.isNaN(place)) return place;
  const interval = Math.max(0, lowerBound(x, place) - 1);
  const rises = y[interval + 1]! > y[interval]!;
  let [low, high] = [x[interval]!, x[interval + 1]!];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (cubicAt(x, y, interval, middle) < level === rises) low = middle;
    else high = middle;
  }
  return low;
}

/** Through the four samples around interval [i, i + 1], at x (Lagrange). */
export function cubicAt(x: Float64Array, y: Float64Array, interval: number, at: number): number {
  const start = Math.max(0, Math.min(x.length - 4, interval - 1));
  const count = Math.min(4, x.length);
  let sum = 0;
  for (let i = start; i < start + count; i++) {
    let term = y[i]!;
    for (let j = start; j < start + count; j++) if (j !== i) term *= (at - x[j]!) / (x[i]! - x[j]!);
    sum += term;
  }
  return sum;
}

/** Derivative of the same cubic. */
export function cubicSlopeAt(x: Float64Array, y: Float64Array, interval: number, at: number): number {
  const start = Math.max(0, Math.min(x.length - 4, interval - 1));
  const end = start + Math.min(4, x.length);
  let sum = 0;
  for (let i = start; i < end; i++) {
    let slope = 0;
    for (let skipped = start; skipped < end; skipped++) {
      if (skipped === i) continue;
      let term = 1 / (x[i]! - x[skipped]!);
      for (let j = start; j < end; j++) if (j !== i && j !== skipped) term *= (at - x[j]!) / (x[i]! - x[j]!);
      slope += term;
    }
    sum += y[i]! * slope;
  }
  return sum;
}

/** Phase in degrees without jumps, of samples close enough to one another (less than half a turn apart). */
export function unwrappedPhase(real: Float64Array, imaginary: Float64Array): Float64Array {
  const phase = new Float64Array(real.length);
  let turns = 0;
  for (let i = 0; i < real.length; i++) {
    const wrapped = Math.atan2(imaginary[i]!, real[i]!) * (180 / Math.PI);
    if (i > 0) {
      const jump = wrapped + turns - phase[i - 1]!;
      if (jump > 180) turns -= 360;
      else if (jump < -180) turns += 360;
    }
    phase[i] = wrapped + turns;
  }
  return phase;
}

export function magnitude(real: Float64Array, imaginary: Float64Array): Float64Array {
  return real.map((value, i) => Math.hypot(value, imaginary[i]!));
}
