// selective-scan (arXiv 2312.00752, algorithm 2), with Δ = softplus(delta), A = -exp(aLog):
//   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t)·(z ? silu(z_t) : 1)
// A workgroup takes CHANNELS channels of one chunk of rows; a thread four states of one channel. It goes along the rows by
// tiles: steps and inputs of a tile are prepared once in workgroup memory, the next tile is fetched meanwhile, and the sums
// over states are made from workgroup memory, so that global memory is read and written along rows.
//
// MODE 0: y, from h = 0 or from `initial`.
// MODE 1: state = h after the chunk's last row when nothing enters it, and total = ΣΔ: a state that enters is multiplied
//         by exp(A·total) on its way (selective-scan-carry.wgsl).
// MODE 2: from the last row to the first, u being dy and b being C: state = the adjoint that leaves the chunk's first row,
//         λ = exp(Δ_t·A)·(λ + C_t·dy_t·gate_t), and total.
//! blocks 128
//! include math
//! in u [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in c? [R, N]
//! in d? [G, D]
//! in z? [R, D]
//! in initial? [chunks, D·N]
//! out y? [R, D]
//! out state? [chunks, D·N]
//! out total? [chunks, D]
//! index chunks       first row of each chunk
//! uniform columns
//! uniform group_rows
//! constant N
//! constant SHARES    threads of a channel, a power of two, at least N / 4
//! constant TILE      rows of a tile
//! constant MODE

const CHANNELS = 128u / SHARES;
// Elements of a tile that a thread prepares: of [TILE, CHANNELS], and of B and C together, padded to fours.
const OWN = (TILE * CHANNELS + 127u) / 128u;
const LINE = 4u * SHARES;
const WIDE = TILE * 2u * LINE;
const OWN_WIDE = (WIDE / 4u + 127u) / 128u;
var<workgroup> steps: array<vec2f, TILE * CHANNELS>;
var<workgroup> inputs: array<vec4f, WIDE / 4u>;
var<workgroup> parts: array<f32, TILE * 128u>;

fn row_of(start: u32, end: u32, i: u32) -> u32 {
  return select(start + i, end - 1u - i, MODE == 2u);
}

// Four of B (kind 0) or C (kind 1) at row t of the tile.
fn four(t: u32, kind: u32, share: u32) -> vec4f {
  return inputs[(2u * t + kind) * SHARES + share];
}

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + CHANNELS - 1u) / CHANNELS;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let channel0 = (block % blocks) * CHANNELS;
  let place = lane % CHANNELS;
  let share = lane / CHANNELS;
  let channel = min(channel0 + place, params.columns - 1u);
  let start = chunks_at(chunk);
  let end = chunks_at(chunk + 1u);
  let count = end - start;
  let g = start / params.group_rows;
  let base = (chunk * params.columns + channel) * N;
  var h = vec4f();
  var a = vec4f();
  for (var p = 0u; p < 4u; p++) {
    let n = share * 4u + p;
    if (n < N) {
      a[p] = -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, n)); // for exp2
      h[p] = initial_flat(base + n);
    }
  }
  var total = 0.0;

  var next_u: array<f32, OWN>;
  var next_delta: array<f32, OWN>;
  var next_z: array<f32, OWN>;
  var next_wide: array<vec4f, OWN_WIDE>;
  for (var tile = 0u; tile < count + TILE; tile += TILE) {
    // What was fetched for this tile (nothing yet before the first).
    var own_u: array<f32, OWN>;
    var own_z: array<f32, OWN>;
    if (tile > 0u) {
      for (var o = 0u; o < OWN; o++) {
        let e = lane + 128u * o;
        own_u[o] = next_u[o];
        own_z[o] = next_z[o];
        if (e < TILE * CHANNELS) {
          var value = vec2f();
          if (tile - TILE + e / CHANNELS < count) {
            let step = softplus(next_delta[o]);
            value = vec2f(step, select(step * next_u[o], next_u[o], MODE == 2u));
            if (MODE == 2u && has_z) { value.y *= silu(next_z[o]); }
          }
          steps[e] = value;
        }
      }
      for (var o = 0u; o < OWN_WIDE; o++) {
        let e = lane + 128u * o;
        if (e < WIDE / 4u) { inputs[e] = next_wide[o]; }
      }
    }
    workgroupBarrier();
    // Fetch the next tile.
    for (var o = 0u; o < OWN; o++) {
      let e = lane + 128u * o;
      let i = min(tile + e / CHANNELS, count - 1u);
      let t = row_of(start, end, i);
      let c = min(channel0 + e % CHANNELS, params.columns - 1u);
      next_u[o] = u_at(t, c);
      next_delta[o] = delta_at(t, c);
      if (MODE != 1u) { next_z[o] = z_at(t, c); }
    }
    for (var o = 0u; o < OWN_WIDE; o++) {
      let e = lane + 128u * o;
      let t = row_of(start, end, min(tile + e / (2u * SHARES), count - 1u));
      let n = (e % SHARES) * 4u;
      next_wide[o] = vec4f();
      for (var p = 0u; p < 4u; p++) {
        if (n + p < N) {
          if (e % (2u * SHARES) < SHARES) { next_wide[o][p] = b_at(t, n + p); } else if (MODE == 0u) { next_wide[o][p] = c_at(t, n + p); }
        }
      }
    }
    if (tile > 0u) {
      //@each t TILE
      let step = steps[{t}u * CHANNELS + place];
      let decay = exp2(step.x * a);
      let taken = step.y * four({t}u, 0u, share);
      if (MODE == 2u) { h = decay * (h + taken); } else { h = decay * h + taken; }
      if (MODE == 0u) { parts[{t}u * 128u + lane] = dot(h, four({t}u, 1u, share)); } else { total += step.x; }
      //@end
      workgroupBarrier();
      if (MODE == 0u) {
        for (var o = 0u; o < OWN; o++) {
          let e = lane + 128u * o;
          let i = tile - TILE + e / CHANNELS;
          let c = channel0 + e % CHANNELS;
          if (e < TILE * CHANNELS && i < count && c < params.columns) {
            var value = d_at(g, c) * own_u[o];
            for (var s = 0u; s < SHARES; s++) { value += parts[(e / CHANNELS) * 128u + s * CHANNELS + e % CHANNELS]; }
            if (has_z) { value *= silu(own_z[o]); }
            set_y(start + i, c, value);
          }
        }
      }
    }
  }
  if (MODE != 0u && channel0 + place < params.columns) {
    for (var p = 0u; p < 4u; p++) {
      if (share * 4u + p < N) { set_state_flat(base + share * 4u + p, h[p]); }
    }
    if (share == 0u) { set_total_flat(chunk * params.columns + channel, total); }
  }
}
