import { describe, expect, it } from 'vitest';
import { grazesBand } from '../../engine/circuit/measures/grazing';

/** Ringing around 1 whose n-th peak is first * ratio^n. */
function ringing(first: number, ratio: number) {
  const axis = Float64Array.from({ length: 400 }, (_, i) => i * 0.05);
  const y = axis.map((t) => 1 + first * ratio ** t * Math.cos(Math.PI * t));
  return { kind: 'tran', axis, real: { 'v(out)': y }, imaginary: {} } as const;
}

const band = { edge: 0, final: 1, tolerance: 0.01, margin: 0.05 };
// Peaks are near whole t, a little before them: the decay moves and heightens them by the same share each.
const shift = Math.atan(Math.log(0.7) / Math.PI) / Math.PI;
const height = 0.7 ** shift * Math.cos(Math.PI * shift);

describe('grazing', () => {
  it('is a peak within the margin, on either side of the edge', () => {
    for (const size of [0.97, 1, 1.03]) {
      const first = (size * 0.01) / (0.7 ** 6 * height);
      expect(grazesBand(ringing(first, 0.7), 'v(out)', band), String(size)).toBe(true);
    }
  });

  it('is not a peak clearly outside, with the next one clearly within', () => {
    const first = (1.2 * 0.01) / (0.7 ** 6 * height);
    expect(grazesBand(ringing(first, 0.7), 'v(out)', band)).toBe(false);
  });

  it('is not a signal that comes in without ringing, nor one that is missing', () => {
    const axis = Float64Array.from({ length: 100 }, (_, i) => i * 0.1);
    const waveforms = { kind: 'tran', axis, real: { 'v(out)': axis.map((t) => 1 - Math.exp(-t)) }, imaginary: {} } as const;
    expect(grazesBand(waveforms, 'v(out)', band)).toBe(false);
    expect(grazesBand(waveforms, 'v(other)', band)).toBe(false);
  });
});
