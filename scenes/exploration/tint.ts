/** What the colour of a point says. Every way of colouring has a legend in words; met points have a shape of their own besides. */
import { pack } from '../theme/color';
import type { Palette } from '../theme/palette';
import { rampColor } from '../theme/palette';
import { seriesStyle } from '../theme/series';
import type { ThemeName } from '../theme/tokens';
import type { ExplorationModel } from './model';

export const TINTS = {
  spec: 'Missed most',
  reward: 'Reward',
  age: 'Age',
  origin: 'Who chose it',
  surprise: 'Imagined vs. real',
} as const;
export type TintName = keyof typeof TINTS;

export interface LegendEntry {
  readonly text: string;
  /** `#rrggbb`, or several for a ramp. */
  readonly colors: readonly string[];
}

/** How the neural simulator's error is coloured: from none to this many units of z. */
const LARGEST_SURPRISE = 1;

export const ORIGINS: Readonly<Record<string, string>> = {
  policy: 'policy',
  random: 'random',
  'toward-best': 'toward the best known',
  bred: 'bred from the best candidates',
  reset: 'start of an episode',
};

export interface Tint {
  readonly legend: readonly LegendEntry[];
  /** Packed colour of the point in a row. */
  of(row: number): number;
}

export function createTint(name: TintName, model: ExplorationModel, palette: Palette, theme: ThemeName): Tint {
  const { info } = model;
  const { tokens, packed } = palette;
  const S = info.specs.length;
  const series = Array.from({ length: 8 }, (_, i) => seriesStyle(theme, i).color);
  const packedSeries = series.map((color) => pack(color));
  const ramp = [tokens.far, tokens.middle, tokens.near];
  const met: LegendEntry = { text: '◆ all targets met', colors: [tokens.met] };
  const invalid: LegendEntry = { text: '× invalid', colors: [tokens.invalid] };
  switch (name) {
    case 'reward':
      return {
        legend: [{ text: 'reward −1 to 0', colors: ramp }, met, invalid],
        of: (row) =>
          model.points.met[row]
            ? packed.met
            : model.points.valid[row]
              ? rampColor(palette, model.points.reward[row])
              : packed.invalid,
      };
    case 'age': {
      // As of now: a point keeps its colour until all are drawn anew.
      const span = Math.max(1, model.points.count * 1.15);
      return {
        legend: [{ text: 'first to newest', colors: ramp }, met],
        of: (row) => palette.ramp[Math.min(63, Math.floor((row / span) * 64))],
      };
    }
    case 'origin':
      return {
        legend: model.points.origins.map((origin, i) => ({ text: ORIGINS[origin] ?? origin, colors: [series[i % 8]] })),
        of: (row) => packedSeries[model.points.origin[row] % 8],
      };
    case 'surprise':
      return {
        legend: [
          { text: `prediction off by 0 to ${LARGEST_SURPRISE} z`, colors: ramp },
          { text: 'no prediction', colors: [tokens.idle] },
        ],
        of(row) {
          const error = model.surprise[row];
          return Number.isNaN(error) ? packed.idle : palette.ramp[Math.min(63, Math.floor((error / LARGEST_SURPRISE) * 63))];
        },
      };
    case 'spec':
      return {
        legend: [...info.specs.map(({ title }, s) => ({ text: title, colors: [series[s % 8]] })), met, invalid],
        of(row) {
          const binding = model.binding[row];
          return binding === 255 ? packed.invalid : binding === S ? packed.met : packedSeries[binding % 8];
        },
      };
  }
}
