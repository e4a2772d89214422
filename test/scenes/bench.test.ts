import { describe, expect, it } from 'vitest';
import { parseQuantity } from '../../engine/api';
import { createCursors } from '../../scenes/bench/cursors';
import { commandLine, plotCsv, sizingCsv, withSuffix } from '../../scenes/bench/exports';
import { parseTyped } from '../../scenes/bench/sizing-form';
import { degrees, plotsOf, unityCrossing, valueAt } from '../../scenes/bench/waves';
import { pretendCurves } from '../../scenes/source/synthetic-circuit-model';
import { syntheticCircuits } from '../../scenes/source/synthetic-circuits';

const [opamp] = syntheticCircuits(['two-stage-opamp']);
const curves = pretendCurves(opamp, new Float64Array(7).fill(0.5));

describe('waveforms', () => {
  it('become magnitude, phase and transients', () => {
    const plots = plotsOf(curves);
    expect(plots.map(({ id, unit, axis }) => [id, unit, axis])).toEqual([
      ['ac-magnitude', 'dB', 'frequency'],
      ['ac-phase', '°', 'frequency'],
      ['step', 'V', 'time'],
    ]);
    const magnitude = plots[0].traces[0];
    const crossing = unityCrossing(magnitude) as number;
    expect(valueAt(magnitude, crossing, true)).toBeCloseTo(0, 6);
    expect(valueAt(magnitude, 1e30, true)).toBeNaN();
    expect(unityCrossing({ ...magnitude, values: magnitude.values.map(() => 3) })).toBeNull();
  });
  it('have a phase without jumps', () => {
    const turning = Float64Array.from({ length: 200 }, (_, i) => -i * 7);
    const phases = degrees(
      turning.map((degree) => Math.cos((degree * Math.PI) / 180)),
      turning.map((degree) => Math.sin((degree * Math.PI) / 180)),
    );
    phases.forEach((phase, i) => {
      expect(phase).toBeCloseTo(turning[i], 6);
    });
  });
});

describe('cursor A', () => {
  const plotAt = (crossing: number) => {
    const axis = Float64Array.of(1, crossing, 1e9);
    return {
      id: 'ac-magnitude',
      title: '',
      axis: 'frequency',
      unit: 'dB',
      traces: [{ name: 'v(out)', axis, values: Float64Array.of(60, 0, -20) }],
    } as const;
  };
  it('follows the unity-gain frequency of another sizing until it is moved', () => {
    const cursors = createCursors();
    const a = (crossing: number) => {
      cursors.follow(plotAt(crossing));
      return cursors.at(plotAt(crossing)).a;
    };
    expect(a(1e6)).toBeCloseTo(1e6, 0);
    cursors.move(plotAt(1e6), { ...cursors.at(plotAt(1e6)), b: 5e6 });
    expect(a(2e6)).toBeCloseTo(2e6, 0);
    expect(cursors.at(plotAt(1)).b).toBe(5e6);
    cursors.move(plotAt(2e6), { a: 3e6, b: 5e6 });
    expect(a(4e6)).toBe(3e6);
    // Magnitude and phase share theirs.
    expect(cursors.at({ ...plotAt(1), id: 'ac-phase' }).a).toBe(3e6);
    cursors.clear();
    expect(a(1e6)).toBeCloseTo(1e6, 0);
  });
});

describe('text of what is on the bench', () => {
  it('replays the sizing in a terminal, to six digits', () => {
    const parameters = Float64Array.from(opamp.parameters, ({ initial }) => initial);
    expect(commandLine(opamp, parameters)).toMatch(/^npx ohmba simulate two-stage-opamp --set wn1=88\.76u .* --set cc=3\.48p$/);
    for (const value of [8.876e-5, 3.48e-12, 1, 2200, 0.5e-6, 1e-15, 0.9])
      expect(parseQuantity(withSuffix(value))).toBeCloseTo(value, 20);
  });
  it('is a table of SI numbers', () => {
    expect(sizingCsv(opamp, [1, 2, 3, 4, 5, 6, 7], null).split('\n')).toHaveLength(1 + 7 + 6 + 1);
    const [head, first] = plotCsv(plotsOf(curves)[2]).split('\n');
    expect(head).toBe('"time","v(out) [V]","v(in) [V]"');
    expect(first.split(',').map(Number)).toHaveLength(3);
  });
});

describe('what people type', () => {
  const { grid: _, ...gridless } = opamp.parameters[0];
  const width = { ...gridless, unit: 'm', minimum: 0.5e-6, maximum: 100e-6, scale: 'log' } as const;

  it.each(['20', '20u', '20 µm', '20.0 µm', '0.02 mm'])('%s is 20 micrometres, as on the command line', (text) => {
    expect(parseTyped(width, text)).toBeCloseTo(20e-6, 12);
  });
  it('may have the signs that the page writes', () => {
    expect(parseTyped({ ...width, unit: 'V', minimum: -1, maximum: -0.001, scale: 'linear' }, '−2 mV')).toBeCloseTo(-2e-3, 12);
    expect(parseTyped({ ...width, unit: 'ohm', minimum: 1, maximum: 1e6 }, '22.0 kΩ')).toBeCloseTo(22e3, 6);
  });
  it('is refused with the range, not bent into it', () => {
    expect(() => parseTyped(width, '20 mm')).toThrow('outside its range; expected 0.5um to 100um');
    expect(() => parseTyped(width, 'wide')).toThrow('"wide" is no value of');
    expect(() => parseTyped(width, '')).toThrow('is no value of');
  });
  it('goes to the nearest place of the grid that the range has', () => {
    expect(parseTyped({ ...width, grid: 5e-8 }, '1.234')).toBeCloseTo(1.25e-6, 12);
    const odd = { ...width, grid: 3e-7 };
    expect(parseTyped(odd, '100')).toBeLessThanOrEqual(odd.maximum);
    expect(parseTyped(odd, '0.5')).toBeGreaterThanOrEqual(odd.minimum);
  });
});
