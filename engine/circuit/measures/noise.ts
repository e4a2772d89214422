import type { Waveforms } from '../../api/circuit';

/**
 * Root of the integral of a density (V/√Hz) squared between two frequencies, volts. Between points the square is a power of
 * the frequency, as 1/f and white noise are; NaN where the analysis does not reach from end to end.
 */
export function integratedNoise({ axis, real }: Waveforms, output: string, from: number, to: number): number {
  const density = real[output];
  if (!density || axis.length < 2 || !(from < to) || axis[0]! > from * (1 + 1e-9) || axis.at(-1)! < to * (1 - 1e-9))
    return Number.NaN;
  let power = 0;
  for (let i = 1; i < axis.length; i++) {
    const [low, high] = [axis[i - 1]!, axis[i]!];
    const [a, b] = [Math.max(low, from), Math.min(high, to)];
    if (!(a < b)) continue;
    const exponent = (2 * Math.log(density[i]! / density[i - 1]!)) / Math.log(high / low);
    const scale = density[i - 1]! ** 2;
    const n = exponent + 1;
    // ∫ (f / low)^exponent df
    power += Math.abs(n) < 1e-9 ? scale * low * Math.log(b / a) : (scale * low * ((b / low) ** n - (a / low) ** n)) / n;
  }
  return Math.sqrt(power);
}
