import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInRange, fromZ, isInRange, type ParameterDefinition, toPhysical, toUnit, toZ } from '../../engine/api';

const BASE = { name: 'p', title: 'P', kind: 'width', unit: 'm', roles: [], polarity: 'none', devices: [] } as const;

const anyParameter: fc.Arbitrary<ParameterDefinition> = fc
  .tuple(
    fc.double({ min: 1e-9, max: 1, noNaN: true }),
    fc.double({ min: 1.01, max: 1e6, noNaN: true }),
    fc.constantFrom('log' as const, 'linear' as const),
  )
  .map(([minimum, ratio, scale]) => ({ ...BASE, minimum, maximum: minimum * ratio, scale, initial: minimum }));

describe('parameter space', () => {
  it('goes there and back', () => {
    fc.assert(
      fc.property(anyParameter, fc.double({ min: 0, max: 1, noNaN: true }), (parameter, u) => {
        expect(toUnit(parameter, toPhysical(parameter, u))).toBeCloseTo(u, 6);
      }),
    );
  });

  it('stays within the range whatever it is given, rises, and meets both ends exactly', () => {
    fc.assert(
      fc.property(anyParameter, fc.double({ noNaN: true }), fc.double({ noNaN: true }), (parameter, a, b) => {
        const [low, high] = [toPhysical(parameter, Math.min(a, b)), toPhysical(parameter, Math.max(a, b))];
        expect(low).toBeGreaterThanOrEqual(parameter.minimum);
        expect(high).toBeLessThanOrEqual(parameter.maximum);
        expect(low).toBeLessThanOrEqual(high * (1 + 1e-12));
        expect(toPhysical(parameter, 0)).toBe(parameter.minimum);
        expect(toPhysical(parameter, 1)).toBe(parameter.maximum);
      }),
    );
  });

  it('rounds to multiples of the grid that lie within the range', () => {
    const parameter: ParameterDefinition = { ...BASE, minimum: 3, maximum: 99, scale: 'log', initial: 10, grid: 5 };
    for (let u = 0; u <= 1; u += 0.01) expect(toPhysical(parameter, u) % 5).toBe(0);
    expect(toPhysical(parameter, 0)).toBe(5);
    expect(toPhysical(parameter, 1)).toBe(95);
  });

  it('tells a person what range was expected', () => {
    const parameter: ParameterDefinition = { ...BASE, minimum: 1e-6, maximum: 1e-4, scale: 'log', initial: 1e-5 };
    expect(() => checkInRange(parameter, 1)).toThrow(/outside its range; expected 0.000001 to 0.0001 m/);
    expect(() => checkInRange(parameter, Number.NaN)).toThrow(/outside its range/);
    expect(() => checkInRange(parameter, 1e-4)).not.toThrow();
  });

  it('takes both ends for inside, those below zero too', () => {
    const bias: ParameterDefinition = { ...BASE, unit: 'V', minimum: -1, maximum: -0.2, scale: 'linear', initial: -0.5 };
    for (const value of [-1, -0.2, toPhysical(bias, 0), toPhysical(bias, 1)]) expect(isInRange(bias, value)).toBe(true);
    for (const value of [-1.001, -0.199, Number.NaN]) expect(isInRange(bias, value)).toBe(false);
  });
});

describe('measure transform', () => {
  const log = { scale: 'log', center: Math.log(300), spread: 1.5, floor: 1e-2 } as const;
  it('goes there and back where it does not clip, and clips elsewhere', () => {
    expect(toZ(log, 300)).toBeCloseTo(0, 12);
    expect(fromZ(log, toZ(log, 1000))).toBeCloseTo(1000, 6);
    expect(toZ(log, 0)).toBe(-4);
    expect(toZ(log, Number.POSITIVE_INFINITY)).toBe(4);
    expect(toZ({ scale: 'linear', center: 30, spread: 40 }, 70)).toBe(1);
  });
  it('reads a missing measure as the middle', () => expect(toZ(log, Number.NaN)).toBe(0));
});
