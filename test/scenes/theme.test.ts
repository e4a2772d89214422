import { describe, expect, it } from 'vitest';
import { contrast, fromOklab, luminance, mix, pack, parseHex, toOklab } from '../../scenes/theme/color';
import { createPalette, rampColor, withAlpha } from '../../scenes/theme/palette';
import { SERIES, seriesStyle } from '../../scenes/theme/series';
import type { Tokens } from '../../scenes/theme/tokens';
import { THEMES } from '../../scenes/theme/tokens';

/** Linear-light simulation of full dichromacy (Viénot, Brettel and Mollon 1999). */
const DICHROMACY = {
  protanopia: [0.11238, 0.88762, 0, 0.11238, 0.88762, 0, 0.00401, -0.00401, 1],
  deuteranopia: [0.29275, 0.70725, 0, 0.29275, 0.70725, 0, -0.02234, 0.02234, 1],
} as const;

function seenBy(kind: keyof typeof DICHROMACY, hex: string): string {
  const m = DICHROMACY[kind];
  const linear = parseHex(hex).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const out = [0, 1, 2].map((r) => m[3 * r] * linear[0] + m[3 * r + 1] * linear[1] + m[3 * r + 2] * linear[2]);
  const channels = out.map((v) => {
    const c = Math.min(1, Math.max(0, v));
    return Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055));
  });
  return `#${channels.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}

function difference(a: string, b: string): number {
  const [x, y] = [toOklab(a), toOklab(b)];
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

describe.each(['dark', 'light'] as const)('%s theme', (name) => {
  const tokens: Tokens = THEMES[name];
  const surfaces = ['background', 'surface', 'raised', 'tile'] as const;

  it.each(['text', 'dim', 'miss', 'met', 'failed'] as const)('%s is readable on every surface', (key) => {
    for (const surface of surfaces) expect(contrast(tokens[key], tokens[surface]), surface).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['hold', 'miss', 'met', 'failed', 'invalid', 'simulating', 'idle', 'accent', 'deviceN', 'deviceP', 'passive'] as const)(
    '%s stands out as a mark',
    (key) => {
      for (const surface of surfaces) expect(contrast(tokens[key], tokens[surface]), surface).toBeGreaterThanOrEqual(3);
    },
  );

  it('shows series as lines that stand out, each by colour and by dash', () => {
    for (let i = 0; i < SERIES[name].length; i++)
      for (const surface of surfaces)
        expect(contrast(SERIES[name][i], tokens[surface]), `${i} ${surface}`).toBeGreaterThanOrEqual(3);
    expect(new Set(SERIES[name].map((_, i) => seriesStyle(name, i).dash.join())).size).toBe(SERIES[name].length);
  });

  it('keeps series apart from what is met: points of a spec stand beside points that meet all', () => {
    for (const [i, color] of SERIES[name].entries()) expect(difference(color, tokens.met), `${i}`).toBeGreaterThan(0.1);
  });

  it('keeps held and missed apart for every eye', () => {
    expect(difference(tokens.hold, tokens.miss)).toBeGreaterThan(0.15);
    for (const kind of ['protanopia', 'deuteranopia'] as const) {
      expect(difference(seenBy(kind, tokens.hold), seenBy(kind, tokens.miss)), kind).toBeGreaterThan(0.15);
      expect(difference(seenBy(kind, tokens.met), seenBy(kind, tokens.near)), kind).toBeGreaterThan(0.1);
    }
  });

  it('has a ramp whose contrast to the page grows towards the target', () => {
    const palette = createPalette(tokens);
    const steps = [-1, -0.75, -0.5, -0.25, -0.1, -0.02, 0].map((distance) => {
      const color = rampColor(palette, distance);
      const hex = `#${[color & 255, (color >> 8) & 255, (color >> 16) & 255].map((c) => c.toString(16).padStart(2, '0')).join('')}`;
      return Math.abs(luminance(hex) - luminance(tokens.background));
    });
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBe(steps.length);
  });
});

describe('colours', () => {
  it('computes the extremes of contrast', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#777777')).toBe(1);
  });
  it('goes to OKLab and back', () => {
    for (const hex of ['#000000', '#ffffff', '#4ba3f5', '#f0953a', '#123456']) expect(fromOklab(toOklab(hex))).toBe(hex);
  });
  it('mixes from end to end', () => {
    expect(mix('#101010', '#f0f0f0', 0)).toBe('#101010');
    expect(mix('#101010', '#f0f0f0', 1)).toBe('#f0f0f0');
  });
  it('packs for the GPU and refuses what is not a colour', () => {
    expect(pack('#112233')).toBe(0xff332211);
    expect(withAlpha(0xff332211, 0)).toBe(0x00332211);
    expect(() => pack('red')).toThrow('#rrggbb');
  });
  it('takes a distance that is no number as the furthest', () => {
    const palette = createPalette(THEMES.dark);
    expect(rampColor(palette, Number.NaN)).toBe(palette.ramp[0]);
    expect(rampColor(palette, 0)).toBe(palette.ramp[palette.ramp.length - 1]);
  });
});
