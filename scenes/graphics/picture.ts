/**
 * A texture drawn as it is, as one quad. Not a sprite: the renderer's batch shader chooses among sixteen textures for every
 * pixel, which software rasterisers pay for dearly over a whole canvas.
 */
import type { Texture } from 'pixi.js';
import { GlProgram, GpuProgram, Mesh, MeshGeometry, Shader } from 'pixi.js';
import { placeGlsl, placeWgsl } from './shader-parts';

const vertex = /* glsl */ `#version 300 es
in vec2 aPosition;
in vec2 aUV;
${placeGlsl}
out vec2 vUv;
void main() {
  gl_Position = onScreen(aPosition);
  vUv = aUV;
}
`;
const fragment = /* glsl */ `#version 300 es
precision highp float;
in vec2 vUv;
uniform sampler2D uTexture;
out vec4 finalColor;
void main() {
  // Nothing beyond the edge: a picture that was moved leaves its place empty there.
  vec2 within = step(0.0, vUv) * step(vUv, vec2(1.0));
  finalColor = texture(uTexture, vUv) * within.x * within.y;
}
`;
const wgsl = /* wgsl */ `
${placeWgsl}
@group(2) @binding(0) var uTexture: texture_2d<f32>;
@group(2) @binding(1) var uSampler: sampler;
struct Varyings {
  @builtin(position) position: vec4<f32>,
  @location(0) uv: vec2<f32>,
}
@vertex
fn vertexMain(@location(0) aPosition: vec2<f32>, @location(1) aUV: vec2<f32>) -> Varyings {
  return Varyings(onScreen(aPosition), aUV);
}
@fragment
fn fragmentMain(in: Varyings) -> @location(0) vec4<f32> {
  let within = step(vec2<f32>(0.0), in.uv) * step(in.uv, vec2<f32>(1.0));
  return textureSample(uTexture, uSampler, in.uv) * within.x * within.y;
}
`;

export interface Picture {
  readonly mesh: Mesh<MeshGeometry, Shader>;
  /** CSS pixels. */
  resize(width: number, height: number): void;
  /** Enlarges the content about the corner, then moves it by shares of width and height; its place stays. */
  look(zoom: number, dx: number, dy: number): void;
  dispose(): void;
}

export function createPicture(texture: Texture): Picture {
  const geometry = new MeshGeometry({
    positions: new Float32Array(8),
    uvs: new Float32Array([0, 0, 1, 0, 1, 1, 0, 1]),
    indices: new Uint32Array([0, 1, 2, 0, 2, 3]),
  });
  const shader = new Shader({
    glProgram: GlProgram.from({ vertex, fragment, name: 'picture' }),
    gpuProgram: GpuProgram.from({
      vertex: { source: wgsl, entryPoint: 'vertexMain' },
      fragment: { source: wgsl, entryPoint: 'fragmentMain' },
    }),
    resources: { uTexture: texture.source, uSampler: texture.source.style },
  });
  const mesh = new Mesh({ geometry, shader });
  return {
    mesh,
    resize(width, height) {
      geometry.positions = new Float32Array([0, 0, width, 0, width, height, 0, height]);
    },
    look(zoom, dx, dy) {
      const [u0, v0, u1, v1] = [-dx / zoom, -dy / zoom, (1 - dx) / zoom, (1 - dy) / zoom];
      geometry.uvs = new Float32Array([u0, v0, u1, v0, u1, v1, u0, v1]);
    },
    dispose() {
      mesh.destroy();
      geometry.destroy(true);
      shader.destroy();
    },
  };
}
