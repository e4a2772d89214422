import { describe, expect, it } from 'vitest';
import { initialSizing } from '../../engine/api/parameter-space';
import { shareInterval, standardDeviation } from '../../engine/base';
import { withMismatch } from '../../engine/circuit/deck/mismatch';
import { createInProcessSimulator } from '../../engine/circuit/simulators/in-process';
import { atCorner, cornersOf, DEFAULT_CORNERS } from '../../engine/circuit/verify/corners';
import { verifySizing } from '../../engine/circuit/verify/verify';
import { commonSource } from '../../plugins/example-circuit/circuit';
import { divider } from './divider';

describe('corners', () => {
  it('are sections x supplies x temperatures', () => {
    const corners = cornersOf(commonSource, DEFAULT_CORNERS);
    expect(corners).toHaveLength(45);
    expect(new Set(corners.map(({ title }) => title)).size).toBe(45);
    expect(corners[0]).toEqual({ title: 'typical, 2.97 V, -40 °C', section: 'typical', supply: 2.97, temperature: -40 });
    expect(new Set(corners.map((corner) => atCorner(commonSource, corner).id)).size).toBe(45);
    expect(cornersOf(divider, { supply: 0, temperatures: [27] }).map(({ title }) => title)).toEqual(['3 V, 27 °C']);
  });
});

describe('mismatch', () => {
  const netlist = 'm1 d g 0 0 nmos_3p3 w=0.00001 l=0.0000003\nm2 d g 0 0 pmos_3p3 w=0.00001 l=0.0000003 m=4\nr1 d 0 1k';
  const shift = (sample: number, line: number) =>
    Number(/delvto=(\S+)/.exec(withMismatch(netlist, 'gf180', sample).split('\n')[line]!)?.[1]);

  it('shifts every transistor by the law of the process', () => {
    const samples = Array.from({ length: 1500 }, (_, i) => i);
    const law = (coefficient: number, area: number) => (Math.SQRT1_2 * coefficient) / Math.sqrt(area);
    const first = samples.map((sample) => shift(sample, 0));
    expect(standardDeviation(first) / law(7.148e-9, 10.1e-6 * 0.15e-6)).toBeCloseTo(1, 1);
    expect(standardDeviation(samples.map((sample) => shift(sample, 1))) / law(6.66e-9, 4 * 10.1e-6 * 0.15e-6)).toBeCloseTo(1, 1);
    expect(Math.abs(first.reduce((sum, x) => sum + x, 0) / first.length)).toBeLessThan(0.1 * standardDeviation(first));
  });

  it('is the same for the same sample and instance, whatever the sizes, and touches nothing else', () => {
    expect(shift(3, 0)).toBe(shift(3, 0));
    expect(shift(3, 0)).not.toBe(shift(4, 0));
    const wider = Number(/delvto=(\S+)/.exec(withMismatch(netlist.replace('w=0.00001', 'w=0.0000404'), 'gf180', 3))![1]);
    expect(wider / shift(3, 0)).toBeCloseTo(Math.sqrt(10.1 / 40.5), 9);
    expect(withMismatch(netlist, 'gf180', 3).split('\n')[2]).toBe('r1 d 0 1k');
    expect(withMismatch(netlist, 'ptm', 3)).toBe(netlist);
  });
});

describe('the yield', () => {
  it('has an interval that holds at the ends, too', () => {
    // Agresti and Coull (1998) list Wilson's intervals for such counts.
    expect(shareInterval(0, 10).low).toBe(0);
    expect(shareInterval(0, 10).high).toBeCloseTo(0.2775, 4);
    expect(shareInterval(10, 10).low).toBeCloseTo(0.7225, 4);
    expect(shareInterval(81, 263).low).toBeCloseTo(0.2553, 4);
    expect(shareInterval(81, 263).high).toBeCloseTo(0.3662, 4);
  });
});

describe('a sizing', () => {
  it('is verified: worst cases by corner, mismatch samples, what fails', async () => {
    const simulator = await createInProcessSimulator(() => 0);
    const parameters = initialSizing(commonSource.parameters);
    const corners = cornersOf(commonSource, { supply: 0, temperatures: [27] });
    const result = await verifySizing(commonSource, simulator, parameters, { corners, samples: 6, seed: 1 });
    expect(result.corners.map(({ title }) => title)).toEqual(
      ['typical', 'ff', 'ss', 'fs', 'sf'].map((s) => `${s}, 3.3 V, 27 °C`),
    );
    const current = result.cornerSpecs.find(({ name }) => name === 'supplyCurrent')!;
    // The transistor conducts most where N is fast.
    expect(current.at).toMatch(/^(ff|fs|sf), /);
    expect(current.worst).toBe(Math.max(...result.corners.map(({ evaluation }) => evaluation.measures[3]!)));
    expect(new Set(result.samples.map(({ evaluation }) => evaluation.measures[3])).size).toBe(6);
    expect(result.yield!.share).toBe(result.samples.filter(({ met }) => met).length / 6);

    const again = await verifySizing(commonSource, simulator, parameters, { corners: [], samples: 2, seed: 1 });
    expect(again.samples.map(({ evaluation }) => [...evaluation.measures])).toEqual(
      result.samples.slice(0, 2).map(({ evaluation }) => [...evaluation.measures]),
    );
    await expect(verifySizing(divider, simulator, Float64Array.of(1000), { corners: [], samples: 1, seed: 1 })).rejects.toThrow(
      /mismatch of none is not known/,
    );
  });
});
