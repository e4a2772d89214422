/**
 * A picture of many marks (points, lines, cells) that stays: marks are added to it and never drawn again. So hovering
 * over 100,000 points costs what is drawn on top, and a new point costs one mark. Whatever changes all of them (size,
 * theme, brush) clears the picture and adds them anew, in pieces if the scene likes.
 */
import type { Container, Renderer } from 'pixi.js';
import { Buffer, BufferUsage, Geometry, GlProgram, GpuProgram, Mesh, RenderTexture, Shader } from 'pixi.js';
import { markFragment, markVertex, markWgsl, STYLE_STEP } from './mark-shader';
import { createPicture } from './picture';
import { quadIndices } from './quad-batch';

/** Of one mark: words of 4 bytes at each of its four corners. */
const STRIDE = 6;
const MARK = STRIDE * 4;
/** Marks handed over at once. */
const CAPACITY = 8192;

/** Second channel beside colour, and what a mark is for. `cell`: a rectangle around its stroke, square at the ends. */
export const MarkStyle = { solid: 0, dotted: 1, ring: 2, cell: 3, diamond: 4, cross: 5 } as const;
export type MarkStyle = (typeof MarkStyle)[keyof typeof MarkStyle];

export interface MarkLayer {
  /** Puts the picture at a place of the canvas, CSS pixels. @returns true where it was emptied by that */
  place(x: number, y: number, width: number, height: number): boolean;
  /** Empties the picture. */
  clear(): void;
  /** In the picture's own CSS pixels; `halfWidth` below 4096. */
  line(x0: number, y0: number, x1: number, y1: number, halfWidth: number, color: number, style?: MarkStyle): void;
  point(x: number, y: number, radius: number, color: number, style?: MarkStyle): void;
  rect(x: number, y: number, width: number, height: number, color: number): void;
  /** Hands over what was added since the last time. */
  flush(): void;
  dispose(): void;
}

export function createMarkLayer(renderer: Renderer, root: Container, resolution: number): MarkLayer {
  const floats = new Float32Array(MARK * CAPACITY);
  const words = new Uint32Array(floats.buffer);
  const vertices = new Buffer({ data: floats, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
  const attribute = (format: 'float32' | 'float32x4' | 'unorm8x4', offset: number) => ({
    buffer: vertices,
    format,
    stride: STRIDE * 4,
    offset: offset * 4,
  });
  const geometry = new Geometry({
    attributes: { aStroke: attribute('float32x4', 0), aColor: attribute('unorm8x4', 4), aShape: attribute('float32', 5) },
    indexBuffer: new Buffer({ data: quadIndices(CAPACITY), usage: BufferUsage.INDEX | BufferUsage.COPY_DST }),
  });
  const wgsl = markWgsl(resolution);
  const shader = new Shader({
    glProgram: GlProgram.from({ vertex: markVertex(resolution), fragment: markFragment(resolution), name: 'marks' }),
    gpuProgram: GpuProgram.from({
      vertex: { source: wgsl, entryPoint: 'vertexMain' },
      fragment: { source: wgsl, entryPoint: 'fragmentMain' },
    }),
    resources: {},
  });
  const mesh = new Mesh({ geometry, shader });
  const texture = RenderTexture.create({ width: 1, height: 1, resolution, dynamic: true });
  const picture = createPicture(texture);
  root.addChildAt(picture.mesh, root.children.length - 1);
  let count = 0;
  let emptied = true;

  function flush(): void {
    // An empty picture is not drawn at all: it would cost as much as a full one.
    if (emptied) picture.mesh.visible = count > 0;
    if (count === 0) return;
    geometry.indexCount = count * 6;
    vertices.update(count * MARK * 4);
    renderer.render({ container: mesh, target: texture, clear: emptied, clearColor: [0, 0, 0, 0] });
    emptied = false;
    count = 0;
  }

  function line(x0: number, y0: number, x1: number, y1: number, halfWidth: number, color: number, style: MarkStyle = 0): void {
    if (count === CAPACITY) flush();
    const shape = style * STYLE_STEP + halfWidth;
    let at = count++ * MARK;
    for (let corner = 0; corner < 4; corner++, at += STRIDE) {
      floats[at] = x0;
      floats[at + 1] = y0;
      floats[at + 2] = x1;
      floats[at + 3] = y1;
      words[at + 4] = color;
      floats[at + 5] = shape;
    }
  }

  function clear(): void {
    count = 0;
    emptied = true;
  }

  return {
    place(x, y, width, height) {
      picture.mesh.position.set(Math.round(x * resolution) / resolution, Math.round(y * resolution) / resolution);
      const [w, h] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
      if (texture.width === w && texture.height === h) return false;
      texture.resize(w, h);
      picture.resize(w, h);
      clear();
      return true;
    },
    clear,
    line,
    point: (x, y, radius, color, style) => line(x, y, x, y, radius, color, style),
    rect: (x, y, width, height, color) => line(x, y + height / 2, x + width, y + height / 2, height / 2, color, MarkStyle.cell),
    flush,
    dispose() {
      root.removeChild(picture.mesh);
      picture.dispose();
      texture.destroy(true);
      mesh.destroy();
      geometry.destroy(true);
      shader.destroy();
    },
  };
}
