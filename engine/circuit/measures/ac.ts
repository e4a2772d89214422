import type { Waveforms } from '../../api/circuit';
import { lowerBound, magnitude, unwrappedPhase } from './curves';

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

/** Frequency at which |H| first falls through 1, straight between points on a log-log scale; 0 if it starts below 1. */
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

function unityCrossing({ frequency, magnitude: gain, phase }: Response): { frequency: number; phase: number } | null {
  for (let i = 1; i < gain.length; i++) {
    if (gain[i - 1]! >= 1 && gain[i]! < 1) {
      const share = Math.log(gain[i - 1]!) / Math.log(gain[i - 1]! / gain[i]!);
      return {
        frequency: frequency[i - 1]! * (frequency[i]! / frequency[i - 1]!) ** share,
        phase: phase[i - 1]! + (phase[i]! - phase[i - 1]!) * share,
      };
    }
  }
  return null;
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
