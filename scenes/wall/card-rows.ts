/** How a card's height is shared between the rows of its specs and the devices of its sizing. */
import type { Level } from './levels';

/** Of a card against its tile, and of its content against the card; CSS pixels. */
export const CARD_GAP = 3;
export const CARD_PAD = { compact: 7, full: 9 } as const;
/** From the top of the content to the line under the header, and from there to the first row. */
const HEADER = 14;
const UNDER_HEADER = { compact: 6, full: 7 } as const;
/** Height of the devices. */
const LEAST_SIZING = 28;
const MOST_SIZING = 110;
const SIZING_GAP = 4;
/** Least pitch of rows with text, in the small font and in that of labels. */
export const LEGIBLE = 9.5;
export const ROOMY = 12;
/** Least pitch that devices leave to the rows. */
const BESIDE_DEVICES = 10.5;

export interface CardRows {
  /** Of the tile. */
  readonly top: number;
  readonly bottom: number;
  readonly pitch: number;
  /** 0: no devices are drawn. */
  readonly sizing: number;
}

/** @param specs how many rows there are */
export function cardRows(tileHeight: number, level: Level, specs: number): CardRows {
  if (level !== 'full' && level !== 'compact') return { top: 0, bottom: 0, pitch: 0, sizing: 0 };
  const full = level === 'full';
  const top = CARD_GAP + CARD_PAD[level] + HEADER + UNDER_HEADER[level];
  const bottom = tileHeight - CARD_GAP - CARD_PAD[level] + 2;
  const room = bottom - top - SIZING_GAP;
  // Devices get what the specs leave; a small tile of few specs has room for them, too.
  const left = room - specs * (full ? 17 : 15);
  const wished = full ? Math.min(MOST_SIZING, Math.max(LEAST_SIZING, left)) : left >= LEAST_SIZING ? left : 0;
  const sizing = room - wished >= specs * BESIDE_DEVICES ? wished : 0;
  const pitch = Math.min(full ? 22 : 16, (bottom - top - (sizing > 0 ? sizing + SIZING_GAP : 0)) / specs);
  return { top, bottom, pitch, sizing };
}
