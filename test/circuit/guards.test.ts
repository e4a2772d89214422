import { describe, expect, it } from 'vitest';
import type { Waveforms } from '../../engine/api';
import { guardFault, savedVectors } from '../../engine/circuit/guards';

const operatingPoint = (values: Record<string, number>): Waveforms => ({
  kind: 'op',
  axis: new Float64Array(1),
  real: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float64Array.of(value)])),
  imaginary: {},
});

const lookup = (name: string) => ({ supply: 3, w: 1e-6 })[name];

describe('guards', () => {
  const guard = { use: 'saturated', devices: ['M1', 'm2'], margin: 0.05 } as const;
  const at = (vds2: number) => operatingPoint({ '@m1[vds]': 0.4, '@m1[vdsat]': 0.1, '@m2[vds]': vds2, '@m2[vdsat]': 0.15 });

  it('tells devices that saturate from those that do not', () => {
    expect(guardFault(guard, at(0.25), lookup)).toBeNull();
    expect(guardFault(guard, at(-0.25), lookup)).toBeNull();
    expect(guardFault(guard, at(0.19), lookup)).toMatch(/m2 is not saturated \(vds = 0.19/);
    expect(guardFault(guard, operatingPoint({}), lookup)).toMatch(/M1 was not simulated/);
  });

  it('takes bounds that depend on the supply', () => {
    const half = { use: 'within', vector: 'v(out)', minimum: '{supply/2}', otherwise: 'too low' } as const;
    expect(guardFault(half, operatingPoint({ 'v(out)': 1.6 }), lookup)).toBeNull();
    expect(guardFault(half, operatingPoint({ 'v(out)': 1.4 }), lookup)).toBe('too low (v(out) = 1.400)');
  });

  it('saves what guards read besides what is asked for', () => {
    const analysis = { id: 'op', kind: 'op', save: ['v(out)'], guards: [guard] } as const;
    expect(savedVectors(analysis)).toEqual(['v(out)', '@M1[vds]', '@M1[vdsat]', '@m2[vds]', '@m2[vdsat]']);
  });
});
