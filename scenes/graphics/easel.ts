/**
 * A renderer with its canvas and its glyphs. Making one takes tenths of a second where the processor paints, so that one that a
 * scene has left is kept for the next.
 */
import type { Renderer } from 'pixi.js';
import { autoDetectRenderer } from 'pixi.js';
import type { GlyphAtlas } from './glyph-atlas';
import { createGlyphAtlas } from './glyph-atlas';

export interface Easel {
  readonly preference: 'webgl' | 'webgpu';
  readonly renderer: Renderer;
  /** Glyphs as sharp as the screen is now; those of another resolution go. */
  atlas(resolution: number): GlyphAtlas;
}

export interface EaselWish {
  readonly preference: Easel['preference'];
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly resolution: number;
  readonly background: string;
}

/** As many as are seen side by side at most times. */
const MOST_KEPT = 2;
const kept: Easel[] = [];

/** One that waits, or a new one. */
export async function takeEasel(wish: EaselWish): Promise<Easel> {
  const { preference, width, height, resolution, background } = wish;
  for (let easel = kept.pop(); easel; easel = kept.pop()) {
    if (easel.preference !== preference || isLost(easel.renderer)) {
      destroy(easel);
      continue;
    }
    easel.renderer.resize(width, height, resolution);
    easel.renderer.background.color = background;
    return easel;
  }
  const renderer = await autoDetectRenderer({
    preference,
    width,
    height,
    resolution,
    autoDensity: true,
    antialias: false,
    background,
    eventMode: 'none',
  });
  (renderer.canvas as HTMLCanvasElement).setAttribute('aria-hidden', 'true');
  let known: { readonly resolution: number; readonly atlas: GlyphAtlas } | null = null;
  return {
    preference,
    renderer,
    atlas(at) {
      if (known?.resolution !== at) {
        known?.atlas.dispose();
        known = { resolution: at, atlas: createGlyphAtlas(at) };
      }
      return known.atlas;
    },
  };
}

/** Takes the canvas off the page. What was drawn with the renderer is to be disposed of before. */
export function returnEasel(easel: Easel): void {
  (easel.renderer.canvas as HTMLCanvasElement).remove();
  if (kept.length < MOST_KEPT) kept.push(easel);
  else destroy(easel);
}

function destroy({ renderer, atlas }: Easel): void {
  atlas(renderer.resolution).dispose();
  renderer.destroy({ removeView: true });
}

/** The browser takes contexts away where there are too many, or the driver fails. */
function isLost(renderer: Renderer): boolean {
  return 'gl' in renderer && renderer.gl.isContextLost();
}
