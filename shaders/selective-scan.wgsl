// selective-scan (arXiv 2312.00752, algorithm 2), with Δ = softplus(delta), A = -exp(aLog):
//   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t)·(z ? silu(z_t) : 1)
// A workgroup takes 32 channels of one chunk of rows. Eight threads have a channel: a thread the states 16·p + 2·share and the
// one after. Of eight rows each of the eight prepares one (step and input, by way of workgroup memory) and gets that row's sum over
// states back. B and C of a tile lie in workgroup memory too; the next tile is fetched while this one is worked on.
// kept = h before every 8th row, spent = ΣΔ of the chunk until there, where they are asked for.
//
// MODE 0: y, from h = 0 or from `initial`.
// MODE 1: state = h after the chunk's last row when nothing enters it, and total = ΣΔ: a state that enters is multiplied
//         by exp(A·total) on its way (selective-scan-carry.wgsl).
// MODE 2: from the last row to the first, u being dy and b being C: state = the adjoint that leaves the chunk's first row,
//         λ = exp(Δ_t·A)·(λ + C_t·dy_t·gate_t), and total.
//! blocks 256
//! include math
//! include lanes
//! include lane-sums
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
//! out kept? [tiles of 8 rows, 2·PER2, 8·D]
//! out spent? [tiles of 8 rows, D]
//! index chunks       first row of each chunk
//! index tiles        first tile of 8 rows of each chunk
//! uniform columns
//! uniform group_rows
//! constant N
//! constant PER2      vec2s of states of a thread: N / 16, rounded up
//! constant MODE

const TILE = 16u;
// Of a tile, twice, one being read while the other is filled: step and Δ·u of two rows, [pair of rows, channel] …
const STEPS = TILE * 16u;
var<workgroup> steps: array<vec4f, 2u * STEPS>;
// … and two of B and two of C, [row, p, share].
const LINE = 8u * PER2;
const WIDE = TILE * LINE;
var<workgroup> inputs: array<vec4f, 2u * WIDE>;

