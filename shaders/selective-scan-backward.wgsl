// selective-scan-backward: gradients of the scan (selective-scan.wgsl). A workgroup takes 32 channels of one chunk of rows; of
// the four threads of a channel each has states 16·p + 4·share + 0 … 3. From the last tile of 8 rows to the first: the states of the
// tile are computed again from the one that was kept before it, then λ, the gradient of the state, goes back through them.
// All of a tile is in registers. Sums over states (du, ddelta, dz) and over channels (db, dc) are made between the threads of
// a subgroup; sums over blocks of channels (db, dc) and over chunks (a_log, d) are second passes.
//! blocks 128
//! include math
//! include lanes
//! include lane-sums
//! in u [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in c [R, N]
//! in d [G, D]
//! in z? [R, D]
//! in dy [R, D]
//! in kept [tiles, 4·PER4, 4·D]     states before each tile, from selective-scan.wgsl
//! in spent? [tiles, D]             ΣΔ of the chunk before each tile, where something enters that `kept` leaves out
//! in initial? [chunks, D·N]        what enters each chunk and is not in `kept`
//! in adjoint? [chunks, D·N]
//! out du? [R, D]
//! out ddelta? [R, D]
//! out dz? [R, D]
//! out db_part [blocks, R·N]
//! out dc_part [blocks, R·N]
//! out da_part [chunks, D·N]
//! out dd_part [chunks, D]
//! index chunks       first row of each chunk
//! index tiles        first tile of each chunk
//! uniform rows
//! uniform columns
//! uniform group_rows
//! constant N
//! constant PER4      vec4s of states of a thread: N / 16, rounded up

