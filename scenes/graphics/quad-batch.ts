/**
 * Everything a canvas scene draws is a rectangle: filled with rounded corners, or cut from the glyph atlas. All of them
 * go to the GPU as one mesh in one draw call; refilling the vertex array is the whole cost of a redraw. (Not as
 * instances of one quad, which would be four times less data: software rasterisers start every instance as a draw of
 * its own: on SwiftShader frames took about twice as long.)
 */
import { Buffer, BufferUsage, Geometry, GlProgram, GpuProgram, Mesh, Shader } from 'pixi.js';
import type { FontName, Glyph, GlyphAtlas, IconName } from './glyph-atlas';
import { ICON_SIZE } from './glyph-atlas';
import { quadFragment, quadVertex, quadWgsl } from './quad-shader';

/** Floats a vertex: position 2, texture place 2, place from the centre 2, packed colour 1, corner radius 1. */
const STRIDE = 8;
const QUAD = STRIDE * 4;
const FIRST_CAPACITY = 4096;
const GLYPH = -1;

export interface QuadBatch {
  readonly mesh: Mesh<Geometry, Shader>;
  /** Rectangles of the last fill. */
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
  /** Width that a text takes, CSS pixels. */
  measure(text: string, font: FontName): number;
  /** Centred on (x, y). */
  icon(x: number, y: number, name: IconName, color: number, size?: number): void;
  /** Ends the fill and hands it to the GPU. */
  end(): void;
  dispose(): void;
}

export function createQuadBatch(atlas: GlyphAtlas, resolution: number): QuadBatch {
  let floats = new Float32Array(QUAD * FIRST_CAPACITY);
  let words = new Uint32Array(floats.buffer);
  let count = 0;
  const vertices = new Buffer({ data: floats, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
  const indices = new Buffer({ data: quadIndices(FIRST_CAPACITY), usage: BufferUsage.INDEX | BufferUsage.COPY_DST });
  const attribute = (format: 'float32' | 'float32x2' | 'unorm8x4', offset: number) => ({
    buffer: vertices,
    format,
    stride: STRIDE * 4,
    offset: offset * 4,
  });
  const geometry = new Geometry({
    attributes: {
      aPosition: attribute('float32x2', 0),
      aUv: attribute('float32x2', 2),
      aLocal: attribute('float32x2', 4),
      aColor: attribute('unorm8x4', 6),
      aRadius: attribute('float32', 7),
    },
    indexBuffer: indices,
  });
  const shader = new Shader({
    glProgram: GlProgram.from({ vertex: quadVertex, fragment: quadFragment(resolution), name: 'quad-batch' }),
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

  function vertex(
    at: number,
    x: number,
    y: number,
    u: number,
    v: number,
    localX: number,
    localY: number,
    color: number,
    radius: number,
  ) {
    floats[at] = x;
    floats[at + 1] = y;
    floats[at + 2] = u;
    floats[at + 3] = v;
    floats[at + 4] = localX;
    floats[at + 5] = localY;
    words[at + 6] = color;
    floats[at + 7] = radius;
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
  ) {
    const at = count * QUAD;
    if (at + QUAD > floats.length) grow();
    const [halfX, halfY] = [w / 2, h / 2];
    vertex(at, x, y, u0, v0, -halfX, -halfY, color, radius);
    vertex(at + STRIDE, x + w, y, u1, v0, halfX, -halfY, color, radius);
    vertex(at + STRIDE * 2, x + w, y + h, u1, v1, halfX, halfY, color, radius);
    vertex(at + STRIDE * 3, x, y + h, u0, v1, -halfX, halfY, color, radius);
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
    measure: (text, font) => atlas.measure(font, text),
    icon(x, y, name, color, size = ICON_SIZE) {
      const { u0, v0, u1, v1 } = atlas.icon(name);
      push(snap(x - size / 2), snap(y - size / 2), size, size, u0, v0, u1, v1, color, GLYPH);
    },
    end() {
      geometry.indexCount = count * 6;
      mesh.visible = count > 0;
      if (vertices.data === floats) {
        vertices.update(count * QUAD * 4);
        return;
      }
      vertices.data = floats;
      indices.data = quadIndices(floats.length / QUAD);
    },
    dispose() {
      mesh.destroy();
      geometry.destroy(true);
      shader.destroy();
    },
  };
}

/** Two triangles a quad, over its four vertices. */
export function quadIndices(quads: number): Uint32Array {
  const indices = new Uint32Array(quads * 6);
  for (let q = 0; q < quads; q++) indices.set([q * 4, q * 4 + 1, q * 4 + 2, q * 4, q * 4 + 2, q * 4 + 3], q * 6);
  return indices;
}
