/**
 * A picture of many marks that stays. Three layers are painted at the back, in pieces if the scene likes; `show` lays them
 * one over the other into the picture that is seen. So a frame in which nothing of it changes costs one quad, a picture
 * that is being painted anew never flickers, and until it is done the old one can be moved and enlarged.
 */
import type { Renderer } from 'pixi.js';
import { Container, RenderTexture } from 'pixi.js';
import type { MarkLayer } from './mark-layer';
import { createMarkLayer } from './mark-layer';
import { createPicture } from './picture';

export interface Plate {
  /** What lies under the marks, the marks, and those that must not be covered; in the plate's own CSS pixels. */
  readonly ground: MarkLayer;
  readonly under: MarkLayer;
  readonly over: MarkLayer;
  /** Puts the plate at a place of the canvas, CSS pixels. @returns true where it was emptied by that */
  place(x: number, y: number, width: number, height: number): boolean;
  /** Empties the layers; what is seen stays. */
  clear(): void;
  /** From now on the layers as they are now are seen. */
  show(): void;
  /** Enlarges what is seen about its corner, then moves it; what leaves the plate is cut off. */
  look(zoom: number, dx: number, dy: number): void;
  dispose(): void;
}

export function createPlate(renderer: Renderer, root: Container, at: number, resolution: number): Plate {
  const layers = [0, 1, 2].map(() => createMarkLayer(renderer, resolution));
  const [ground, under, over] = layers;
  const sheets = layers.map(({ texture }) => createPicture(texture));
  const stack = new Container({ children: sheets.map(({ mesh }) => mesh) });
  const front = RenderTexture.create({ width: 1, height: 1, resolution, dynamic: true });
  const seen = createPicture(front);
  // Pixel upon pixel: smoothing would cost a software rasteriser as much again as all else of a frame.
  for (const { source } of [front, ...layers.map(({ texture }) => texture)]) source.scaleMode = 'nearest';
  root.addChildAt(seen.mesh, at);
  seen.mesh.visible = false;
  let [width, height] = [1, 1];

  const clear = () => {
    for (const layer of layers) layer.clear();
  };
  return {
    ground,
    under,
    over,
    place(x, y, w, h) {
      seen.mesh.position.set(Math.round(x * resolution) / resolution, Math.round(y * resolution) / resolution);
      const [wide, high] = [Math.max(1, Math.round(w)), Math.max(1, Math.round(h))];
      if (wide === width && high === height) return false;
      [width, height] = [wide, high];
      for (const layer of layers) layer.resize(width, height);
      for (const sheet of sheets) sheet.resize(width, height);
      front.resize(width, height);
      seen.resize(width, height);
      seen.mesh.visible = false;
      return true;
    },
    clear,
    show() {
      for (const layer of layers) layer.flush();
      // An empty layer is not drawn at all: it would cost as much as a full one.
      sheets.forEach(({ mesh }, i) => {
        mesh.visible = layers[i].filled;
      });
      seen.mesh.visible = layers.some(({ filled }) => filled);
      if (seen.mesh.visible) renderer.render({ container: stack, target: front, clear: true, clearColor: [0, 0, 0, 0] });
    },
    look(zoom, dx, dy) {
      const { style } = front.source;
      const scaleMode = zoom === 1 ? 'nearest' : 'linear';
      if (style.scaleMode !== scaleMode) {
        style.scaleMode = scaleMode;
        style.update();
      }
      seen.look(zoom, dx / width, dy / height);
    },
    dispose() {
      root.removeChild(seen.mesh);
      for (const picture of [...sheets, seen]) picture.dispose();
      for (const layer of layers) layer.dispose();
      stack.destroy();
      front.destroy(true);
    },
  };
}
