// selective-scan-backward: gradients of the scan (selective-scan.wgsl). A workgroup takes CHANNELS channels of one chunk of
// rows; a thread PER states of one channel. Forward once, keeping the states at every TILE-th row; then from the last tile
// to the first, recomputing the states of a tile in registers, with λ, the gradient of the state.
// Sums over states (du, ddelta, dz) and over the workgroup's channels (db, dc) are made from workgroup memory, four rows at
// a time. Sums over blocks of channels (db, dc) and over chunks (a_log, d) are second passes.
//! blocks 256
//! include math
//! in u [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in c [R, N]
//! in d [G, D]
//! in z? [R, D]
//! in dy [R, D]
//! in initial? [chunks, D·N]
//! in adjoint? [chunks, D·N]
//! out du? [R, D]
//! out ddelta? [R, D]
//! out dz? [R, D]
//! out kept [tiles, D·N]            states at the start of each tile
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
//! constant PER       1 or 2
//! constant CHANNELS
//! constant TILE      rows of a tile: 4, 8 or 16

const QUARTERS = TILE / 4u;
const GROUPS = 256u / CHANNELS;
const OWN = (TILE * CHANNELS + 255u) / 256u;
const WIDE = TILE * 2u * N;
const OWN_WIDE = (WIDE + 255u) / 256u;
// Readers of a list of the exchange [4 rows, groups] × channels.
const READERS = 64u / GROUPS; // 4 · GROUPS · READERS = 256
var<workgroup> steps: array<vec4f, TILE * CHANNELS>; // Δ, u, dy·gate, 0
var<workgroup> inputs: array<f32, WIDE>;
var<workgroup> exchange: array<vec4f, 1024>;

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + CHANNELS - 1u) / CHANNELS;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let channel0 = (block % blocks) * CHANNELS;
  let place = lane % CHANNELS;
  let group = lane / CHANNELS;
  let real = channel0 + place < params.columns;
  let channel = min(channel0 + place, params.columns - 1u);
  let start = chunks_at(chunk);
  let count = chunks_at(chunk + 1u) - start;
  let tile0 = tiles_at(chunk);
  let tiles = (count + TILE - 1u) / TILE;
  let g = start / params.group_rows;
  let base = (chunk * params.columns + channel) * N;
  var h: array<f32, PER>;
  var a: array<f32, PER>;
  var carry: array<f32, PER>;
  var da: array<f32, PER>;
  for (var p = 0u; p < PER; p++) {
    let n = min(group * PER + p, N - 1u);
    a[p] = -exp(a_log_at(g * params.columns + channel, n));
    h[p] = initial_flat(base + n);
    // A thread past the last state has none: it must not count its neighbour's again.
    carry[p] = select(0.0, adjoint_flat(base + n), group * PER + p < N);
    da[p] = 0.0;
  }

  // Forward.
  for (var tile = 0u; tile < tiles; tile++) {
    prepare(start, count, tile, channel0, lane, false);
    workgroupBarrier();
    for (var p = 0u; p < PER; p++) {
      let n = group * PER + p;
      if (real && n < N) { set_kept_flat(((tile0 + tile) * params.columns + channel) * N + n, h[p]); }
    }
    for (var t = 0u; t < TILE; t++) {
      let step = steps[t * CHANNELS + place];
      for (var p = 0u; p < PER; p++) {
        let n = min(group * PER + p, N - 1u);
        h[p] = exp(step.x * a[p]) * h[p] + step.x * step.y * inputs[t * 2u * N + n];
      }
    }
    workgroupBarrier();
  }

  // Backward.
  var dd = 0.0;
  for (var back = 0u; back < tiles; back++) {
    let tile = tiles - 1u - back;
    prepare(start, count, tile, channel0, lane, true);
    workgroupBarrier();
    var decay: array<f32, TILE * PER>;
    var before: array<f32, TILE * PER>;
    for (var p = 0u; p < PER; p++) {
      let n = min(group * PER + p, N - 1u);
      var state = kept_flat(((tile0 + tile) * params.columns + channel) * N + n);
      for (var t = 0u; t < TILE; t++) {
        let step = steps[t * CHANNELS + place];
        let factor = exp(step.x * a[p]);
        decay[t * PER + p] = factor;
        before[t * PER + p] = state;
        state = factor * state + step.x * step.y * inputs[t * 2u * N + n];
      }
    }
    // Sums over channels of this thread's list, for each four rows.
    var sums: array<vec4f, QUARTERS>;
    for (var quarter = 0u; quarter < QUARTERS; quarter++) {
      var across: array<vec4f, 4>;
      for (var within = 0u; within < 4u; within++) {
        let t = TILE - 1u - quarter * 4u - within;
        let step = steps[t * CHANNELS + place];
        var along = vec4f();
        var over = vec4f();
        for (var p = 0u; p < PER; p++) {
          let n = min(group * PER + p, N - 1u);
          let used = select(0.0, 1.0, group * PER + p < N);
          let b = inputs[t * 2u * N + n] * used;
          let c = inputs[t * 2u * N + N + n] * used;
          let i = t * PER + p;
          let kept_part = decay[i] * before[i];
          let now = kept_part + step.x * step.y * b;
          let lambda = carry[p] + c * step.z;
          let pull = lambda * kept_part * a[p];
          da[p] += pull * step.x;
          carry[p] = decay[i] * lambda;
          along += vec4f(lambda * b, pull, c * now, 0.0);
          over[2u * p] = lambda * step.x * step.y;
          over[2u * p + 1u] = step.z * now;
        }
        across[within] = select(vec4f(), over, real);
        exchange[within * 256u + lane] = along;
      }
      workgroupBarrier();
      finish_rows(start, count, tile * TILE + TILE - 1u - quarter * 4u, g, channel0, lane);
      workgroupBarrier();
      for (var within = 0u; within < 4u; within++) { exchange[within * 256u + lane] = across[within]; }
      workgroupBarrier();
      // List (row, group) × channels; each reader takes every READERS-th channel.
      let list = lane / READERS;
      let reader = lane % READERS;
      var sum = vec4f();
      for (var c = reader; c < CHANNELS; c += READERS) { sum += exchange[(list / GROUPS) * 256u + (list % GROUPS) * CHANNELS + c]; }
      sums[quarter] = sum;
      workgroupBarrier();
    }
    for (var t = 0u; t < TILE; t++) {
      let step = steps[t * CHANNELS + place];
      if (group == 0u) { dd += step.z * step.y; }
    }
    for (var quarter = 0u; quarter < QUARTERS; quarter++) { exchange[quarter * 256u + lane] = sums[quarter]; }
    workgroupBarrier();
    // [quarter, row, group, reader]: one sum a row and group.
    for (var e = lane; e < TILE * GROUPS; e += 256u) {
      let quarter = e / (4u * GROUPS);
      let list = e % (4u * GROUPS);
      let t = TILE - 1u - quarter * 4u - list / GROUPS;
      let i = tile * TILE + t;
      if (i < count) {
        var sum = vec4f();
        for (var r = 0u; r < READERS; r++) { sum += exchange[quarter * 256u + list * READERS + r]; }
        let at = ((block % blocks) * params.rows + start + i) * N;
        for (var p = 0u; p < PER; p++) {
          let n = (list % GROUPS) * PER + p;
          if (n < N) {
            set_db_part_flat(at + n, sum[2u * p]);
            set_dc_part_flat(at + n, sum[2u * p + 1u]);
          }
        }
      }
    }
    workgroupBarrier();
  }
  if (real) {
    for (var p = 0u; p < PER; p++) {
      let n = group * PER + p;
      if (n < N) { set_da_part_flat(base + n, da[p]); }
    }
    if (group == 0u) { set_dd_part_flat(chunk * params.columns + channel, dd); }
  }
}

