/**
 * Many marks (points, lines, cells) in one draw call: a mesh that is filled anew. Drawn into a picture that stays
 * (`plate.ts`), or straight onto the canvas for the few that are lit.
 */
import { Buffer, BufferUsage, Geometry, GlProgram, GpuProgram, Mesh, Shader } from 'pixi.js';
import { markFragment, markVertex, markWgsl, STYLE_STEP } from './mark-shader';
import { quadIndices } from './quad-batch';

/** Of one mark: words of 4 bytes at each of its four corners. */
const STRIDE = 6;
const MARK = STRIDE * 4;
/** Marks handed over at once. */
const CAPACITY = 8192;

/** Second channel beside colour, and what a mark is for. `cell`: a rectangle around its stroke, square at the ends. */
export const MarkStyle = { solid: 0, dotted: 1, ring: 2, cell: 3, diamond: 4, cross: 5 } as const;
export type MarkStyle = (typeof MarkStyle)[keyof typeof MarkStyle];

/** Where marks go: places in CSS pixels. */
export interface Marks {
  /** `halfWidth` below 4096. */
  line(x0: number, y0: number, x1: number, y1: number, halfWidth: number, color: number, style?: MarkStyle): void;
  point(x: number, y: number, radius: number, color: number, style?: MarkStyle): void;
  rect(x: number, y: number, width: number, height: number, color: number): void;
}

export interface MarkBatch extends Marks {
  readonly mesh: Mesh<Geometry, Shader>;
  readonly count: number;
  clear(): void;
  /** Hands what was added since `clear` to the GPU. */
  upload(): void;
  dispose(): void;
}

/** @param full called when no more marks fit: it is to `clear`, or the mark is left out */
export function createMarkBatch(resolution: number, full: () => void = () => {}): MarkBatch {
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
  let count = 0;

  function line(x0: number, y0: number, x1: number, y1: number, halfWidth: number, color: number, style: MarkStyle = 0): void {
    if (count === CAPACITY) full();
    if (count === CAPACITY) return;
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

  return {
    mesh,
    get count() {
      return count;
    },
    clear() {
      count = 0;
    },
    line,
    point: (x, y, radius, color, style) => line(x, y, x, y, radius, color, style),
    rect: (x, y, width, height, color) => line(x, y + height / 2, x + width, y + height / 2, height / 2, color, MarkStyle.cell),
    upload() {
      mesh.visible = count > 0;
      geometry.indexCount = count * 6;
      if (count > 0) vertices.update(count * MARK * 4);
    },
    dispose() {
      mesh.destroy();
      geometry.destroy(true);
      shader.destroy();
    },
  };
}
