/**
 * Shader of the mark layer, for both renderers. A mark is a stroke from one place to another (a point where both are the
 * same), drawn as one quad around it; the distance to the stroke gives an edge of one device pixel. The corner of the
 * quad follows from the number of the vertex. Colours leave premultiplied.
 */
import { placeGlsl, placeWgsl } from './shader-parts';

/** A mark's shape is its style times this, plus half its width in pixels: wider than any screen. */
export const STYLE_STEP = 4096;

export const markVertex = (resolution: number) => /* glsl */ `#version 300 es
in vec4 aStroke;
in vec4 aColor;
in float aShape;
${placeGlsl}
out vec2 vLocal;
flat out float vLength;
flat out float vHalf;
flat out float vStyle;
flat out vec4 vColor;

void main() {
  float style = floor(aShape / ${STYLE_STEP.toFixed(1)});
  float halfWidth = aShape - style * ${STYLE_STEP.toFixed(1)};
  float margin = halfWidth + ${(1 / resolution).toFixed(4)};
  vec2 stroke = aStroke.zw - aStroke.xy;
  float size = length(stroke);
  vec2 along = size > 0.0 ? stroke / size : vec2(1.0, 0.0);
  int corner = gl_VertexID & 3;
  vec2 side = vec2(corner == 1 || corner == 2 ? 1.0 : 0.0, corner >= 2 ? 1.0 : -1.0);
  vLocal = vec2(mix(-margin, size + margin, side.x), side.y * margin);
  vec2 place = aStroke.xy + along * vLocal.x + vec2(-along.y, along.x) * vLocal.y;
  gl_Position = onScreen(place);
  vLength = size;
  vHalf = halfWidth;
  vStyle = style;
  vColor = aColor;
}
`;

export const markFragment = (resolution: number) => /* glsl */ `#version 300 es
precision highp float;
in vec2 vLocal;
flat in float vLength;
flat in float vHalf;
flat in float vStyle;
flat in vec4 vColor;
out vec4 finalColor;

void main() {
  float beyond = vLocal.x - clamp(vLocal.x, 0.0, vLength);
  float distance = length(vec2(beyond, vLocal.y));
  if (vStyle == 1.0) {
    float period = max(3.0, vHalf * 5.0);
    distance = length(vec2(mod(vLocal.x, period) - period * 0.5, vLocal.y));
  } else if (vStyle == 2.0) {
    distance = abs(distance - vHalf + 0.75) + vHalf - 0.75;
  } else if (vStyle == 3.0) {
    distance = max(abs(vLocal.y), abs(beyond) + vHalf);
  } else if (vStyle == 4.0) {
    distance = abs(beyond) + abs(vLocal.y);
  } else if (vStyle == 5.0) {
    vec2 arm = abs(vLocal);
    distance = max(max(arm.x, arm.y), abs(arm.x - arm.y) * 0.7071 + vHalf - 0.75);
  }
  float alpha = vColor.a * clamp(0.5 + (vHalf - distance) * ${resolution.toFixed(4)}, 0.0, 1.0);
  finalColor = vec4(vColor.rgb * alpha, alpha);
}
`;

export const markWgsl = (resolution: number) => /* wgsl */ `
${placeWgsl}
struct Varyings {
  @builtin(position) position: vec4<f32>,
  @location(0) local: vec2<f32>,
  @location(1) @interpolate(flat) size: f32,
  @location(2) @interpolate(flat) halfWidth: f32,
  @location(3) @interpolate(flat) style: f32,
  @location(4) @interpolate(flat) color: vec4<f32>,
}

@vertex
fn vertexMain(
  @builtin(vertex_index) vertex: u32,
  @location(0) aStroke: vec4<f32>,
  @location(1) aColor: vec4<f32>,
  @location(2) aShape: f32,
) -> Varyings {
  let style = floor(aShape / ${STYLE_STEP.toFixed(1)});
  let halfWidth = aShape - style * ${STYLE_STEP.toFixed(1)};
  let margin = halfWidth + ${(1 / resolution).toFixed(4)};
  let stroke = aStroke.zw - aStroke.xy;
  let size = length(stroke);
  let along = select(vec2<f32>(1.0, 0.0), stroke / max(size, 1e-9), size > 0.0);
  let corner = vertex & 3u;
  let end = select(0.0, 1.0, corner == 1u || corner == 2u);
  let side = select(-1.0, 1.0, corner >= 2u);
  let local = vec2<f32>(mix(-margin, size + margin, end), side * margin);
  let place = aStroke.xy + along * local.x + vec2<f32>(-along.y, along.x) * local.y;
  return Varyings(onScreen(place), local, size, halfWidth, style, aColor);
}

@fragment
fn fragmentMain(in: Varyings) -> @location(0) vec4<f32> {
  let beyond = in.local.x - clamp(in.local.x, 0.0, in.size);
  var distance = length(vec2<f32>(beyond, in.local.y));
  let arm = abs(in.local);
  if (in.style == 1.0) {
    let period = max(3.0, in.halfWidth * 5.0);
    distance = length(vec2<f32>(in.local.x - period * floor(in.local.x / period) - period * 0.5, in.local.y));
  } else if (in.style == 2.0) {
    distance = abs(distance - in.halfWidth + 0.75) + in.halfWidth - 0.75;
  } else if (in.style == 3.0) {
    distance = max(arm.y, abs(beyond) + in.halfWidth);
  } else if (in.style == 4.0) {
    distance = abs(beyond) + arm.y;
  } else if (in.style == 5.0) {
    distance = max(max(arm.x, arm.y), abs(arm.x - arm.y) * 0.7071 + in.halfWidth - 0.75);
  }
  let alpha = in.color.a * clamp(0.5 + (in.halfWidth - distance) * ${resolution.toFixed(4)}, 0.0, 1.0);
  return vec4<f32>(in.color.rgb * alpha, alpha);
}
`;
