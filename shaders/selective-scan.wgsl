// selective-scan (arXiv 2312.00752, algorithm 2), with Δ = softplus(delta), A = -exp(aLog):
//   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t)·(z ? silu(z_t) : 1)
// A workgroup takes 32 channels of one chunk of rows, 8 rows (a tile) at a time. Half of its threads scan: four of them have a
// channel, a thread the states 16·p + 4·share + 0 … 3. The other half, two rows of a channel each, fetches and prepares the
// steps of the tiles to come and finishes the rows of the tile before; between the halves everything goes through workgroup
// memory, and a tile costs one barrier: while tile i is scanned, i + 2 is on its way, i + 1 is prepared and i - 1 is finished.
//
// kept = h before every 8th row, spent = ΣΔ of the chunk until there, where they are asked for.
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
//! out kept? [tiles of 8 rows, 4·PER4, 4·D]
//! out spent? [tiles of 8 rows, D]
//! index chunks       first row of each chunk
//! index tiles        first tile of 8 rows of each chunk
//! uniform columns
//! uniform group_rows
//! constant N
//! constant PER4      vec4s of states of a thread: N / 16, rounded up
//! constant MODE

const TILE = 8u;
// B and C of a tile, [B or C, row, p, share], twice: one is read while the other is filled. Likewise the steps, [pair of rows,
// channel]: Δ and what drives the states of the first row, then of the second.
const LINE = 4u * PER4;
const WIDE = TILE * LINE;
const PAIRS = TILE / 2u;
var<workgroup> inputs: array<vec4f, 4u * WIDE>;
var<workgroup> steps: array<vec4f, 2u * PAIRS * 32u>;
// C·h over the states of each thread, [pair of rows, share, channel]; four more spread the lines over the banks.
const SHARE_LINE = 36u;
const PAIR_LINE = 4u * SHARE_LINE;
var<workgroup> outputs: array<vec2f, 2u * PAIRS * PAIR_LINE>;

