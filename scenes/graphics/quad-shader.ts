/**
 * Shader of the quad batch, for both renderers. A radius of 0 or more is a filled rectangle with rounded corners (signed
 * distance, one pixel of smoothing); a negative radius takes its coverage from the glyph atlas. Colours leave premultiplied.
 */
import { placeGlsl, placeWgsl } from './shader-parts';

export const quadVertex = /* glsl */ `#version 300 es
in vec2 aPosition;
in vec2 aUv;
in vec2 aLocal;
in vec4 aColor;
in float aRadius;
${placeGlsl}
out vec2 vUv;
out vec2 vLocal;
flat out vec2 vHalf;
flat out vec4 vColor;
flat out float vRadius;

void main() {
  gl_Position = onScreen(aPosition);
  vUv = aUv;
  vLocal = aLocal;
  // The same at all four corners: a corner stands half the size away from the centre.
  vHalf = abs(aLocal);
  vColor = aColor;
  vRadius = aRadius;
}
`;

/** `resolution`: device pixels per CSS pixel. Plain rectangles, most of the area, skip texture and distance. */
export const quadFragment = (resolution: number) => /* glsl */ `#version 300 es
precision highp float;
in vec2 vUv;
in vec2 vLocal;
flat in vec2 vHalf;
flat in vec4 vColor;
flat in float vRadius;

uniform sampler2D uTexture;
out vec4 finalColor;

void main() {
  float coverage = 1.0;
  if (vRadius < 0.0) {
    coverage = texture(uTexture, vUv).a;
  } else if (vRadius > 0.0) {
    float radius = min(vRadius, min(vHalf.x, vHalf.y));
    vec2 corner = abs(vLocal) - vHalf + radius;
    float outside = length(max(corner, 0.0)) + min(max(corner.x, corner.y), 0.0) - radius;
    coverage = clamp(0.5 - outside * ${resolution.toFixed(4)}, 0.0, 1.0);
  }
  float alpha = vColor.a * coverage;
  finalColor = vec4(vColor.rgb * alpha, alpha);
}
`;

export const quadWgsl = /* wgsl */ `
${placeWgsl}
@group(2) @binding(0) var uTexture: texture_2d<f32>;
@group(2) @binding(1) var uSampler: sampler;

struct Varyings {
  @builtin(position) position: vec4<f32>,
  @location(0) uv: vec2<f32>,
  @location(1) local: vec2<f32>,
  @location(2) @interpolate(flat) halfSize: vec2<f32>,
  @location(3) @interpolate(flat) color: vec4<f32>,
  @location(4) @interpolate(flat) radius: f32,
}

@vertex
fn vertexMain(
  @location(0) aPosition: vec2<f32>,
  @location(1) aUv: vec2<f32>,
  @location(2) aLocal: vec2<f32>,
  @location(3) aColor: vec4<f32>,
  @location(4) aRadius: f32,
) -> Varyings {
  return Varyings(
    onScreen(aPosition),
    aUv,
    aLocal,
    abs(aLocal),
    aColor,
    aRadius,
  );
}

@fragment
fn fragmentMain(in: Varyings) -> @location(0) vec4<f32> {
  var coverage = textureSample(uTexture, uSampler, in.uv).a;
  let radius = min(max(in.radius, 0.0), min(in.halfSize.x, in.halfSize.y));
  let corner = abs(in.local) - in.halfSize + radius;
  let outside = length(max(corner, vec2<f32>(0.0))) + min(max(corner.x, corner.y), 0.0) - radius;
  let edge = max(fwidth(in.local.x), fwidth(in.local.y));
  if (in.radius > 0.0) { coverage = clamp(0.5 - outside / edge, 0.0, 1.0); }
  let alpha = in.color.a * coverage;
  return vec4<f32>(in.color.rgb * alpha, alpha);
}
`;