// Steps, inputs and (for the way back) output gradients of a tile; zeros past the chunk's end.
fn prepare(start: u32, count: u32, tile: u32, channel0: u32, lane: u32, back: bool) {
  for (var o = 0u; o < OWN; o++) {
    let e = lane + 256u * o;
    let i = tile * TILE + e / CHANNELS;
    let c = min(channel0 + e % CHANNELS, params.columns - 1u);
    var value = vec4f();
    if (i < count) {
      value.x = softplus(delta_at(start + i, c));
      value.y = u_at(start + i, c);
      if (back) {
        value.z = dy_at(start + i, c);
        if (has_z) { value.z *= silu(z_at(start + i, c)); }
      }
    }
    if (e < TILE * CHANNELS) { steps[e] = value; }
  }
  for (var o = 0u; o < OWN_WIDE; o++) {
    let e = lane + 256u * o;
    let i = tile * TILE + e / (2u * N);
    let n = e % (2u * N);
    var value = 0.0;
    if (i < count && e < WIDE) {
      if (n < N) { value = b_at(start + i, n); } else { value = c_at(start + i, n - N); }
    }
    if (e < WIDE) { inputs[e] = value; }
  }
}

// du, ddelta and dz of four rows, the last of which is row `last` of the chunk, from the exchange [row back, group, channel].
fn finish_rows(start: u32, count: u32, last: u32, g: u32, channel0: u32, lane: u32) {
  for (var e = lane; e < 4u * CHANNELS; e += 256u) {
    let within = e / CHANNELS;
    let i = last - within;
    let c = channel0 + e % CHANNELS;
    if (i < count && c < params.columns) {
      var sum = vec4f();
      for (var s = 0u; s < GROUPS; s++) { sum += exchange[within * 256u + s * CHANNELS + e % CHANNELS]; }
      let t = start + i;
      let step = steps[(i % TILE) * CHANNELS + e % CHANNELS];
      set_du(t, c, sum.x * step.x + step.z * d_at(g, c));
      set_ddelta(t, c, (sum.x * step.y + sum.y) * sigmoid(delta_at(t, c)));
      if (has_z) {
        let z = z_at(t, c);
        set_dz(t, c, dy_at(t, c) * (sum.z + d_at(g, c) * step.y) * silu_slope(z, sigmoid(z)));
      }
    }
  }
}
