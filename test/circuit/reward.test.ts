import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpecDefinition } from '../../engine/api';
import { distanceToSpec, linearDifference, logDifference, score } from '../../engine/circuit';

const gain: SpecDefinition = {
  name: 'gain',
  title: 'Gain',
  kind: 'gain',
  unit: 'V/V',
  direction: 'at-least',
  target: 300,
  range: { easy: 200, hard: 400 },
  transform: { scale: 'log', center: 5, spread: 1, floor: 1e-2 },
};
const margin: SpecDefinition = { ...gain, name: 'pm', unit: 'deg', transform: { scale: 'linear', center: 30, spread: 40 } };
const current: SpecDefinition = { ...gain, name: 'i', direction: 'at-most' };
const specs = [gain, margin, current];
const anyMeasure = fc.double({ min: -1e3, max: 1e9, noNaN: true });
const anyTarget = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

describe('reward', () => {
  it('equals the hyperbolic tangent of half the logarithm of the ratio', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), anyTarget, (x, g) => {
        expect(logDifference(x, g)).toBeCloseTo(Math.tanh(0.5 * Math.log(x / g)), 9);
      }),
    );
  });

  it('is within [-1, 0] where targets are missed and 1 where they are met', () => {
    fc.assert(
      fc.property(
        fc.tuple(anyMeasure, anyMeasure, anyMeasure),
        fc.tuple(anyTarget, anyTarget, anyTarget),
        (measures, targets) => {
          const { reward, met, distances } = score(specs, measures, true, targets);
          expect(met).toBe(measures[0] >= targets[0] && measures[1] >= targets[1] && measures[2] <= targets[2]);
          if (met) expect(reward).toBe(1);
          else {
            expect(reward).toBeLessThanOrEqual(0);
            expect(reward).toBeGreaterThanOrEqual(-1);
          }
          for (const distance of distances) expect(Math.abs(distance)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('never falls when a measure gets better', () => {
    fc.assert(
      fc.property(anyMeasure, fc.double({ min: 0, max: 1e6, noNaN: true }), anyTarget, (x, more, g) => {
        expect(distanceToSpec(gain, x + more, g)).toBeGreaterThanOrEqual(distanceToSpec(gain, x, g));
        expect(distanceToSpec(margin, x + more, g)).toBeGreaterThanOrEqual(distanceToSpec(margin, x, g) - 1e-12);
        expect(distanceToSpec(current, x + more, g)).toBeLessThanOrEqual(distanceToSpec(current, x, g));
      }),
    );
  });

  it('gives nothing for good measures of an invalid circuit', () => {
    expect(score(specs, [1e6, 90, 1e-9], false, [300, 60, 1])).toMatchObject({ reward: -1, met: false });
  });

  it('counts a missing measure as the worst, and is not met', () => {
    expect(distanceToSpec(gain, Number.NaN, 300)).toBe(-1);
    expect(score(specs, [1e6, Number.NaN, 1e-9], true, [300, 60, 1]).met).toBe(false);
  });

  it('is defined at infinities', () => {
    expect(logDifference(Number.POSITIVE_INFINITY, 1)).toBe(1);
    expect(linearDifference(Number.NEGATIVE_INFINITY, 1)).toBe(-1);
    expect(linearDifference(0, 0)).toBe(0);
  });
});
