import type { Waveforms } from '../../api/circuit';
import { cubicSlopeAt } from './curves';

/** Intervals are looked at this finely between sweep points; slopes there come from cubics. */
const REFINEMENT = 8;

interface SlopeProfile {
  readonly at: Float64Array;
  readonly slope: Float64Array;
  readonly output: Float64Array;
}

/**
 * |d output / d input| along a sweep, from cubics through the points: a coarse sweep reads like a fine one. The input is
 * the swept value, or a vector that follows from it, as in a loop that is closed.
 */
function slopeProfile(x: Float64Array, y: Float64Array, input: Float64Array | undefined): SlopeProfile {
  const count = (x.length - 1) * REFINEMENT + 1;
  const profile = { at: new Float64Array(count), slope: new Float64Array(count), output: new Float64Array(count) };
  for (let k = 0; k < count; k++) {
    const interval = Math.min(x.length - 2, Math.floor(k / REFINEMENT));
    const share = k / REFINEMENT - interval;
    const at = x[interval]! + (x[interval + 1]! - x[interval]!) * share;
    profile.at[k] = at;
    const ofInput = input ? cubicSlopeAt(x, input, interval, at) : 1;
    profile.slope[k] = Math.abs(cubicSlopeAt(x, y, interval, at) / ofInput);
    // Linear is enough for the output itself: its span, not its slope, is read.
    profile.output[k] = y[interval]! + (y[interval + 1]! - y[interval]!) * share;
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

function profileOf({ axis, real }: Waveforms, output: string, input: string | undefined): SlopeProfile | null {
  const y = real[output];
  const driven = input === undefined ? undefined : real[input];
  if (!y || y.length < 4 || (input !== undefined && !driven)) return null;
  return slopeProfile(axis, y, driven);
}

function maximum(values: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
