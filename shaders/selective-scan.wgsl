// selective-scan (arXiv 2312.00752, algorithm 2), with Δ = softplus(delta), A = -exp(aLog):
//   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t)·(z ? silu(z_t) : 1)
// A workgroup takes 16 channels of one chunk of rows. Four threads, a quad, have a channel: a thread the states
// 16·p + 4·share + 0 … 3. Of four rows in a row each thread of the quad prepares one (its step, its gate) and hands it to
// the others; each gets the sum over states of its row back. B and C of a tile lie in workgroup memory. While a tile is scanned,
// the next one's steps and gates are prepared, and the one after that is fetched: nothing between two barriers waits for another.
//
// kept = h before every 8th row, spent = ΣΔ of the chunk until there, where they are asked for.
//
// MODE 0: y, from h = 0 or from `initial`.
// MODE 1: state = h after the chunk's last row when nothing enters it, and total = ΣΔ: a state that enters is multiplied
//         by exp(A·total) on its way (selective-scan-carry.wgsl).
// MODE 2: from the last row to the first, u being dy and b being C: state = the adjoint that leaves the chunk's first row,
//         λ = exp(Δ_t·A)·(λ + C_t·dy_t·gate_t), and total.
//! blocks 64
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
//! constant TILE4     rows of a tile, in fours
//! constant TILE8     and in eights
//! constant STAGED    values of B, and of C, that a thread fetches for a tile

const TILE = 4u * TILE4;
// B and C of a tile, [B or C, row, p, share], twice: one is read while the other is filled.
const LINE = 4u * PER4;
const WIDE = TILE * LINE;
var<workgroup> inputs: array<vec4f, 4u * WIDE>;

fn row_of(start: u32, end: u32, i: u32) -> u32 {
  return select(start + i, end - 1u - i, MODE == 2u);
}

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 15u) / 16u;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let share = lane % 4u;
  let asked = (block % blocks) * 16u + lane / 4u;
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
  //@each i 4
  let n = {p}u * 16u + share * 4u + {i}u;
  a[{p}][{i}] = select(0.0, -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, min(n, N - 1u))), n < N); // for exp2
  h[{p}][{i}] = select(0.0, initial_flat(base + min(n, N - 1u)), n < N);
  //@end
  //@end
  var total = 0.0;

  // Fetched: of rows 4·q + share.
  var next_u: array<f32, TILE4>;
  var next_delta: array<f32, TILE4>;
  var next_z: array<f32, TILE4>;
  var next_b: array<f32, STAGED>;
  var next_c: array<f32, STAGED>;
  // Prepared.
  var own_u: array<f32, TILE4>;
  var step: array<f32, TILE4>;
  var driven: array<f32, TILE4>;
  var gate: array<f32, TILE4>;
  // Round r fetches tile r, prepares tile r - 1 and scans tile r - 2; `tile` is the first row of the one that is fetched.
  for (var tile = 0u; tile < count + 2u * TILE; tile += TILE) {
    // B and C of the tile that is prepared go to one half, the tile that is scanned has its in the other.
    let filled = ((tile / TILE) % 2u) * 2u * WIDE;
    let buffer = 2u * WIDE - filled;
    //@each o STAGED
    let e = lane + 64u * {o}u;
    inputs[filled + e / 4u][e % 4u] = next_b[{o}];
    if (MODE == 0u) { inputs[filled + WIDE + e / 4u][e % 4u] = next_c[{o}]; }
    //@end
    let scanned = own_u;
    let scan_step = step;
    let scan_driven = driven;
    let scan_gate = gate;
    //@each q TILE4
    let there = tile + {q}u * 4u + share < count + TILE && tile > 0u;
    own_u[{q}] = next_u[{q}];
    step[{q}] = select(0.0, softplus(next_delta[{q}]), there);
    driven[{q}] = select(0.0, next_u[{q}], there);
    if (MODE != 2u) { driven[{q}] *= step[{q}]; } else if (has_z) { driven[{q}] *= silu(next_z[{q}]); }
    if (MODE == 0u && has_z) { gate[{q}] = silu(next_z[{q}]); }
    //@end
    //@each q TILE4
    let t = row_of(start, end, min(tile + {q}u * 4u + share, count - 1u));
    next_u[{q}] = u_at(t, channel);
    next_delta[{q}] = delta_at(t, channel);
    if (MODE != 1u) { next_z[{q}] = z_at(t, channel); }
    //@end
    //@each o STAGED
    let e = lane + 64u * {o}u;
    let t = row_of(start, end, min(tile + e / (4u * LINE), count - 1u));
    let n = e % (4u * LINE);
    next_b[{o}] = select(0.0, b_at(t, min(n, N - 1u)), n < N);
    if (MODE == 0u) { next_c[{o}] = select(0.0, c_at(t, min(n, N - 1u)), n < N); }
    //@end
    if (tile > TILE) {
      let first = tile - 2u * TILE;
      var y: array<f32, TILE4>;
      // States and ΣΔ before every eighth row.
      var held: array<vec4f, TILE8 * PER4>;
      var held_total: array<f32, TILE8>;
      //@each q TILE4
      if ({q}u % 2u == 0u) {
        //@each p PER4
        held[{p}u * (TILE8) + {q}u / 2u] = h[{p}];
        //@end
        held_total[{q}u / 2u] = total;
      }
      let steps = quad_values(scan_step[{q}], lane);
      let drives = quad_values(scan_driven[{q}], lane);
      var part = vec4f();
      //@each r 4
      //@each p PER4
      let at = buffer + ({q}u * 4u + {r}u) * LINE + {p}u * 4u + share;
      let decay = exp2(steps[{r}] * a[{p}]);
      if (MODE == 2u) { h[{p}] = decay * (h[{p}] + drives[{r}] * inputs[at]); } else { h[{p}] = decay * h[{p}] + drives[{r}] * inputs[at]; }
      if (MODE == 0u) { part[{r}] += dot(h[{p}], inputs[at + WIDE]); }
      //@end
      //@end
      if (MODE == 0u) { y[{q}] = quad_sum(part, lane); } else { total += (steps.x + steps.y) + (steps.z + steps.w); }
      //@end
      if (has_kept && real) {
        //@each half TILE8
        let i = first + {half}u * 8u;
        let at = tile0 + i / 8u;
        if (i < count) {
          //@each p PER4
          //@each s 4
          set_kept_flat((at * LINE + {p}u * 4u + {s}u) * 4u * params.columns + channel * 4u + share, held[{p}u * (TILE8) + {half}][{s}]);
          //@end
          //@end
          if (has_spent && share == 0u) { set_spent_flat(at * params.columns + channel, held_total[{half}]); }
        }
        //@end
      }
      if (MODE == 0u) {
        //@each q TILE4
        let i = first + {q}u * 4u + share;
        var value = y[{q}] + skip * scanned[{q}];
        if (has_z) { value *= scan_gate[{q}]; }
        if (real && i < count) { set_y(start + i, channel, value); }
        //@end
      }
    }
    workgroupBarrier();
  }
  if (MODE != 0u && real) {
    //@each p PER4
    //@each i 4
    let n = {p}u * 16u + share * 4u + {i}u;
    if (n < N) { set_state_flat(base + n, h[{p}][{i}]); }
    //@end
    //@end
    if (share == 0u) { set_total_flat(chunk * params.columns + channel, total); }
  }
}
