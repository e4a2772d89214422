import type { Waveforms } from '../../engine/api';

/** Frequency in hertz at which the magnitude has fallen by 3 dB from its value at the lowest frequency; NaN if it never does. */
export function bandwidth({ axis, real, imaginary }: Waveforms, output: string): number {
  const [re, im] = [real[output], imaginary[output]];
  if (!re || !im) return Number.NaN;
  const edge = Math.hypot(re[0]!, im[0]!) * Math.SQRT1_2;
  const after = re.findIndex((value, i) => Math.hypot(value, im[i]!) < edge);
  if (after < 1) return Number.NaN;
  const [above, below] = [after - 1, after].map((i) => Math.log(Math.hypot(re[i]!, im[i]!))) as [number, number];
  const share = (above - Math.log(edge)) / (above - below);
  return axis[after - 1]! * (axis[after]! / axis[after - 1]!) ** share;
}

/** Samples of a period: enough for five harmonics. */
const SAMPLES = 200;

/**
 * Total harmonic distortion of the last period of a transient: harmonics 2 to 5 over the first, as a ratio. Time steps are
 * uneven, so the signal is read at even ones first.
 */
export function harmonicDistortion({ axis, real }: Waveforms, output: string, frequency: number): number {
  const y = real[output];
  if (!y) return Number.NaN;
  const start = axis[axis.length - 1]! - 1 / frequency;
  const samples = evenSamples(axis, y, start, 1 / frequency / SAMPLES);
  const amplitude = (harmonic: number) => {
    let [cosine, sine] = [0, 0];
    for (const [i, value] of samples.entries()) {
      const angle = (2 * Math.PI * harmonic * i) / SAMPLES;
      cosine += value * Math.cos(angle);
      sine += value * Math.sin(angle);
    }
    return Math.hypot(cosine, sine);
  };
  return Math.hypot(...[2, 3, 4, 5].map(amplitude)) / amplitude(1);
}

/** Linear interpolation at `start`, `start + step`, … */
function evenSamples(axis: Float64Array, y: Float64Array, start: number, step: number): number[] {
  let at = 1;
  return Array.from({ length: SAMPLES }, (_, i) => {
    const time = start + i * step;
    while (at < axis.length - 1 && axis[at]! < time) at++;
    const share = (time - axis[at - 1]!) / (axis[at]! - axis[at - 1]!);
    return y[at - 1]! + share * (y[at]! - y[at - 1]!);
  });
}
