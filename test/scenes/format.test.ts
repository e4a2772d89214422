import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatMeasure,
  formatMetric,
  formatPercent,
  formatQuantity,
  formatRate,
  formatReward,
  formatTicks,
} from '../../scenes/format/engineering';

describe('formatTicks', () => {
  it.each([
    [[1.645, 1.65, 1.655], 'V', ['1.645 V', '1.650 V', '1.655 V']],
    [[0, 2e-6, 4e-6, 12e-6], 's', ['0 µs', '2 µs', '4 µs', '12 µs']],
    [[-50, 0, 50], 'dB', ['−50 dB', '0 dB', '50 dB']],
    [[0.25, 0.5], 'V', ['250 mV', '500 mV']],
    [[7], 'V', ['7 V']],
  ])('%j %s', (ticks, unit, texts) => expect(formatTicks(ticks, unit)).toEqual(texts));
});

describe('formatQuantity', () => {
  it.each([
    [88.76e-6, 'm', '88.8 µm'],
    [3.48e-12, 'F', '3.48 pF'],
    [20e6, 'Hz', '20.0 MHz'],
    [999.95e3, 'Hz', '1.00 MHz'],
    [999.4e3, 'Hz', '999 kHz'],
    [1, 'V', '1.00 V'],
    [-0.0062, 'V', '−6.20 mV'],
    [10e3, 'ohm', '10.0 kΩ'],
    [60, 'deg', '60.0°'],
    [0, 'A', '0 A'],
    [300, 'V/V', '300 V/V'],
    [25, 'dB', '25.0 dB'],
    [1000, '', '1000'],
    [Number.NaN, 'V', '—'],
    [Number.POSITIVE_INFINITY, 's', '∞ s'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });
});

describe('formatMeasure', () => {
  it.each([
    [19.98e6, -0.0005, 20e6, 'Hz', '19.98 MHz'],
    [20.04e6, 0.001, 20e6, 'Hz', '20.0 MHz'],
    [400.04e-6, -5e-5, 400e-6, 'A', '400.04 µA'],
    [59.9996, -3e-6, 60, 'deg', '59.9996°'],
    [15e6, -0.14, 20e6, 'Hz', '15.0 MHz'],
    [1 - 1e-12, -5e-13, 1, 'V', '1.00 V'],
    [Number.NaN, -1, 1, 'V', '—'],
  ])('%d at a distance of %d from %d %s is %s', (measure, distance, target, unit, text) => {
    expect(formatMeasure(measure, distance, { target, unit })).toBe(text);
  });
});

describe('counts, rates and times', () => {
  it('groups digits', () => {
    expect(formatCount(1234567)).toBe('1\u202f234\u202f567');
    expect(formatCount(999)).toBe('999');
    expect(formatCount(Number.NaN)).toBe('—');
  });
  it('keeps three digits of a rate', () => {
    expect([0, 1.484, 0.0243, -0.0243, 1.234e-7].map(formatMetric)).toEqual(['0', '1.48', '0.024', '−0.024', '1.2e−7']);
    expect([0, 0.123, 12.34, 286.4, 15497].map(formatRate)).toEqual(['0', '0.12', '12.3', '286', '15\u202f497']);
  });
  it('keeps a reward near the target apart from 0', () => {
    const rewards = [-1, -0.13, -0.004, -0.0001, 0, 1.25, Number.NaN];
    expect(rewards.map(formatReward)).toEqual(['−1.00', '−0.13', '−0.004', '0.000', '0.000', '1.25', '—']);
  });
  it('writes durations', () => {
    expect([0, 59.9, 187, 3727].map(formatDuration)).toEqual(['0 s', '59 s', '3:07', '1:02:07']);
  });
  it('shows a dash for a share that is not known', () => {
    expect([0.494, Number.NaN].map(formatPercent)).toEqual(['49 %', '—']);
  });
});
