/**
 * A Pixi canvas that redraws only when asked. The scene fills its batch in `draw`; asking twice within a frame draws
 * once, and a hidden page draws nothing.
 */
import { Container, Ticker } from 'pixi.js';
import { returnEasel, takeEasel } from './easel';
import type { MarkBatch } from './mark-batch';
import { createMarkBatch } from './mark-batch';
import type { Plate } from './plate';
import { createPlate } from './plate';
import type { QuadBatch } from './quad-batch';
import { createQuadBatch } from './quad-batch';

export interface Stage {
  readonly canvas: HTMLCanvasElement;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  invalidate(): void;
  /** Picture number `index` of those that stay, lowest first; empty again where the screen's resolution changed. */
  plate(index: number): Plate;
  /** Marks over those pictures and under what else `draw` fills; empty when it is called. */
  readonly overlay: MarkBatch;
  setBackground(color: string): void;
  dispose(): void;
}

// Pixi's own chores (collecting what has long not been drawn) would ask for every frame, and a page at rest would never
// rest: they are done after what is drawn here.
Ticker.system.autoStart = false;
Ticker.system.stop();

export interface StageOptions {
  readonly host: HTMLElement;
  readonly preference: 'webgl' | 'webgpu';
  readonly background: string;
  draw(batch: QuadBatch, width: number, height: number): void;
  resized(width: number, height: number): void;
}

/** True where the browser can draw with the wanted renderer at all. */
export function canDraw(preference: StageOptions['preference']): boolean {
  if (preference === 'webgpu' && 'gpu' in navigator) return true;
  return document.createElement('canvas').getContext('webgl2') !== null;
}

export async function createStage(options: StageOptions): Promise<Stage> {
  const { host } = options;
  let resolution = globalThis.devicePixelRatio || 1;
  const easel = await takeEasel({
    preference: options.preference,
    width: Math.max(1, host.clientWidth),
    height: Math.max(1, host.clientHeight),
    resolution,
    background: options.background,
  });
  const { renderer } = easel;
  const canvas = renderer.canvas as HTMLCanvasElement;
  host.append(canvas);

  const root = new Container();
  let batch = createQuadBatch(easel.atlas(resolution), resolution);
  let overlay = createMarkBatch(resolution);
  root.addChild(overlay.mesh, batch.mesh);
  let plates: Plate[] = [];
  let width = host.clientWidth;
  let height = host.clientHeight;
  // A first renderer takes its time, in which the window may have been dragged.
  const { screen } = renderer;
  if (width > 0 && height > 0 && (screen.width !== width || screen.height !== height)) renderer.resize(width, height, resolution);
  let request = 0;
  let frames = 0;

  /** The browser's zoom, or a screen of another resolution: glyphs are rasterised anew, or they would blur. */
  function adapt(): void {
    resolution = globalThis.devicePixelRatio || 1;
    for (const plate of plates) plate.dispose();
    plates = [];
    root.removeChildren();
    overlay.dispose();
    batch.dispose();
    batch = createQuadBatch(easel.atlas(resolution), resolution);
    overlay = createMarkBatch(resolution);
    root.addChild(overlay.mesh, batch.mesh);
    renderer.resize(width, height, resolution);
    listenToResolution();
  }

  function frame(): void {
    request = 0;
    if ((globalThis.devicePixelRatio || 1) !== resolution) adapt();
    batch.begin();
    overlay.clear();
    options.draw(batch, width, height);
    overlay.upload();
    batch.end();
    renderer.render({ container: root });
    Ticker.system.update();
    frames++;
    // What benches and tests read.
    host.dataset.frames = String(frames);
  }
  const invalidate = () => {
    if (request === 0) request = requestAnimationFrame(frame);
  };
  const observer = new ResizeObserver(() => {
    if (host.clientWidth === 0 || host.clientHeight === 0) return;
    // It also tells once when it begins to observe.
    if (frames > 0 && host.clientWidth === width && host.clientHeight === height) return;
    width = host.clientWidth;
    height = host.clientHeight;
    renderer.resize(width, height, resolution);
    options.resized(width, height);
    // Drawn at once: a resized canvas is blank until it is.
    cancelAnimationFrame(request);
    frame();
  });
  observer.observe(host);

  // Tells of a change while nothing is being drawn; what is drawn looks for itself.
  const listening = new AbortController();
  const listenToResolution = () =>
    matchMedia(`(resolution: ${resolution}dppx)`).addEventListener('change', invalidate, {
      once: true,
      signal: listening.signal,
    });
  listenToResolution();

  return {
    canvas,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    invalidate,
    plate(index) {
      while (plates.length <= index) plates.push(createPlate(renderer, root, plates.length, resolution));
      return plates[index];
    },
    get overlay() {
      return overlay;
    },
    setBackground(color) {
      renderer.background.color = color;
      invalidate();
    },
    dispose() {
      observer.disconnect();
      listening.abort();
      cancelAnimationFrame(request);
      for (const plate of plates) plate.dispose();
      overlay.dispose();
      batch.dispose();
      returnEasel(easel);
    },
  };
}
