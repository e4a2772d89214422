import type { Waveforms } from '../../api/circuit';
import { cubicAt, cubicSlopeAt, smoothCrossing } from './curves';

/** Intervals are looked at this finely between sweep points; slopes there come from cubics. */
const REFINEMENT = 8;

/** Where a logarithm is taken: a gain of nothing. */
const LEAST_SLOPE = 1e-6;

interface SlopeProfile {
  readonly slope: Float64Array;
  readonly output: Float64Array;
}

/** |dy/dx| along a sweep, from cubics through the points: a coarse sweep reads like a fine one. */
function sweptProfile(x: Float64Array, y: Float64Array): SlopeProfile {
  const count = (x.length - 1) * REFINEMENT + 1;
  const profile = { slope: new Float64Array(count), output: new Float64Array(count) };
  for (let k = 0; k < count; k++) {
    const interval = Math.min(x.length - 2, Math.floor(k / REFINEMENT));
    const share = k / REFINEMENT - interval;
    const at = x[interval]! + (x[interval + 1]! - x[interval]!) * share;
    profile.slope[k] = Math.abs(cubicSlopeAt(x, y, interval, at));
    // Linear is enough for the output itself: its span, not its slope, is read.
    profile.output[k] = y[interval]! + (y[interval + 1]! - y[interval]!) * share;
  }
  return profile;
}

/**
 * |d output / d input| where a loop sweeps the output and the input follows. Differences over each interval, for near a rail
 * the input runs away and a cubic through its points would turn there; then cubics through the logarithms of those, for the
 * gain falls by orders of magnitude.
 */
function drivenProfile(output: Float64Array, input: Float64Array): SlopeProfile {
  const intervals = { length: output.length - 1 };
  const change = (values: Float64Array, k: number) => values[k + 1]! - values[k]!;
  const middle = Float64Array.from(intervals, (_, k) => (output[k]! + output[k + 1]!) / 2);
  const place = Float64Array.from(intervals, (_, k) => k);
  const logarithm = Float64Array.from(intervals, (_, k) =>
    Math.log(Math.max(LEAST_SLOPE, Math.abs(change(output, k) / change(input, k)))),
  );
  const count = (middle.length - 1) * REFINEMENT + 1;
  const profile = { slope: new Float64Array(count), output: new Float64Array(count) };
  for (let k = 0; k < count; k++) {
    const interval = Math.min(middle.length - 2, Math.floor(k / REFINEMENT));
    const share = k / REFINEMENT - interval;
    profile.slope[k] = Math.exp(cubicAt(place, logarithm, interval, k / REFINEMENT));
    profile.output[k] = middle[interval]! + change(middle, interval) * share;
  }
  return profile;
}

/** Largest |d output / d input| of a sweep; `input` is a vector's name, or left out for the swept value. */
export function sweepGain(waveforms: Waveforms, output: string, input?: string): number {
  const profile = profileOf(waveforms, output, input);
  return profile ? maximum(profile.slope) : Number.NaN;
}

/** Span of the output over which the gain stays above its largest value over sqrt 2, around where it is largest. */
export function sweepSwing(waveforms: Waveforms, output: string, input?: string): number {
  const profile = profileOf(waveforms, output, input);
  if (!profile) return Number.NaN;
  const { slope, output: out } = profile;
  const peak = slope.indexOf(maximum(slope));
  const level = slope[peak]! / Math.SQRT2;
  const end = (direction: 1 | -1) => {
    let i = peak;
    while (i + direction >= 0 && i + direction < slope.length && slope[i + direction]! >= level) i += direction;
    const next = i + direction;
    if (next < 0 || next >= slope.length) return out[i]!;
    const share = (slope[i]! - level) / (slope[i]! - slope[next]!);
    return out[i]! + (out[next]! - out[i]!) * share;
  };
  return Math.abs(end(1) - end(-1));
}

/** Supply (the axis of a rising sweep) less `level` where the output first reaches that level; NaN where it never does. */
export function dropout({ axis, real }: Waveforms, output: string, level: number): number {
  const y = real[output];
  return y ? smoothCrossing(axis, y, level, 'rise') - level : Number.NaN;
}

function profileOf({ axis, real }: Waveforms, output: string, input: string | undefined): SlopeProfile | null {
  const y = real[output];
  const driven = input === undefined ? undefined : real[input];
  if (!y || y.length < 4 || (input !== undefined && !driven)) return null;
  return driven ? drivenProfile(y, driven) : sweptProfile(axis, y);
}

function maximum(values: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
