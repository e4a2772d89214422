/**
 * Everything a canvas scene draws is a rectangle: filled with rounded corners, or cut from the glyph atlas. They go to
 * the GPU as instances of one quad in one draw call; refilling the instance array is the whole cost of a redraw.
 */
import { Buffer, BufferUsage, Geometry, GlProgram, GpuProgram, Mesh, Shader } from 'pixi.js';
import type { FontName, Glyph, GlyphAtlas, IconName } from './glyph-atlas';
import { ICON_SIZE } from './glyph-atlas';
import { quadFragment, quadVertex, quadWgsl } from './quad-shader';

/** Floats an instance: rectangle 4, texture rectangle 4, packed colour 1, corner radius 1. */
const STRIDE = 10;
const GLYPH = -1;

export interface QuadBatch {
  readonly mesh: Mesh<Geometry, Shader>;
  /** Instances of the last fill. */
  readonly count: number;
  /** Starts a new fill; whatever was drawn is forgotten. */
  begin(): void;
  /** CSS pixels; `color` packed by theme/color. */
  rect(x: number, y: number, width: number, height: number, color: number, radius?: number): void;
  /** `y` is the baseline. Cuts with an ellipsis where `width` is given and not enough. Returns the width drawn. */
  text(
    x: number,
    y: number,
    text: string,
    font: FontName,
    color: number,
    align?: 'left' | 'right' | 'center',
    width?: number,
  ): number;
  /** Centred on (x, y). */
  icon(x: number, y: number, name: IconName, color: number, size?: number): void;
  /** Ends the fill and hands it to the GPU. */
  end(): void;
  dispose(): void;
}

export function createQuadBatch(atlas: GlyphAtlas, resolution: number): QuadBatch {
  let floats = new Float32Array(STRIDE * 4096);
  let words = new Uint32Array(floats.buffer);
  let count = 0;
  const instances = new Buffer({ data: floats, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
  const stride = STRIDE * 4;
  const attribute = (format: 'float32' | 'float32x4' | 'unorm8x4', offset: number) => ({
    buffer: instances,
    format,
    stride,
    offset: offset * 4,
    instance: true,
  });
  const geometry = new Geometry({
    attributes: {
      aPosition: { buffer: new Float32Array([0, 0, 1, 0, 1, 1, 0, 1]), format: 'float32x2' },
      aRect: attribute('float32x4', 0),
      aUv: attribute('float32x4', 4),
      aColor: attribute('unorm8x4', 8),
      aRadius: attribute('float32', 9),
    },
    indexBuffer: new Uint32Array([0, 1, 2, 0, 2, 3]),
    instanceCount: 0,
  });
  const shader = new Shader({
    glProgram: GlProgram.from({ vertex: quadVertex, fragment: quadFragment, name: 'quad-batch' }),
    gpuProgram: GpuProgram.from({
      vertex: { source: quadWgsl, entryPoint: 'vertexMain' },
      fragment: { source: quadWgsl, entryPoint: 'fragmentMain' },
    }),
    resources: { uTexture: atlas.texture.source, uSampler: atlas.texture.source.style },
  });
  const mesh = new Mesh({ geometry, shader });
  mesh.eventMode = 'none';
  const [solidU, solidV] = atlas.solid;
  const snap = (value: number) => Math.round(value * resolution) / resolution;

  function grow(): void {
    const larger = new Float32Array(floats.length * 2);
    larger.set(floats);
    floats = larger;
    words = new Uint32Array(larger.buffer);
  }

  function push(
    x: number,
    y: number,
    w: number,
    h: number,
    u0: number,
    v0: number,
    u1: number,
    v1: number,
    color: number,
    radius: number,
  ): void {
    const at = count * STRIDE;
    if (at + STRIDE > floats.length) grow();
    floats[at] = x;
    floats[at + 1] = y;
    floats[at + 2] = w;
    floats[at + 3] = h;
    floats[at + 4] = u0;
    floats[at + 5] = v0;
    floats[at + 6] = u1;
    floats[at + 7] = v1;
    words[at + 8] = color;
    floats[at + 9] = radius;
    count++;
  }

  function pushGlyph(penX: number, baseline: number, glyph: Glyph, color: number): void {
    const { width, height, left, top, u0, v0, u1, v1 } = glyph;
    push(snap(penX + left), snap(baseline + top), width, height, u0, v0, u1, v1, color, GLYPH);
  }

  function shorten(text: string, font: FontName, width: number): string {
    if (atlas.measure(font, text) <= width) return text;
    let room = width - atlas.measure(font, '…');
    let cut = 0;
    for (const character of text) {
      room -= atlas.glyph(font, character).advance;
      if (room < 0) break;
      cut += character.length;
    }
    return cut === 0 ? '' : `${text.slice(0, cut).trimEnd()}…`;
  }

  return {
    mesh,
    get count() {
      return count;
    },
    begin() {
      count = 0;
    },
    rect(x, y, width, height, color, radius = 0) {
      if (width <= 0 || height <= 0) return;
      push(x, y, width, height, solidU, solidV, solidU, solidV, color, radius);
    },
    text(x, y, text, font, color, align = 'left', width = Number.POSITIVE_INFINITY) {
      const shown = width === Number.POSITIVE_INFINITY ? text : shorten(text, font, width);
      const total = align === 'left' ? 0 : atlas.measure(font, shown);
      let pen = snap(align === 'left' ? x : align === 'right' ? x - total : x - total / 2);
      const start = pen;
      for (const character of shown) {
        const glyph = atlas.glyph(font, character);
        if (character !== ' ') pushGlyph(pen, y, glyph, color);
        pen += glyph.advance;
      }
      return pen - start;
    },
    icon(x, y, name, color, size = ICON_SIZE) {
      const { u0, v0, u1, v1 } = atlas.icon(name);
      push(snap(x - size / 2), snap(y - size / 2), size, size, u0, v0, u1, v1, color, GLYPH);
    },
    end() {
      geometry.instanceCount = count;
      mesh.visible = count > 0;
      if (instances.data !== floats) instances.data = floats;
      else instances.update(count * stride);
    },
    dispose() {
      mesh.destroy();
      geometry.destroy(true);
      shader.destroy();
    },
  };
}
