/** Colours of series that have no meaning of their own (circuits, specs), each with a dash that tells it apart without colour. */
import type { ThemeName } from './tokens';

export const SERIES: Readonly<Record<ThemeName, readonly string[]>> = {
  dark: ['#6cb0ff', '#f2c14e', '#ee86c4', '#9fd65c', '#c3ccd6', '#f2825a', '#a99bf5', '#d8b48a'],
  light: ['#0a5fc4', '#8a6400', '#b0307f', '#4b7411', '#3a4552', '#b3430c', '#6a4bc4', '#6b3a1e'],
};

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [14, 4], [5, 2, 1, 2, 1, 2], [1, 2], [4, 4]];

export interface SeriesStyle {
  readonly color: string;
  /** Lengths on and off in CSS pixels; empty: solid. */
  readonly dash: readonly number[];
}

export function seriesStyle(theme: ThemeName, index: number): SeriesStyle {
  const colors = SERIES[theme];
  return { color: colors[index % colors.length], dash: DASHES[index % DASHES.length] };
}
