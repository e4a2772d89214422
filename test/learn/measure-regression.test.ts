import { describe, expect, it } from 'vitest';
import { fitMeasureKernels, regressMeasures } from '../../engine/learn/measure-regression';
import { toyRandom } from './fixtures';

const measures = [(u: Float32Array) => 3 + 2 * u[0]! - u[1]!, (u: Float32Array) => Math.sin(4 * u[2]!) + 0.5 * u[3]!] as const;

describe('regression of measures', () => {
  it('tells each measure of eight parameters from sixty results, and how well it does', () => {
    const random = toyRandom(7);
    const sample = (count: number) =>
      Array.from({ length: count }, () => Float32Array.from({ length: 8 }, () => random.uniform()));
    const sizings = sample(60);
    const z = sizings.map((u) => Float32Array.from(measures, (measure) => measure(u)));
    const regressions = regressMeasures(sizings, z, fitMeasureKernels(sizings, z, 2));
    const fresh = sample(200);
    for (const [k, regression] of regressions.entries()) {
      const errors = fresh.map((u) => Math.abs(regression!.meanAt(u) - measures[k]!(u)));
      const error = errors.reduce((sum, one) => sum + one, 0) / errors.length;
      expect(error).toBeLessThan(0.05);
      expect(error).toBeLessThan(4 * regression!.error + 0.01);
      // Surer at a known point than far from all.
      expect(regression!.deviationAt(sizings[0]!)).toBeLessThan(
        regression!.deviationAt(Float32Array.from(sizings[0]!, () => 1.5)),
      );
    }
  });

  it('a measure that never changes is told as that', () => {
    const random = toyRandom(8);
    const sizings = Array.from({ length: 10 }, () => Float32Array.from({ length: 2 }, () => random.uniform()));
    const z = sizings.map(() => Float32Array.of(1.25));
    const [regression] = regressMeasures(sizings, z, fitMeasureKernels(sizings, z, 1));
    expect(regression!.meanAt(Float32Array.of(0.1, 0.9))).toBeCloseTo(1.25, 6);
    expect(regression!.deviationAt(Float32Array.of(0.1, 0.9))).toBeLessThan(1e-6);
  });
});