// B and C of a tile, [B or C, row, p, share].
const LINE = 4u * PER4;
const WIDE = 8u * LINE;
var<workgroup> inputs: array<vec4f, 2u * WIDE>;
// Sums over the channels of each subgroup, [p, db or dc, subgroup, row, share].
var<workgroup> sums: array<vec4f, PER4 * 256u>;
const LOG2 = 0.6931471805599453;

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 31u) / 32u;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let share = lane % 4u;
  let asked = (block % blocks) * 32u + lane / 4u;
  let real = asked < params.columns;
  let channel = min(asked, params.columns - 1u);
  let start = chunks_at(chunk);
  let count = chunks_at(chunk + 1u) - start;
  let tile0 = tiles_at(chunk);
  let tiles = (count + 7u) / 8u;
  let g = start / params.group_rows;
  let base = (chunk * params.columns + channel) * N;
  let skip = d_at(g, channel);
  var a: array<vec4f, PER4>; // for exp2
  var entering: array<vec4f, PER4>;
  var carry: array<vec4f, PER4>;
  var da: array<vec4f, PER4>;
  //@each p PER4
  //@each i 4
  let n = {p}u * 16u + share * 4u + {i}u;
  let at = base + min(n, N - 1u);
  a[{p}][{i}] = select(0.0, -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, min(n, N - 1u))), n < N);
  entering[{p}][{i}] = select(0.0, initial_flat(at), n < N);
  carry[{p}][{i}] = select(0.0, adjoint_flat(at), n < N && real);
  //@end
  //@end
  var dd = 0.0;

  var next_u: vec2f;
  var next_delta: vec2f;
  var next_z: vec2f;
  var next_dy: vec2f;
  var next_b: array<f32, PER4>;
  var next_c: array<f32, PER4>;
  var next_kept: array<vec4f, PER4>;
  var next_spent = 0.0;
  for (var done = 0u; done <= tiles; done++) {
    // What was fetched for tile `left` (nothing yet at first), of rows 4·q + share.
    let left = tiles - done;
    let row0 = left * 8u;
    let own_u = next_u;
    var step: vec2f;
    var slope: vec2f; // of the softplus
    var dout: vec2f;  // gradient of the ungated y
    var dgate: vec2f; // dz = dgate·(ungated y)
    var steps: array<vec4f, 2>;
    var drives: array<vec4f, 2>;
    var douts: array<vec4f, 2>;
    let spent = next_spent;
    var before_tile: array<vec4f, PER4>;
    //@each p PER4
    before_tile[{p}] = next_kept[{p}];
    //@end
    if (done > 0u) {
      //@each q 2
      let there = row0 + {q}u * 4u + share < count;
      let e = exp(-abs(next_delta[{q}]));
      step[{q}] = select(0.0, max(next_delta[{q}], 0.0) + log1p_unit(e), there);
      slope[{q}] = select(e, 1.0, next_delta[{q}] >= 0.0) / (1.0 + e);
      dout[{q}] = select(0.0, next_dy[{q}], there && real);
      if (has_z) {
        let s = sigmoid(next_z[{q}]);
        dgate[{q}] = dout[{q}] * silu_slope(next_z[{q}], s);
        dout[{q}] *= next_z[{q}] * s;
      }
      dd += dout[{q}] * own_u[{q}];
      steps[{q}] = quad_values(step[{q}], lane);
      drives[{q}] = quad_values(step[{q}] * own_u[{q}], lane);
      douts[{q}] = quad_values(dout[{q}], lane);
      //@end
      //@each o PER4
      let e = lane + 128u * {o}u;
      inputs[e / 4u][e % 4u] = next_b[{o}];
      inputs[WIDE + e / 4u][e % 4u] = next_c[{o}];
      //@end
      workgroupBarrier();
    }
    // Fetch the tile before it.
    let first_row = max(left, 1u) * 8u - 8u;
    //@each q 2
    let t = start + min(first_row + {q}u * 4u + share, count - 1u);
    next_u[{q}] = u_at(t, channel);
    next_delta[{q}] = delta_at(t, channel);
    next_z[{q}] = z_at(t, channel);
    next_dy[{q}] = dy_at(t, channel);
    //@end
    //@each o PER4
    let e = lane + 128u * {o}u;
    let t = start + min(first_row + e / (4u * LINE), count - 1u);
    let n = e % (4u * LINE);
    next_b[{o}] = select(0.0, b_at(t, min(n, N - 1u)), n < N);
    next_c[{o}] = select(0.0, c_at(t, min(n, N - 1u)), n < N);
    //@end
    let tile = tile0 + first_row / 8u;
    //@each p PER4
    //@each s 4
    next_kept[{p}][{s}] = kept_flat((tile * LINE + {p}u * 4u + {s}u) * 4u * params.columns + channel * 4u + share);
    //@end
    //@end
    next_spent = spent_flat(tile * params.columns + channel);
    if (done == 0u) { continue; }

    var y = array<vec4f, 2>();
    var along = array<vec4f, 2>();
    var pulls = array<vec4f, 2>();
    //@each p PER4
    var decay: array<vec4f, 8>;
    var before: array<vec4f, 8>; // decayed
    var over: array<vec4f, 8>;
    var state = before_tile[{p}];
    if (has_initial) { state += exp2(spent * a[{p}]) * entering[{p}]; }
    //@each r 8
    const q = {r}u / 4u;
    const i = {r}u % 4u;
    const at = {r}u * LINE + {p}u * 4u;
    decay[{r}] = exp2(steps[q][i] * a[{p}]);
    before[{r}] = decay[{r}] * state;
    state = before[{r}] + drives[q][i] * inputs[at + share];
    y[q][i] += dot(state, inputs[WIDE + at + share]);
    over[{r}] = douts[q][i] * state;
    //@end
    sums[{p}u * 256u + 128u + lane] = sum_channels(over, lane);
    var lambda = carry[{p}];
    //@each back 8
    const r = 7u - {back}u;
    const q = r / 4u;
    const i = r % 4u;
    const at = r * LINE + {p}u * 4u;
    lambda += douts[q][i] * inputs[WIDE + at + share];
    let pull = lambda * before[r];
    along[q][i] += dot(lambda, inputs[at + share]);
    pulls[q][i] += dot(pull, a[{p}]);
    da[{p}] += steps[q][i] * pull;
    over[r] = drives[q][i] * lambda;
    lambda *= decay[r];
    //@end
    carry[{p}] = lambda;
    sums[{p}u * 256u + lane] = sum_channels(over, lane);
    //@end
    var along_b: vec2f;
    var pull_a: vec2f;
    var ungated: vec2f;
    //@each q 2
    along_b[{q}] = quad_sum(along[{q}], lane);
    pull_a[{q}] = quad_sum(pulls[{q}], lane);
    ungated[{q}] = quad_sum(y[{q}], lane);
    //@end
    let du = along_b * step + skip * dout;
    let ddelta = (along_b * own_u + LOG2 * pull_a) * slope;
    let dz = dgate * (ungated + skip * own_u);
    //@each q 2
    let i = row0 + {q}u * 4u + share;
    if (real && i < count) {
      set_du(start + i, channel, du[{q}]);
      set_ddelta(start + i, channel, ddelta[{q}]);
      if (has_z) { set_dz(start + i, channel, dz[{q}]); }
    }
    //@end
    workgroupBarrier();
    // Over the subgroups: a thread takes one state of one row.
    let i = row0 + lane / 16u;
    //@each p PER4
    let n = {p}u * 16u + lane % 16u;
    if (i < count && n < N) {
      let at = ((block % blocks) * params.rows + start + i) * N + n;
      var db = 0.0;
      var dc = 0.0;
      //@each s 4
      db += sums[{p}u * 256u + {s}u * 32u + lane / 4u][lane % 4u];
      dc += sums[{p}u * 256u + 128u + {s}u * 32u + lane / 4u][lane % 4u];
      //@end
      set_db_part_flat(at, db);
      set_dc_part_flat(at, dc);
    }
    //@end
  }
  let dds = quad_values(dd, lane);
  if (real) {
    //@each p PER4
    //@each i 4
    let n = {p}u * 16u + share * 4u + {i}u;
    if (n < N) { set_da_part_flat(base + n, LOG2 * a[{p}][{i}] * da[{p}][{i}]); }
    //@end
    //@end
    if (share == 0u) { set_dd_part_flat(chunk * params.columns + channel, (dds.x + dds.y) + (dds.z + dds.w)); }
  }
}
