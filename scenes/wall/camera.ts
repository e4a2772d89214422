/** What part of the wall is seen: a tile width (the zoom) and a scroll offset. Fits the window until someone zooms. */
import type { Block, WallLayout } from './layout';
import { ASPECT, extent, fitLayout, tileAt, tilePosition } from './layout';
import { LARGEST_TILE, SMALLEST_TILE } from './levels';

export interface Camera {
  readonly layout: WallLayout;
  readonly tileWidth: number;
  /** Wall coordinates of the window's top left corner. */
  readonly x: number;
  readonly y: number;
  readonly fitted: boolean;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

export function fitCamera(blocks: readonly Block[], viewport: Viewport): Camera {
  const { layout, tileWidth } = fitLayout(blocks, viewport.width, viewport.height);
  return clampCamera({ layout, tileWidth, x: 0, y: 0, fitted: true }, viewport);
}

/** Other tiles, or the same in another order: what was fitted is fitted anew, else the zoom stays. */
export function rearrange(camera: Camera, blocks: readonly Block[], viewport: Viewport): Camera {
  if (camera.fitted) return fitCamera(blocks, viewport);
  return clampCamera({ ...camera, layout: { ...camera.layout, blocks } }, viewport);
}

/** Keeps the wall in the window: centred where it is smaller, never scrolled past its edge where it is larger. */
export function clampCamera(camera: Camera, viewport: Viewport): Camera {
  const size = extent(camera.layout, camera.tileWidth);
  const clamp = (value: number, content: number, window: number, centred: boolean) =>
    content <= window ? (centred ? (content - window) / 2 : 0) : Math.min(content - window, Math.max(0, value));
  return {
    ...camera,
    x: clamp(camera.x, size.width, viewport.width, true),
    y: clamp(camera.y, size.height, viewport.height, false),
  };
}

export function pan(camera: Camera, dx: number, dy: number, viewport: Viewport): Camera {
  return clampCamera({ ...camera, x: camera.x + dx, y: camera.y + dy }, viewport);
}

/** Zooms about a point of the window: the tile under it stays under it. */
export function zoom(camera: Camera, factor: number, px: number, py: number, viewport: Viewport): Camera {
  const tileWidth = Math.min(LARGEST_TILE, Math.max(SMALLEST_TILE, camera.tileWidth * factor));
  if (tileWidth === camera.tileWidth) return camera;
  const environment = tileAt(camera.layout, camera.tileWidth, camera.x + px, camera.y + py);
  const scale = tileWidth / camera.tileWidth;
  let x = (camera.x + px) * scale - px;
  let y = (camera.y + py) * scale - py;
  const corner = environment === null ? null : tilePosition(camera.layout, tileWidth, environment);
  if (environment !== null && corner) {
    const before = tilePosition(camera.layout, camera.tileWidth, environment) as { x: number; y: number };
    x = corner.x + (camera.x + px - before.x) * scale - px;
    y = corner.y + (camera.y + py - before.y) * scale - py;
  }
  return clampCamera({ ...camera, tileWidth, x, y, fitted: false }, viewport);
}

/** Scrolls just enough to bring a tile into the window. */
export function reveal(camera: Camera, environment: number, viewport: Viewport): Camera {
  const at = tilePosition(camera.layout, camera.tileWidth, environment);
  if (!at) return camera;
  const height = camera.tileWidth / ASPECT;
  const within = (scroll: number, start: number, size: number, window: number) =>
    Math.max(start + size + 12 - window, Math.min(scroll, start - 12));
  return clampCamera(
    {
      ...camera,
      x: within(camera.x, at.x, camera.tileWidth, viewport.width),
      y: within(camera.y, at.y, height, viewport.height),
    },
    viewport,
  );
}