fn row_of(start: u32, end: u32, i: u32) -> u32 {
  return select(start + i, end - 1u - i, MODE == 2u);
}

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 31u) / 32u;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let scans = lane < 128u;
  let place = lane % 128u;
  let share = place % 4u;
  let pair = place / 32u;
  let own = select(place % 32u, place / 4u, scans);
  let asked = (block % blocks) * 32u + own;
  let real = asked < params.columns;
  let channel = min(asked, params.columns - 1u);
  let start = chunks_at(chunk);
  let end = chunks_at(chunk + 1u);
  let count = end - start;
  let tiles = (count + TILE - 1u) / TILE;
  let g = start / params.group_rows;
  let tile0 = tiles_at(chunk);
  let base = (chunk * params.columns + channel) * N;
  let skip = d_at(g, channel);
  var h: array<vec4f, PER4>;
  var a: array<vec4f, PER4>;
  if (scans) {
    //@each p PER4
    //@each i 4
    let n = {p}u * 16u + share * 4u + {i}u;
    a[{p}][{i}] = select(0.0, -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, min(n, N - 1u))), n < N); // for exp2
    h[{p}][{i}] = select(0.0, initial_flat(base + min(n, N - 1u)), n < N);
    //@end
    //@end
  }
  var total = 0.0;

  // What is on its way; the gate and the skipped part of the tile that is prepared, of the one that is scanned, of the one before.
  var next_u: vec2f;
  var next_delta: vec2f;
  var next_z: vec2f;
  var next_b: array<f32, PER4>;
  var next_c: array<f32, PER4>;
  var gates: array<vec2f, 2>;
  var skipped: array<vec2f, 2>;
  for (var time = 0u; time < tiles + 3u; time++) {
    if (scans) {
      if (time >= 2u && time < tiles + 2u) {
        let tile = time - 2u;
        let buffer = tile % 2u;
        if (has_kept && real) {
          //@each p PER4
          //@each s 4
          set_kept_flat(((tile0 + tile) * LINE + {p}u * 4u + {s}u) * 4u * params.columns + channel * 4u + share, h[{p}][{s}]);
          //@end
          //@end
          if (has_spent && share == 0u) { set_spent_flat((tile0 + tile) * params.columns + channel, total); }
        }
        //@each q 4
        let both = steps[(buffer * PAIRS + {q}u) * 32u + own];
        var part = vec2f();
        //@each r 2
        //@each p PER4
        let at = buffer * 2u * WIDE + ({q}u * 2u + {r}u) * LINE + {p}u * 4u + share;
        let decay = exp2(both[2 * {r}] * a[{p}]);
        if (MODE == 2u) {
          h[{p}] = decay * (h[{p}] + both[2 * {r} + 1] * inputs[at]);
        } else {
          h[{p}] = decay * h[{p}] + both[2 * {r} + 1] * inputs[at];
        }
        if (MODE == 0u) { part[{r}] += dot(h[{p}], inputs[at + WIDE]); }
        //@end
        if (MODE != 0u) { total += both[2 * {r}]; }
        //@end
        if (MODE == 0u) { outputs[(buffer * PAIRS + {q}u) * PAIR_LINE + share * SHARE_LINE + own] = part; }
        //@end
      }
    } else {
      let u = next_u;
      let delta = next_delta;
      let z = next_z;
      let b = next_b;
      let c = next_c;
      if (time < tiles) {
        //@each r 2
        let t = row_of(start, end, min(time * TILE + pair * 2u + {r}u, count - 1u));
        next_u[{r}] = u_at(t, channel);
        next_delta[{r}] = delta_at(t, channel);
        if (MODE != 1u) { next_z[{r}] = z_at(t, channel); }
        //@end
        //@each p PER4
        let e = place + 128u * {p}u;
        let t = row_of(start, end, min(time * TILE + e / (4u * LINE), count - 1u));
        let n = e % (4u * LINE);
        next_b[{p}] = select(0.0, b_at(t, min(n, N - 1u)), n < N);
        if (MODE == 0u) { next_c[{p}] = select(0.0, c_at(t, min(n, N - 1u)), n < N); }
        //@end
      }
      if (MODE == 0u && time >= 3u) {
        let tile = time - 3u;
        let at = (tile % 2u * PAIRS + pair) * PAIR_LINE + own;
        let y = (outputs[at] + outputs[at + SHARE_LINE]) + (outputs[at + 2u * SHARE_LINE] + outputs[at + 3u * SHARE_LINE]);
        let gated = (y + skipped[1]) * gates[1];
        //@each r 2
        let i = tile * TILE + pair * 2u + {r}u;
        if (real && i < count) { set_y(start + i, channel, gated[{r}]); }
        //@end
      }
      if (time >= 1u && time < tiles + 1u) {
        let tile = time - 1u;
        let buffer = tile % 2u;
        let first = tile * TILE + pair * 2u;
        let there = vec2u(first, first + 1u) < vec2u(count);
        let step = select(vec2f(), vec2f(softplus(delta.x), softplus(delta.y)), there);
        var driven = select(vec2f(), u, there);
        var gate = vec2f(1.0);
        if (has_z) { gate = vec2f(silu(z.x), silu(z.y)); }
        if (MODE != 2u) { driven *= step; } else { driven *= gate; }
        steps[(buffer * PAIRS + pair) * 32u + own] = vec4f(step.x, driven.x, step.y, driven.y);
        //@each p PER4
        let e = place + 128u * {p}u;
        inputs[buffer * 2u * WIDE + e / 4u][e % 4u] = b[{p}];
        if (MODE == 0u) { inputs[buffer * 2u * WIDE + WIDE + e / 4u][e % 4u] = c[{p}]; }
        //@end
        gates[1] = gates[0];
        skipped[1] = skipped[0];
        gates[0] = gate;
        skipped[0] = skip * u;
      } else {
        gates[1] = gates[0];
        skipped[1] = skipped[0];
      }
    }
    workgroupBarrier();
  }
  if (MODE != 0u && real && scans) {
    //@each p PER4
    //@each i 4
    let n = {p}u * 16u + share * 4u + {i}u;
    if (n < N) { set_state_flat(base + n, h[{p}][{i}]); }
    //@end
    //@end
    if (share == 0u) { set_total_flat(chunk * params.columns + channel, total); }
  }
}