fn row_of(start: u32, end: u32, i: u32) -> u32 {
  return select(start + i, end - 1u - i, MODE == 2u);
}

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 31u) / 32u;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let share = lane % 8u;
  let place = lane / 8u;
  let asked = (block % blocks) * 32u + place;
  let real = asked < params.columns;
  let channel = min(asked, params.columns - 1u);
  let start = chunks_at(chunk);
  let end = chunks_at(chunk + 1u);
  let count = end - start;
  let g = start / params.group_rows;
  let tile0 = tiles_at(chunk);
  let base = (chunk * params.columns + channel) * N;
  let skip = d_at(g, channel);
  var h: array<vec2f, PER2>;
  var a: array<vec2f, PER2>;
  //@each p PER2
  //@each i 2
  let n = {p}u * 16u + share * 2u + {i}u;
  a[{p}][{i}] = select(0.0, -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, min(n, N - 1u))), n < N); // for exp2
  h[{p}][{i}] = select(0.0, initial_flat(base + min(n, N - 1u)), n < N);
  //@end
  //@end
  var total = 0.0;

  var next_u: vec2f;
  var next_delta: vec2f;
  var next_z: vec2f;
  var next_b: array<f32, PER2>;
  var next_c: array<f32, PER2>;
  for (var tile = 0u; tile < count + TILE; tile += TILE) {
    // What was fetched for this tile (nothing yet before the first), of rows 8·q + share.
    let own_u = next_u;
    let own_z = next_z;
    let buffer = (tile / TILE) % 2u;
    if (tile > 0u) {
      //@each q 2
      let there = tile - TILE + {q}u * 8u + share < count;
      let step = select(0.0, softplus(next_delta[{q}]), there);
      var driven = select(0.0, next_u[{q}], there);
      if (MODE != 2u) { driven *= step; } else if (has_z) { driven *= silu(next_z[{q}]); }
      let at = buffer * STEPS + ({q}u * 4u + share / 2u) * 32u + place;
      steps[at][(share % 2u) * 2u] = step;
      steps[at][(share % 2u) * 2u + 1u] = driven;
      //@end
      //@each o PER2
      let e = lane + 256u * {o}u;
      inputs[buffer * WIDE + e / 2u][e % 2u] = next_b[{o}];
      if (MODE == 0u) { inputs[buffer * WIDE + e / 2u][2u + e % 2u] = next_c[{o}]; }
      //@end
      workgroupBarrier();
    }
    // Fetch the next tile.
    //@each q 2
    let t = row_of(start, end, min(tile + {q}u * 8u + share, count - 1u));
    next_u[{q}] = u_at(t, channel);
    next_delta[{q}] = delta_at(t, channel);
    if (MODE != 1u) { next_z[{q}] = z_at(t, channel); }
    //@end
    //@each o PER2
    let e = lane + 256u * {o}u;
    let t = row_of(start, end, min(tile + e / (2u * LINE), count - 1u));
    let n = e % (2u * LINE);
    next_b[{o}] = select(0.0, b_at(t, min(n, N - 1u)), n < N);
    if (MODE == 0u) { next_c[{o}] = select(0.0, c_at(t, min(n, N - 1u)), n < N); }
    //@end
    if (tile > 0u) {
      var sums = array<vec4f, 4>();
      // States and ΣΔ before the 1st and before the 9th row.
      var held: array<vec2f, 2u * PER2>;
      var held_total: vec2f;
      //@each pair 8
      if ({pair}u % 4u == 0u) {
        //@each p PER2
        held[{p}u * 2u + {pair}u / 4u] = h[{p}];
        //@end
        held_total[{pair}u / 4u] = total;
      }
      let two = steps[buffer * STEPS + {pair}u * 32u + place];
      //@each r 2
      //@each p PER2
      let line = inputs[buffer * WIDE + (2u * {pair}u + {r}u) * LINE + {p}u * 8u + share];
      let decay = exp2(two[2u * {r}u] * a[{p}]);
      let taken = two[2u * {r}u + 1u] * line.xy;
      if (MODE == 2u) { h[{p}] = decay * (h[{p}] + taken); } else { h[{p}] = decay * h[{p}] + taken; }
      if (MODE == 0u) { sums[{pair}u / 2u][2u * ({pair}u % 2u) + {r}u] += dot(h[{p}], line.zw); }
      //@end
      //@end
      if (MODE != 0u || has_spent) { total += two.x + two.z; }
      //@end
      if (has_kept && real) {
        //@each half 2
        let i = tile - TILE + {half}u * 8u;
        let at = tile0 + i / 8u;
        if (i < count) {
          //@each p PER2
          //@each s 2
          set_kept_flat((at * 2u * PER2 + {p}u * 2u + {s}u) * 8u * params.columns + channel * 8u + share, held[{p}u * 2u + {half}u][{s}]);
          //@end
          //@end
          if (has_spent && share == 0u) { set_spent_flat(at * params.columns + channel, held_total[{half}]); }
        }
        //@end
      }
      if (MODE == 0u) {
        var y = vec2f(eight_sum(sums[0], sums[1], lane), eight_sum(sums[2], sums[3], lane)) + skip * own_u;
        if (has_z) { y *= vec2f(silu(own_z.x), silu(own_z.y)); }
        //@each q 2
        let i = tile - TILE + {q}u * 8u + share;
        if (real && i < count) { set_y(start + i, channel, y[{q}]); }
        //@end
      }
    }
  }
  if (MODE != 0u && real) {
    //@each p PER2
    //@each i 2
    let n = {p}u * 16u + share * 2u + {i}u;
    if (n < N) { set_state_flat(base + n, h[{p}][{i}]); }
    //@end
    //@end
    if (share == 0u) { set_total_flat(chunk * params.columns + channel, total); }
  }
}
