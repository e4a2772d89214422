// random: counter-based random numbers, Philox4x32-10 (Salmon et al., SC 2011).
// counter (i >> 2, step, stream, 0), key (seed, 0); state [1, 4] = (seed low 16 bits, seed high 16 bits, step, unused).
//! include math
//! in state [1, 4]
//! out y [rows, columns]
//! points
//! uniform rows
//! uniform columns
//! uniform stream
//! constant NORMAL

// High and low word of a 32 × 32 bit product, from 16-bit halves.
fn multiply(a: u32, b: u32) -> vec2u {
  let a0 = a & 0xffffu;
  let a1 = a >> 16u;
  let b0 = b & 0xffffu;
  let b1 = b >> 16u;
  let low = a0 * b0;
  let mid = a1 * b0 + (low >> 16u);
  let mid2 = a0 * b1 + (mid & 0xffffu);
  return vec2u(a1 * b1 + (mid >> 16u) + (mid2 >> 16u), a * b);
}

fn philox(start: vec4u, seed: u32) -> vec4u {
  var counter = start;
  var key = vec2u(seed, 0u);
  for (var round = 0u; round < 10u; round++) {
    let p = multiply(0xd2511f53u, counter.x);
    let q = multiply(0xcd9e8d57u, counter.z);
    counter = vec4u(q.x ^ counter.y ^ key.x, q.y, p.x ^ counter.w ^ key.y, p.y);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

fn uniforms(bits: vec4u) -> vec4f {
  // The largest words would round up to 1.
  return min((vec4f(bits >> vec4u(8u)) + 0.5) * 5.9604644775390625e-8, vec4f(0.99999994));
}

// (cos 2πv, sin 2πv) for v in [0, 1]. WGSL promises three digits of sine and cosine; these polynomials keep seven.
fn direction(v: f32) -> vec2f {
  let quarter = floor(4.0 * v + 0.5);
  let x = 6.283185307179586 * (v - 0.25 * quarter);
  let s = x * x;
  let sine = x * (1.0 - s * (0.16666667 - s * (0.0083333333 - s * (0.00019841270 - s * 0.0000027557319))));
  let cosine = 1.0 - s * (0.5 - s * (0.041666667 - s * (0.0013888889 - s * 0.000024801587)));
  switch u32(quarter) & 3u {
    case 1u: { return vec2f(-sine, cosine); }
    case 2u: { return vec2f(-cosine, -sine); }
    case 3u: { return vec2f(sine, -cosine); }
    default: { return vec2f(cosine, sine); }
  }
}

alias Value = f32;

fn compute(row: u32, column: u32) -> Value {
  let i = row * params.columns + column;
  let seed = u32(state_flat(0u)) | (u32(state_flat(1u)) << 16u);
  let value = uniforms(philox(vec4u(i >> 2u, u32(state_flat(2u)), params.stream, 0u), seed));
  let word = i & 3u;
  if (NORMAL == 0u) { return value[word]; }
  let pair = select(value.xy, value.zw, word >= 2u);
  return sqrt(2.0 * minus_log_unit(pair.x)) * direction(pair.y)[word & 1u];
}

fn store(row: u32, column: u32, value: Value) {
  set_y(row, column, value);
}
