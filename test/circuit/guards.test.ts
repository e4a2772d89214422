import { describe, expect, it } from 'vitest';
import type { Waveforms } from '../../engine/api';
import { guardFault, savedVectors } from '../../engine/circuit/guards';

const operatingPoint = (values: Record<string, number>): Waveforms => ({
  kind: 'op',
  axis: new Float64Array(1),
  real: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float64Array.of(value)])),
  imaginary: {},
});

describe('guards', () => {
  const guard = { use: 'saturated', devices: ['M1', 'm2'], margin: 0.05 } as const;
  const at = (vds2: number) => operatingPoint({ '@m1[vds]': 0.4, '@m1[vdsat]': 0.1, '@m2[vds]': vds2, '@m2[vdsat]': 0.15 });

  it('tells devices that saturate from those that do not', () => {
    expect(guardFault(guard, at(0.25))).toBeNull();
    expect(guardFault(guard, at(-0.25))).toBeNull();
    expect(guardFault(guard, at(0.19))).toMatch(/m2 is not saturated \(vds = 0.19/);
    expect(guardFault(guard, operatingPoint({}))).toMatch(/M1 was not simulated/);
  });

  it('saves what guards read besides what is asked for', () => {
    const analysis = { id: 'op', kind: 'op', save: ['v(out)'], guards: [guard] } as const;
    expect(savedVectors(analysis)).toEqual(['v(out)', '@M1[vds]', '@M1[vdsat]', '@m2[vds]', '@m2[vdsat]']);
  });
});
