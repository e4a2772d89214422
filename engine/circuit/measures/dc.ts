import type { Waveforms } from '../../api/circuit';
import { cubicSlopeAt } from './curves';

/** Intervals are looked at this finely between sweep points; slopes there come from cubics. */
const REFINEMENT = 8;

interface SlopeProfile {
  readonly at: Float64Array;
  readonly slope: Float64Array;
  readonly output: Float64Array;
}

/** |dy/dx| along a sweep, from cubics through the points: a coarse sweep reads like a fine one. */
function slopeProfile(x: Float64Array, y: Float64Array): SlopeProfile {
  const count = (x.length - 1) * REFINEMENT + 1;
  const profile = { at: new Float64Array(count), slope: new Float64Array(count), output: new Float64Array(count) };
  for (let k = 0; k < count; k++) {
    const interval = Math.min(x.length - 2, Math.floor(k / REFINEMENT));
    const share = k / REFINEMENT - interval;
    const at = x[interval]! + (x[interval + 1]! - x[interval]!) * share;
    profile.at[k] = at;
    profile.slope[k] = Math.abs(cubicSlopeAt(x, y, interval, at));
    // Linear is enough for the output itself: its span, not its slope, is read.
    profile.output[k] = y[interval]! + (y[interval + 1]! - y[interval]!) * share;
  }
  return profile;
}

/** Largest |d output / d input| of a sweep. */
export function sweepGain(waveforms: Waveforms, output: string): number {
  const y = waveforms.real[output];
  if (!y || y.length < 4) return Number.NaN;
  return maximum(slopeProfile(waveforms.axis, y).slope);
}

/** Span of the output over which the gain stays above its largest value over sqrt 2, around where it is largest. */
export function sweepSwing(waveforms: Waveforms, output: string): number {
  const y = waveforms.real[output];
  if (!y || y.length < 4) return Number.NaN;
  const { slope, output: out } = slopeProfile(waveforms.axis, y);
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

function maximum(values: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
