import type { Waveforms } from '../../api/circuit';
import { cubicAt, lowerBound, magnitude, unwrappedPhase } from './curves';

interface Response {
  readonly frequency: Float64Array;
  readonly magnitude: Float64Array;
  /** Degrees, unwrapped. */
  readonly phase: Float64Array;
}

function response(waveforms: Waveforms, output: string): Response | null {
  const real = waveforms.real[output];
  const imaginary = waveforms.imaginary[output];
  if (!real || !imaginary) return null;
  return { frequency: waveforms.axis, magnitude: magnitude(real, imaginary), phase: unwrappedPhase(real, imaginary) };
}

/** |H| at the lowest frequency. */
export function lowFrequencyGain(waveforms: Waveforms, output: string): number {
  return response(waveforms, output)?.magnitude[0] ?? Number.NaN;
}

/** Frequency at which |H| first falls through 1; 0 if it starts below 1. */
export function unityGainFrequency(waveforms: Waveforms, output: string): number {
  const found = response(waveforms, output);
  if (!found) return Number.NaN;
  return unityCrossing(found)?.frequency ?? (found.magnitude[0]! < 1 ? 0 : Number.NaN);
}

/**
 * 180 degrees less what the phase has turned from its low-frequency value to the unity-gain frequency; the sign of the
 * low-frequency gain does not matter. NaN without a unity-gain frequency.
 */
export function phaseMargin(waveforms: Waveforms, output: string): number {
  const found = response(waveforms, output);
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

/** Rejection in dB, -20 log10 of the largest |H| between two frequencies: from supply to output, larger is better. */
export function rejection(waveforms: Waveforms, output: string, from: number, to: number): number {
  const found = response(waveforms, output);
  if (!found) return Number.NaN;
  let largest = 0;
  for (let i = lowerBound(found.frequency, from * (1 - 1e-9)); i < found.frequency.length; i++) {
    if (found.frequency[i]! > to * (1 + 1e-9)) break;
    largest = Math.max(largest, found.magnitude[i]!);
  }
  return largest > 0 ? -20 * Math.log10(largest) : Number.NaN;
}
