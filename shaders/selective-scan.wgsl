// selective-scan (arXiv 2312.00752, algorithm 2), with Δ = softplus(delta), A = -exp(aLog):
//   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t)·(z ? silu(z_t) : 1)
// A workgroup takes 32 channels of one chunk of rows. Four threads, a quad, have a channel: a thread the states
// 16·p + 4·share + 0 … 3. Of four rows in a row each thread of the quad prepares one (its step, its gate) and hands it to
// the others; each gets the sum over states of its row back. B and C of a tile lie in workgroup memory; the next tile is fetched
// while this one is worked on.
//
// MODE 0: y, from h = 0 or from `initial`.
// MODE 1: state = h after the chunk's last row when nothing enters it, and total = ΣΔ: a state that enters is multiplied
//         by exp(A·total) on its way (selective-scan-carry.wgsl). kept = h before every 8th row, spent = ΣΔ until there.
// MODE 2: from the last row to the first, u being dy and b being C: state = the adjoint that leaves the chunk's first row,
//         λ = exp(Δ_t·A)·(λ + C_t·dy_t·gate_t), and total.
//! blocks 128
//! include math
//! include lanes
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
//! out kept? [tiles of 8 rows, 4·PER4, 4·D]
//! out spent? [tiles of 8 rows, D]
//! index chunks       first row of each chunk
//! index tiles        first tile of 8 rows of each chunk
//! uniform columns
//! uniform group_rows
//! constant N
//! constant PER4      vec4s of states of a thread: N / 16, rounded up
//! constant MODE

const TILE = 16u;
// B and C of a tile, [row, B or C, p, share], twice: one is read while the other is filled.
const LINE = 4u * PER4;
const WIDE = TILE * 2u * LINE; // PER4 of each thread
var<workgroup> inputs: array<vec4f, 2u * WIDE>;

fn row_of(start: u32, end: u32, i: u32) -> u32 {
  return select(start + i, end - 1u - i, MODE == 2u);
}

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 31u) / 32u;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let share = lane % 4u;
  let asked = (block % blocks) * 32u + lane / 4u;
  let real = asked < params.columns;
  let channel = min(asked, params.columns - 1u);
  let start = chunks_at(chunk);
  let end = chunks_at(chunk + 1u);
  let count = end - start;
  let g = start / params.group_rows;
  let tile0 = tiles_at(chunk);
  let base = (chunk * params.columns + channel) * N;
  let skip = d_at(g, channel);
  var h: array<vec4f, PER4>;
  var a: array<vec4f, PER4>;
  //@each p PER4
  for (var i = 0u; i < 4u; i++) {
    let n = {p}u * 16u + share * 4u + i;
    if (n < N) {
      a[{p}][i] = -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, n)); // for exp2
      h[{p}][i] = initial_flat(base + n);
    }
  }
  //@end
  var total = 0.0;

  var next_u: vec4f;
  var next_delta: vec4f;
  var next_z: vec4f;
  var next_wide: array<vec4f, PER4>;
  for (var tile = 0u; tile < count + TILE; tile += TILE) {
    // What was fetched for this tile (nothing yet before the first), of rows 4·q + share.
    let own_u = next_u;
    let own_z = next_z;
    var step: vec4f;
    var driven: vec4f;
    let buffer = ((tile / TILE) % 2u) * WIDE;
    if (tile > 0u) {
      //@each q 4
      let there = tile - TILE + {q}u * 4u + share < count;
      step[{q}] = select(0.0, softplus(next_delta[{q}]), there);
      driven[{q}] = select(0.0, next_u[{q}], there);
      if (MODE != 2u) { driven[{q}] *= step[{q}]; } else if (has_z) { driven[{q}] *= silu(next_z[{q}]); }
      //@end
      //@each o PER4
      inputs[buffer + lane + 128u * {o}u] = next_wide[{o}];
      //@end
      workgroupBarrier();
    }
    // Fetch the next tile.
    //@each q 4
    let t = row_of(start, end, min(tile + {q}u * 4u + share, count - 1u));
    next_u[{q}] = u_at(t, channel);
    next_delta[{q}] = delta_at(t, channel);
    if (MODE != 1u) { next_z[{q}] = z_at(t, channel); }
    //@end
    //@each o PER4
    let e = lane + 128u * {o}u;
    let t = row_of(start, end, min(tile + e / (2u * LINE), count - 1u));
    let n = (e % LINE) * 4u;
    var four = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if (n + i < N) {
        if ((e / LINE) % 2u == 0u) { four[i] = b_at(t, n + i); } else if (MODE == 0u) { four[i] = c_at(t, n + i); }
      }
    }
    next_wide[{o}] = four;
    //@end
    if (tile > 0u) {
      //@each q 4
      let i = tile - TILE + {q}u * 4u;
      if (has_kept && ({q}u % 2u) == 0u && i < count && real) {
        let at = (tile0 + i / 8u) * LINE;
        //@each p PER4
        for (var s = 0u; s < 4u; s++) { set_kept_flat((at + {p}u * 4u + s) * 4u * params.columns + channel * 4u + share, h[{p}][s]); }
        //@end
        if (share == 0u) { set_spent_flat((tile0 + i / 8u) * params.columns + channel, total); }
      }
      let steps = quad_values(step[{q}], lane);
      let drives = quad_values(driven[{q}], lane);
      var y = vec4f();
      //@each r 4
      //@each p PER4
      let at = buffer + ({q}u * 4u + {r}u) * 2u * LINE + {p}u * 4u + share;
      let decay = exp2(steps[{r}] * a[{p}]);
      if (MODE == 2u) { h[{p}] = decay * (h[{p}] + drives[{r}] * inputs[at]); } else { h[{p}] = decay * h[{p}] + drives[{r}] * inputs[at]; }
      if (MODE == 0u) { y[{r}] += dot(h[{p}], inputs[at + LINE]); }
      //@end
      //@end
      if (MODE == 0u) {
        var value = quad_sum(y, lane) + skip * own_u[{q}];
        if (has_z) { value *= silu(own_z[{q}]); }
        if (real && i + share < count) { set_y(start + i + share, channel, value); }
      } else {
        total += (steps.x + steps.y) + (steps.z + steps.w);
      }
      //@end
    }
  }
  if (MODE != 0u && real) {
    //@each p PER4
    for (var i = 0u; i < 4u; i++) {
      let n = {p}u * 16u + share * 4u + i;
      if (n < N) { set_state_flat(base + n, h[{p}][i]); }
    }
    //@end
    if (share == 0u) { set_total_flat(chunk * params.columns + channel, total); }
  }
}
