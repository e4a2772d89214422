/**
 * One texture that holds every character and icon the canvas scenes draw, rasterised once at the screen's resolution
 * from the system's own fonts. Text is then quads like everything else: no Text object, no layout per frame.
 */
import { Texture } from 'pixi.js';

export type FontName = 'label' | 'strong' | 'small' | 'heading';
const ICONS = ['ring', 'dot', 'check', 'cross', 'slash', 'left', 'right', 'bang', 'hourglass'] as const;
export type IconName = (typeof ICONS)[number];

export interface Glyph {
  /** Size and offset from pen and baseline, CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly advance: number;
  /** Texture coordinates. */
  readonly u0: number;
  readonly v0: number;
  readonly u1: number;
  readonly v1: number;
}

export interface GlyphAtlas {
  readonly texture: Texture;
  /** A texel that is fully covered: for plain rectangles. */
  readonly solid: readonly [number, number];
  glyph(font: FontName, character: string): Glyph;
  icon(name: IconName): Glyph;
  measure(font: FontName, text: string): number;
  dispose(): void;
}

const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const FONTS: Readonly<Record<FontName, { readonly size: number; readonly weight: number }>> = {
  small: { size: 10, weight: 400 },
  label: { size: 11, weight: 400 },
  strong: { size: 11, weight: 600 },
  heading: { size: 13, weight: 600 },
};
const CHARACTERS = [...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)), ...'°µΩ−—·×≥≤…∞σΔ±²√%→\u202f'];
export const ICON_SIZE = 10;
const SIZE = 1024;

/** `resolution`: device pixels per CSS pixel. */
export function createGlyphAtlas(resolution: number): GlyphAtlas {
  const canvas = document.createElement('canvas');
  const side = SIZE * Math.max(1, Math.ceil(resolution / 2));
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: false });
  if (!context) throw new Error('No 2D canvas context: the browser has run out of them. Close other tabs and reload.');
  context.fillStyle = '#fff';
  context.strokeStyle = '#fff';
  context.textBaseline = 'alphabetic';
  context.fillRect(0, 0, 4, 4);

  let x = 6;
  let y = 1;
  let rowHeight = 0;
  const place = (width: number, height: number) => {
    if (x + width + 2 > side) {
      x = 1;
      y += rowHeight + 2;
      rowHeight = 0;
    }
    const at = { x, y };
    x += width + 2;
    rowHeight = Math.max(rowHeight, height);
    return at;
  };
  const entry = (
    at: { x: number; y: number },
    width: number,
    height: number,
    left: number,
    top: number,
    advance: number,
  ): Glyph => ({
    width: width / resolution,
    height: height / resolution,
    left: left / resolution,
    top: top / resolution,
    advance: advance / resolution,
    u0: at.x / side,
    v0: at.y / side,
    u1: (at.x + width) / side,
    v1: (at.y + height) / side,
  });

  const fonts = new Map<FontName, Map<string, Glyph>>();
  for (const name of Object.keys(FONTS) as FontName[]) {
    const { size, weight } = FONTS[name];
    const pixels = size * resolution;
    context.font = `${weight} ${pixels}px ${FAMILY}`;
    const digit = Math.max(...[...'0123456789'].map((d) => Math.round(context.measureText(d).width)));
    const ascent = Math.ceil(pixels * 1.0);
    const descent = Math.ceil(pixels * 0.3);
    const table = new Map<string, Glyph>();
    for (const character of CHARACTERS) {
      const measured = Math.round(context.measureText(character).width);
      // Digits share one advance, so that numbers stand in columns whatever the font does.
      const advance = /\d/.test(character) ? digit : character === '\u202f' ? Math.round(pixels * 0.18) : measured;
      const width = measured + Math.ceil(resolution) * 2;
      const at = place(width, ascent + descent);
      const inset = Math.ceil(resolution) + Math.max(0, Math.floor((advance - measured) / 2));
      context.fillText(character, at.x + Math.ceil(resolution), at.y + ascent);
      table.set(character, entry(at, width, ascent + descent, -Math.ceil(resolution) * 2 + inset, -ascent, advance));
    }
    fonts.set(name, table);
  }

  const icons = new Map<IconName, Glyph>();
  const pen = ICON_SIZE * resolution;
  for (const name of ICONS) {
    const at = place(pen, pen);
    context.save();
    context.translate(at.x, at.y);
    context.scale(resolution, resolution);
    drawIcon(context, name);
    context.restore();
    icons.set(name, entry(at, pen, pen, 0, 0, pen));
  }

  const texture = Texture.from(canvas, true);
  const glyph = (font: FontName, character: string): Glyph => {
    const table = fonts.get(font) as Map<string, Glyph>;
    return table.get(character) ?? (table.get('…') as Glyph);
  };
  return {
    texture,
    solid: [2 / side, 2 / side],
    glyph,
    icon: (name) => icons.get(name) as Glyph,
    measure(font, text) {
      let width = 0;
      for (const character of text) width += glyph(font, character).advance;
      return width;
    },
    dispose: () => texture.destroy(true),
  };
}

/** Shapes on a 10 × 10 grid: the second channel of a state, beside its colour. */
function drawIcon(context: CanvasRenderingContext2D, name: IconName): void {
  context.lineWidth = 1.6;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  if (name === 'ring') context.arc(5, 5, 3.2, 0, Math.PI * 2);
  if (name === 'dot') context.arc(5, 5, 3.6, 0, Math.PI * 2);
  if (name === 'check') {
    context.moveTo(1.6, 5.4);
    context.lineTo(4, 7.8);
    context.lineTo(8.4, 2.4);
  }
  if (name === 'cross') {
    context.moveTo(2.2, 2.2);
    context.lineTo(7.8, 7.8);
    context.moveTo(7.8, 2.2);
    context.lineTo(2.2, 7.8);
  }
  if (name === 'slash') {
    context.moveTo(5, 1.2);
    context.lineTo(9, 8.6);
    context.lineTo(1, 8.6);
    context.closePath();
  }
  if (name === 'left') {
    context.moveTo(6.6, 2);
    context.lineTo(3, 5);
    context.lineTo(6.6, 8);
  }
  if (name === 'right') {
    context.moveTo(3.4, 2);
    context.lineTo(7, 5);
    context.lineTo(3.4, 8);
  }
  if (name === 'bang') {
    context.moveTo(5, 1.4);
    context.lineTo(5, 5.8);
    context.moveTo(5, 8.4);
    context.lineTo(5, 8.5);
  }
  if (name === 'hourglass') {
    context.moveTo(2, 1.4);
    context.lineTo(8, 1.4);
    context.lineTo(2, 8.6);
    context.lineTo(8, 8.6);
    context.closePath();
  }
  if (name === 'dot') context.fill();
  else context.stroke();
}
