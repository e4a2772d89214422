import { beforeAll, describe, expect, it } from 'vitest';
import type { Simulator, Waveforms } from '../../engine/api';
import { createInProcessSimulator } from '../../engine/circuit/simulators/in-process';
import { commonSource } from './circuit';
import { bandwidth, harmonicDistortion } from './measures';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createInProcessSimulator(() => performance.now());
  simulator.register(commonSource);
});

const evaluate = (...parameters: number[]) =>
  simulator.evaluate({ circuitId: commonSource.id, parameters: Float64Array.from(parameters) });

describe('the example circuit', () => {
  it('measures what it declares', async () => {
    const { valid, measures } = await evaluate(10e-6, 10e3, 0.85);
    const [gain, width, distortion, current] = measures as unknown as [number, number, number, number];
    expect(valid).toBe(true);
    // R·C of the load: the transistor's own resistance and capacitance take some of it.
    expect(width).toBeGreaterThan(0.7 / (2 * Math.PI * 10e3 * 1e-12));
    expect(width).toBeLessThan(1.3 / (2 * Math.PI * 10e3 * 1e-12));
    expect(gain).toBeGreaterThan(2);
    expect(gain).toBeLessThan(12);
    expect(distortion).toBeGreaterThan(1e-3);
    expect(distortion).toBeLessThan(0.2);
    expect(current).toBeGreaterThan(1e-6);
  });

  it('refuses a sizing that cannot work, with its reason', async () => {
    const { valid, failureDetail } = await evaluate(100e-6, 100e3, 1.2);
    expect(valid).toBe(false);
    expect(failureDetail).toMatch(/the output sits on a rail/);
  });
});

describe('its measures', () => {
  it('find the corner of a low-pass', () => {
    const axis = Float64Array.from({ length: 200 }, (_, i) => 1e3 * 10 ** (i / 40));
    const real = axis.map((f) => 5 / (1 + (f / 1e6) ** 2));
    const imaginary = axis.map((f, i) => -real[i]! * (f / 1e6));
    const ac: Waveforms = { kind: 'ac', axis, real: { y: real }, imaginary: { y: imaginary } };
    expect(bandwidth(ac, 'y')).toBeCloseTo(1e6, -4);
    expect(bandwidth({ ...ac, real: { y: axis.map(() => 1) }, imaginary: { y: axis.map(() => 0) } }, 'y')).toBeNaN();
  });

  it('find the harmonics of a distorted sine', () => {
    const axis = Float64Array.from({ length: 2001 }, (_, i) => i * 1e-9);
    const y = axis.map(
      (t) => 1.5 + Math.sin(2e6 * Math.PI * t) + 0.03 * Math.sin(4e6 * Math.PI * t) + 0.04 * Math.cos(6e6 * Math.PI * t),
    );
    expect(harmonicDistortion({ kind: 'tran', axis, real: { y }, imaginary: {} }, 'y', 1e6)).toBeCloseTo(0.05, 4);
  });
});
