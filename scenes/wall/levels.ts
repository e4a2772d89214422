/** Semantic zoom: what a tile of a given width on screen shows. */
export type Level = 'cell' | 'fingerprint' | 'compact' | 'full';

/** Least tile widths in CSS pixels. */
const FINGERPRINT = 40;
const COMPACT = 96;
const FULL = 205;

export const SMALLEST_TILE = 4;
export const LARGEST_TILE = 640;

export function levelOf(tileWidth: number): Level {
  if (tileWidth < FINGERPRINT) return 'cell';
  if (tileWidth < COMPACT) return 'fingerprint';
  return tileWidth < FULL ? 'compact' : 'full';
}
