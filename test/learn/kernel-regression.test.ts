import { describe, expect, it } from 'vitest';
import { fitKernelRegression } from '../../engine/learn/kernel-regression';
import { toyRandom } from './fixtures';

function sample(n: number, random: { uniform(): number }): Float32Array[] {
  return Array.from({ length: n }, () => Float32Array.from({ length: 3 }, () => random.uniform()));
}

const smooth = (u: Float32Array) => Math.sin(3 * u[0]!) + u[1]! * u[2]!;

describe('kernel regression', () => {
  it('predicts a smooth function far better than its mean size, and says how well', () => {
    const random = toyRandom(1);
    const points = sample(120, random);
    const regression = fitKernelRegression(points, Float64Array.from(points, smooth), 1)!;
    const fresh = sample(200, random);
    const error = fresh.reduce((sum, u) => {
      const into = new Float64Array(1);
      regression.addTo(u, into);
      return sum + Math.abs(into[0]! - smooth(u)) / fresh.length;
    }, 0);
    expect(error).toBeLessThan(0.03);
    expect(regression.errors[0]).toBeLessThan(0.06);
    expect(regression.baselines[0]).toBeGreaterThan(0.5);
  });

  it('leaves a column alone that is nothing but noise', () => {
    const random = toyRandom(2);
    const points = sample(80, random);
    const targets = Float64Array.from({ length: 160 }, (_, i) => (i % 2 ? random.normal() : smooth(points[i / 2]!)));
    const regression = fitKernelRegression(points, targets, 2)!;
    const into = new Float64Array(2);
    regression.addTo(points[0]!, into);
    expect(Math.abs(into[0]! - smooth(points[0]!))).toBeLessThan(0.05);
    // Noise may be followed a little where leave-one-out happens to favour it, never closely.
    expect(Math.abs(into[1]!)).toBeLessThan(0.9 * Math.abs(targets[1]!) + 0.05);
  });

  it('survives repeated points and refuses to guess from fewer than four', () => {
    const u = Float32Array.of(0.5, 0.5, 0.5);
    expect(fitKernelRegression([u, u, u], Float64Array.of(1, 1, 1), 1)).toBeNull();
    const regression = fitKernelRegression([u, u, u, u, u], Float64Array.of(1, 1, 1, 1, 1), 1)!;
    const into = new Float64Array(1);
    regression.addTo(u, into);
    expect(into[0]).toBeCloseTo(1, 1);
  });
});
