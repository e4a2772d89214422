import type { Waveforms } from '../../api/circuit';
import { cubicAt, lowerBound, magnitude, unwrappedPhase } from './curves';

interface Response {
  readonly frequency: Float64Array;
  readonly magnitude: Float64Array;
  /** Degrees, unwrapped. */
  readonly phase: Float64Array;
}

/** H is the output, or the output over another vector where `input` names one: a loop gain, read on both sides of a probe. */
function response(waveforms: Waveforms, output: string, input?: string): Response | null {
  const above = vectorOf(waveforms, output);
  const below = input === undefined ? null : vectorOf(waveforms, input);
  if (!above || below === undefined) return null;
  const { real, imaginary } = below ? ratio(above, below) : above;
  return { frequency: waveforms.axis, magnitude: magnitude(real, imaginary), phase: unwrappedPhase(real, imaginary) };
}

interface ComplexVector {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

function vectorOf(waveforms: Waveforms, name: string): ComplexVector | undefined {
  const [real, imaginary] = [waveforms.real[name], waveforms.imaginary[name]];
  return real && imaginary && { real, imaginary };
}

function ratio(above: ComplexVector, below: ComplexVector): ComplexVector {
  const square = below.real.map((re, i) => re * re + below.imaginary[i]! ** 2);
  return {
    real: above.real.map((re, i) => (re * below.real[i]! + above.imaginary[i]! * below.imaginary[i]!) / square[i]!),
    imaginary: above.imaginary.map((im, i) => (im * below.real[i]! - above.real[i]! * below.imaginary[i]!) / square[i]!),
  };
}

/** |H| at the lowest frequency. */
export function lowFrequencyGain(waveforms: Waveforms, output: string, input?: string): number {
  return response(waveforms, output, input)?.magnitude[0] ?? Number.NaN;
}

/** Frequency at which |H| first falls through 1; 0 if it starts below 1. */
export function unityGainFrequency(waveforms: Waveforms, output: string, input?: string): number {
  const found = response(waveforms, output, input);
  if (!found) return Number.NaN;
  return unityCrossing(found)?.frequency ?? (found.magnitude[0]! < 1 ? 0 : Number.NaN);
}

/**
 * 180 degrees less what the phase has turned from its low-frequency value to the unity-gain frequency; the sign of the
 * low-frequency gain does not matter. NaN without a unity-gain frequency.
 */
export function phaseMargin(waveforms: Waveforms, output: string, input?: string): number {
  const found = response(waveforms, output, input);
  const unity = found && unityCrossing(found);
  return found && unity ? 180 - (found.phase[0]! - unity.phase) : Number.NaN;
}

/**
 * On cubics through the points over the logarithm of frequency: near a pair of complex poles, straight lines between
 * ten points a decade are off by more than 1 %.
 */
function unityCrossing({ frequency, magnitude: gain, phase }: Response): { frequency: number; phase: number } | null {
  const after = gain.findIndex((value, i) => i > 0 && gain[i - 1]! >= 1 && value < 1);
  if (after < 0) return null;
  const x = frequency.map(Math.log);
  const y = gain.map(Math.log);
  let low = x[after - 1]!;
  let high = x[after]!;
  for (let i = 0; i < 60 && high - low > 1e-12; i++) {
    const middle = (low + high) / 2;
    if (cubicAt(x, y, after - 1, middle) >= 0) low = middle;
    else high = middle;
  }
  return { frequency: Math.exp(low), phase: cubicAt(x, phase, after - 1, low) };
}

/** Largest |H| between two frequencies: supply to output, say. */
export function peakGain(waveforms: Waveforms, output: string, from: number, to: number): number {
  const found = vectorOf(waveforms, output);
  if (!found) return Number.NaN;
  const f = waveforms.axis;
  const x = f.map(Math.log);
  const gain = magnitude(found.real, found.imaginary);
  const inverse = ratio({ real: gain.map(() => 1), imaginary: gain.map(() => 0) }, found);
  const first = lowerBound(f, from * (1 - 1e-9));
  const end = lowerBound(f, to * (1 + 1e-9));
  let largest = Number.NaN;
  for (let i = first; i < end; i++) {
    if (!(gain[i]! <= largest)) largest = gain[i]!;
    const isPeak = gain[i]! >= (gain[i - 1] ?? 0) && gain[i]! >= (gain[i + 1] ?? 0);
    if (!isPeak) continue;
    if (i > first) largest = Math.max(largest, 1 / smallestBetween(x, inverse, i - 1));
    if (i + 1 < end) largest = Math.max(largest, 1 / smallestBetween(x, inverse, i));
  }
  return largest;
}

/** Parts into which an interval is divided in search of a peak, and again around the best of them. */
const PARTS = 24;

/**
 * Smallest |1/H| in an interval, on cubics of its real and imaginary part. A resonance far narrower than the interval is a
 * pole next to the axis, where H bends sharply and 1/H is smooth.
 */
function smallestBetween(x: Float64Array, { real, imaginary }: ComplexVector, interval: number): number {
  let [low, high] = [x[interval]!, x[interval + 1]!];
  let smallest = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < 2; pass++) {
    const part = (high - low) / PARTS;
    let best = low;
    for (let k = 0; k <= PARTS; k++) {
      const at = low + k * part;
      const size = Math.hypot(cubicAt(x, real, interval, at), cubicAt(x, imaginary, interval, at));
      if (size >= smallest) continue;
      smallest = size;
      best = at;
    }
    [low, high] = [Math.max(low, best - part), Math.min(high, best + part)];
  }
  return smallest;
}

/** Rejection in dB, -20 log10 of the largest |H| between two frequencies: from supply to output, larger is better. */
export function rejection(waveforms: Waveforms, output: string, from: number, to: number): number {
  return -20 * Math.log10(peakGain(waveforms, output, from, to));
}
