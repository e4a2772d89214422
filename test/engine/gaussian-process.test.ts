import { describe, expect, it } from 'vitest';
import { condition, firstKernel, fitKernel, type KernelFamily, RandomStream } from '../../engine/base';

const plain: KernelFamily = {
  firstLength: 0.5,
  length: [0.005, 20],
  signal: [0.05, 20],
  noise: [1e-6, 1e-2],
  linear: null,
  lengthPrior: null,
};

function sample(count: number, dimensions: number, random: RandomStream): Float64Array[] {
  return Array.from({ length: count }, () => Float64Array.from({ length: dimensions }, () => random.uniform()));
}

describe('Gaussian process', () => {
  it('finds which parameters matter, and believes what it saw', () => {
    const random = new RandomStream(1);
    const points = sample(40, 3, random);
    const values = Float64Array.from(points, ([a]) => Math.sin(6 * a!));
    const kernel = fitKernel(points, values, firstKernel(3, plain), plain, 60);
    const [a, b, c] = kernel.logs;
    expect(a!).toBeLessThan(Math.min(b!, c!) - 1);
    const process = condition(points, values, kernel)!;
    const drawn = process.drawAt(points.slice(0, 10))!(() => random.normal());
    for (const [i, value] of drawn.entries()) {
      expect(value).toBeCloseTo(values[i]!, 1);
      expect(process.meanAt(points[i]!)).toBeCloseTo(values[i]!, 1);
      expect(process.deviationAt(points[i]!)).toBeLessThan(0.05);
    }
    expect(process.deviationAt([9, 9, 9])).toBeCloseTo(Math.exp(kernel.logs[3]! / 2), 3);
    expect(process.deviationAt([0.31, 0.62, 0.5], 5)).toBeGreaterThan(process.deviationAt([0.31, 0.62, 0.5]));
  });

  it('draws agree with the mean and the deviation that it states', () => {
    const random = new RandomStream(2);
    const points = sample(12, 2, random);
    const process = condition(
      points,
      Float64Array.from(points, ([a, b]) => a! * b!),
      firstKernel(2, plain),
    )!;
    const asked = sample(4, 2, random);
    const draw = process.drawAt(asked)!;
    const draws = Array.from({ length: 4000 }, () => draw(() => random.normal()));
    for (const [i, u] of asked.entries()) {
      const mean = draws.reduce((sum, values) => sum + values[i]!, 0) / draws.length;
      const deviation = Math.sqrt(draws.reduce((sum, values) => sum + (values[i]! - mean) ** 2, 0) / draws.length);
      expect(Math.abs(mean - process.meanAt(u))).toBeLessThan(0.1 * process.deviationAt(u) + 1e-3);
      expect(Math.abs(deviation / process.deviationAt(u) - 1)).toBeLessThan(0.1);
    }
  });

  it('with a trend follows a plane far beyond its points', () => {
    const random = new RandomStream(3);
    const points = sample(20, 4, random).map((u) => u.map((x) => 0.3 + 0.2 * x));
    const plane = (u: ArrayLike<number>) => 2 * (u[0]! - 0.5) - 3 * (u[2]! - 0.5);
    const values = Float64Array.from(points, plane);
    const far = [0.95, 0.1, 0.05, 0.9];
    const errorOf = (family: KernelFamily) => {
      const process = condition(points, values, fitKernel(points, values, firstKernel(4, family), family, 60))!;
      return Math.abs(process.meanAt(far) - plane(far));
    };
    expect(errorOf({ ...plain, linear: [0.01, 100] })).toBeLessThan(0.1);
    expect(errorOf(plain)).toBeGreaterThan(0.3);
  });

  it('leave-one-out error is what leaving each point out gives', () => {
    const random = new RandomStream(4);
    const points = sample(15, 2, random);
    const values = Float64Array.from(points, ([a, b]) => Math.cos(3 * a!) + b!);
    const kernel = fitKernel(points, values, firstKernel(2, plain), plain, 20);
    const left = points.map((u, i) => {
      const others = points.filter((_, j) => j !== i);
      const process = condition(
        others,
        values.filter((_, j) => j !== i),
        kernel,
      )!;
      return Math.abs(process.meanAt(u) - values[i]!);
    });
    const expected = left.reduce((sum, error) => sum + error, 0) / left.length;
    expect(condition(points, values, kernel)!.leaveOneOut()).toBeCloseTo(expected, 6);
  });
});
