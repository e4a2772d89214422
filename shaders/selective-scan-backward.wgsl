// selective-scan-backward: gradients of the scan (selective-scan.wgsl). A workgroup takes 32 channels of one chunk of rows; of
// the eight threads of a channel each has the states 16·p + 2·share and the one after. From the last tile of 8 rows to the first:
// the states of the tile are computed again from the one that was kept before it, then λ, the gradient of the state, goes back
// through them. All of a tile is in registers. Sums over states (du, ddelta, dz) and over channels (db, dc) are made between the
// threads of a subgroup; sums over blocks of channels (db, dc) and over chunks (a_log, d) are second passes.
//! blocks 256
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
//! in kept [tiles, 2·PER2, 8·D]     states before each tile, from selective-scan.wgsl
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
//! constant PER2      vec2s of states of a thread: N / 16, rounded up

// Of a tile: step, Δ·u and gradient of the ungated y, [row, channel]; two of B and two of C, [row, p, share].
const LINE = 8u * PER2;
var<workgroup> steps: array<vec4f, 256>;
var<workgroup> inputs: array<vec4f, 8u * LINE>;
// Sums over the channels of each subgroup, of two of B and two of C: [subgroup, row, share].
var<workgroup> sums: array<vec4f, 512>;
const LOG2 = 0.6931471805599453;

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
  let count = chunks_at(chunk + 1u) - start;
  let tile0 = tiles_at(chunk);
  let tiles = (count + 7u) / 8u;
  let g = start / params.group_rows;
  let base = (chunk * params.columns + channel) * N;
  let skip = d_at(g, channel);
  var a: array<vec2f, PER2>; // for exp2
  var entering: array<vec2f, PER2>;
  var carry: array<vec2f, PER2>;
  var da: array<vec2f, PER2>;
  //@each p PER2
  //@each i 2
  let n = {p}u * 16u + share * 2u + {i}u;
  let at = base + min(n, N - 1u);
  a[{p}][{i}] = select(0.0, -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, min(n, N - 1u))), n < N);
  entering[{p}][{i}] = select(0.0, initial_flat(at), n < N);
  carry[{p}][{i}] = select(0.0, adjoint_flat(at), n < N && real);
  //@end
  //@end
  var dd = 0.0;

  // Row `share` of the next tile, and a thread's parts of B or C and of the states.
  let kind = lane / 128u;
  var next_u = 0.0;
  var next_delta = 0.0;
  var next_z = 0.0;
  var next_dy = 0.0;
  var next_wide: array<f32, PER2>;
  var next_kept: array<vec2f, PER2>;
  var next_spent = 0.0;
  for (var done = 0u; done <= tiles; done++) {
    // What was fetched for tile `left` (nothing yet at first).
    let left = tiles - done;
    let i = left * 8u + share;
    let own_u = next_u;
    let spent = next_spent;
    var step = 0.0;
    var slope = 0.0; // of the softplus
    var dout = 0.0;  // gradient of the ungated y
    var dgate = 0.0; // dz = dgate·(ungated y)
    var before_tile: array<vec2f, PER2>;
    //@each p PER2
    before_tile[{p}] = next_kept[{p}];
    //@end
    if (done > 0u) {
      let e = exp(-abs(next_delta));
      step = select(0.0, max(next_delta, 0.0) + log1p_unit(e), i < count);
      slope = select(e, 1.0, next_delta >= 0.0) / (1.0 + e);
      dout = select(0.0, next_dy, i < count && real);
      if (has_z) {
        let s = sigmoid(next_z);
        dgate = dout * silu_slope(next_z, s);
        dout *= next_z * s;
      }
      dd += dout * own_u;
      steps[share * 32u + place] = vec4f(step, step * own_u, dout, 0.0);
      //@each o PER2
      let e = lane % 128u + 128u * {o}u;
      inputs[e / 2u][2u * kind + e % 2u] = next_wide[{o}];
      //@end
      workgroupBarrier();
    }
    // Fetch the tile before it.
    let first_row = max(left, 1u) * 8u - 8u;
    let t = start + min(first_row + share, count - 1u);
    next_u = u_at(t, channel);
    next_delta = delta_at(t, channel);
    next_z = z_at(t, channel);
    next_dy = dy_at(t, channel);
    //@each o PER2
    let e = lane % 128u + 128u * {o}u;
    let t = start + min(first_row + e / (2u * LINE), count - 1u);
    let n = e % (2u * LINE);
    if (kind == 0u) { next_wide[{o}] = b_at(t, min(n, N - 1u)); } else { next_wide[{o}] = c_at(t, min(n, N - 1u)); }
    next_wide[{o}] = select(0.0, next_wide[{o}], n < N);
    //@end
    let tile = tile0 + first_row / 8u;
    //@each p PER2
    //@each s 2
    next_kept[{p}][{s}] = kept_flat((tile * 2u * PER2 + {p}u * 2u + {s}u) * 8u * params.columns + channel * 8u + share);
    //@end
    //@end
    next_spent = spent_flat(tile * params.columns + channel);
    if (done == 0u) { continue; }

    var y = array<vec4f, 2>();
    var along = array<vec4f, 2>();
    var pulls = array<vec4f, 2>();
    //@each p PER2
    var decay: array<vec2f, 8>;
    var before: array<vec2f, 8>; // decayed
    var over: array<vec4f, 8>;   // gradients of B and C
    var state = before_tile[{p}];
    if (has_initial) { state += exp2(spent * a[{p}]) * entering[{p}]; }
    //@each r 8
    let row = steps[{r}u * 32u + place];
    let line = inputs[{r}u * LINE + {p}u * 8u + share];
    decay[{r}] = exp2(row.x * a[{p}]);
    before[{r}] = decay[{r}] * state;
    state = before[{r}] + row.y * line.xy;
    y[{r}u / 4u][{r}u % 4u] += dot(state, line.zw);
    over[{r}].z = row.z * state.x;
    over[{r}].w = row.z * state.y;
    //@end
    var lambda = carry[{p}];
    //@each back 8
    const r = 7u - {back}u;
    let row = steps[r * 32u + place];
    let line = inputs[r * LINE + {p}u * 8u + share];
    lambda += row.z * line.zw;
    let pull = lambda * before[r];
    along[r / 4u][r % 4u] += dot(lambda, line.xy);
    pulls[r / 4u][r % 4u] += dot(pull, a[{p}]);
    da[{p}] += row.x * pull;
    over[r].x = row.y * lambda.x;
    over[r].y = row.y * lambda.y;
    lambda *= decay[r];
    //@end
    carry[{p}] = lambda;
    let two = sum_four(over, lane);
    let at = (lane / 32u) * 64u + ((lane / 8u) % 4u) * 16u + share;
    sums[at] = two[0];
    sums[at + 8u] = two[1];
    workgroupBarrier();
    // Over the subgroups: a thread takes one state of one row.
    let n = {p}u * 16u + (lane / 4u) % 8u * 2u + lane % 2u;
    var sum = 0.0;
    //@each s 8
    sum += sums[{s}u * 64u + lane / 4u][lane % 4u];
    //@end
    let last = left * 8u + lane / 32u;
    if (last < count && n < N) {
      let to = ((block % blocks) * params.rows + start + last) * N + n;
      if (lane % 4u < 2u) { set_db_part_flat(to, sum); } else { set_dc_part_flat(to, sum); }
    }
    if ({p}u + 1u < PER2) { workgroupBarrier(); }
    //@end
    let along_b = eight_sum(along[0], along[1], lane);
    let pull_a = LOG2 * eight_sum(pulls[0], pulls[1], lane);
    let ungated = eight_sum(y[0], y[1], lane) + skip * own_u;
    if (real && i < count) {
      set_du(start + i, channel, along_b * step + skip * dout);
      set_ddelta(start + i, channel, (along_b * own_u + pull_a) * slope);
      if (has_z) { set_dz(start + i, channel, dgate * ungated); }
    }
  }
  let dds = eight_total(dd, lane);
  if (real) {
    //@each p PER2
    //@each i 2
    let n = {p}u * 16u + share * 2u + {i}u;
    if (n < N) { set_da_part_flat(base + n, LOG2 * a[{p}][{i}] * da[{p}][{i}]); }
    //@end
    //@end
    if (share == 0u) { set_dd_part_flat(chunk * params.columns + channel, dds); }
  }
}
