/** A texture that marks are added to and that keeps them: none is drawn twice until the layer is cleared. */
import type { Renderer } from 'pixi.js';
import { RenderTexture } from 'pixi.js';
import type { Marks } from './mark-batch';
import { createMarkBatch } from './mark-batch';

export interface MarkLayer extends Marks {
  readonly texture: RenderTexture;
  /** False where nothing was added since it was cleared: it need not be drawn. */
  readonly filled: boolean;
  clear(): void;
  /** Draws what was added since the last time. @returns whether that was anything */
  flush(): boolean;
  /** CSS pixels; clears. */
  resize(width: number, height: number): void;
  dispose(): void;
}

export function createMarkLayer(renderer: Renderer, resolution: number): MarkLayer {
  const texture = RenderTexture.create({ width: 1, height: 1, resolution, dynamic: true });
  const batch = createMarkBatch(resolution, flush);
  let emptied = true;

  function flush(): boolean {
    if (batch.count === 0) return false;
    batch.upload();
    renderer.render({ container: batch.mesh, target: texture, clear: emptied, clearColor: [0, 0, 0, 0] });
    emptied = false;
    batch.clear();
    return true;
  }

  function clear(): void {
    batch.clear();
    emptied = true;
  }

  return {
    texture,
    get filled() {
      return !emptied;
    },
    clear,
    line: batch.line,
    point: batch.point,
    rect: batch.rect,
    flush,
    resize(width, height) {
      texture.resize(width, height);
      clear();
    },
    dispose() {
      batch.dispose();
      texture.destroy(true);
    },
  };
}
