// selective-scan (arXiv 2312.00752, algorithm 2), with Δ = softplus(delta), A = -exp(aLog):
//   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t)·(z ? silu(z_t) : 1)
// A workgroup takes CHANNELS channels of one chunk of rows; a thread PER states of one channel. It goes along the rows by
// tiles of 16: steps and inputs of a tile are prepared once in workgroup memory, the next tile is fetched meanwhile, and
// the sums over states are made from workgroup memory, so that global memory is read and written along rows.
//
// MODE 0: y, from h = 0 or from `initial`.
// MODE 1: state = h after the chunk's last row when nothing enters it, and total = ΣΔ: a state that enters is multiplied
//         by exp(A·total) on its way (selective-scan-carry.wgsl).
// MODE 2: from the last row to the first, u being dy and b being C: state = the adjoint that leaves the chunk's first row,
//         λ = exp(Δ_t·A)·(λ + C_t·dy_t·gate_t), and total.
//! blocks 256
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
//! constant PER
//! constant CHANNELS  256 / (threads of a channel)
//! constant TILE      rows of a tile
//! constant MODE

const GROUPS = 256u / CHANNELS;
// Elements of a tile that a thread prepares: of [TILE, CHANNELS], and of B and C together.
const OWN = (TILE * CHANNELS + 255u) / 256u;
const WIDE = TILE * 2u * N;
const OWN_WIDE = (WIDE + 255u) / 256u;
var<workgroup> steps: array<vec2f, TILE * CHANNELS>;
var<workgroup> inputs: array<f32, WIDE>;
var<workgroup> parts: array<f32, TILE * 256u>;

fn row_of(start: u32, end: u32, i: u32) -> u32 {
  return select(start + i, end - 1u - i, MODE == 2u);
}

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + CHANNELS - 1u) / CHANNELS;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let channel0 = (block % blocks) * CHANNELS;
  let place = lane % CHANNELS;
  let group = lane / CHANNELS;
  let channel = min(channel0 + place, params.columns - 1u);
  let start = chunks_at(chunk);
  let end = chunks_at(chunk + 1u);
  let count = end - start;
  let g = start / params.group_rows;
  let base = (chunk * params.columns + channel) * N;
  var h: array<f32, PER>;
  var a: array<f32, PER>;
  for (var p = 0u; p < PER; p++) {
    let n = min(group * PER + p, N - 1u);
    a[p] = -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, n)); // for exp2
    h[p] = initial_flat(base + n);
  }
  var total = 0.0;

  var next_u: array<f32, OWN>;
  var next_delta: array<f32, OWN>;
  var next_z: array<f32, OWN>;
  var next_wide: array<f32, OWN_WIDE>;
  for (var tile = 0u; tile < count + TILE; tile += TILE) {
    // What was fetched for this tile (nothing yet before the first).
    var own_u: array<f32, OWN>;
    var own_z: array<f32, OWN>;
    if (tile > 0u) {
      for (var o = 0u; o < OWN; o++) {
        let e = lane + 256u * o;
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
        let e = lane + 256u * o;
        if (e < WIDE) { inputs[e] = next_wide[o]; }
      }
    }
    workgroupBarrier();
    // Fetch the next tile.
    for (var o = 0u; o < OWN; o++) {
      let e = lane + 256u * o;
      let i = min(tile + e / CHANNELS, count - 1u);
      let t = row_of(start, end, i);
      let c = min(channel0 + e % CHANNELS, params.columns - 1u);
      next_u[o] = u_at(t, c);
      next_delta[o] = delta_at(t, c);
      next_z[o] = z_at(t, c);
    }
    for (var o = 0u; o < OWN_WIDE; o++) {
      let e = lane + 256u * o;
      let t = row_of(start, end, min(tile + e / (2u * N), count - 1u));
      let n = e % (2u * N);
      if (n < N) { next_wide[o] = b_at(t, n); } else { next_wide[o] = c_at(t, n - N); }
    }
    if (tile > 0u) {
      for (var t = 0u; t < TILE; t++) {
        let step = steps[t * CHANNELS + place];
        var sum = 0.0;
        for (var p = 0u; p < PER; p++) {
          let n = group * PER + p;
          if (n < N) {
            let decay = exp2(step.x * a[p]);
            let taken = step.y * inputs[t * 2u * N + n];
            if (MODE == 2u) { h[p] = decay * (h[p] + taken); } else { h[p] = decay * h[p] + taken; }
            if (MODE == 0u) { sum += inputs[t * 2u * N + N + n] * h[p]; }
          }
        }
        if (MODE == 0u) { parts[t * 256u + lane] = sum; } else { total += step.x; }
      }
      workgroupBarrier();
      if (MODE == 0u) {
        for (var o = 0u; o < OWN; o++) {
          let e = lane + 256u * o;
          let i = tile - TILE + e / CHANNELS;
          let c = channel0 + e % CHANNELS;
          if (e < TILE * CHANNELS && i < count && c < params.columns) {
            var value = d_at(g, c) * own_u[o];
            for (var s = 0u; s < GROUPS; s++) { value += parts[(e / CHANNELS) * 256u + s * CHANNELS + e % CHANNELS]; }
            if (has_z) { value *= silu(own_z[o]); }
            set_y(start + i, c, value);
          }
        }
      }
    }
  }
  if (MODE != 0u && channel0 + place < params.columns) {
    for (var p = 0u; p < PER; p++) {
      let n = group * PER + p;
      if (n < N) { set_state_flat(base + n, h[p]); }
    }
    if (group == 0u) { set_total_flat(chunk * params.columns + channel, total); }
  }
}
