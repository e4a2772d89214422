// mamba-block-backward: the gradients of a Mamba block (mamba-block.wgsl) over one short segment a workgroup, from dy, the
// gradient of its result, and what the forward pass kept: x, projected (x', z), u, delta and selection (step, B, C). The rest
// is computed again. Gradients of a block's small weights are written as one row a segment, to be summed over segments afterwards.
//   dyg = dy·Woutᵀ; back through gate and scan; dselection; du += dselection·Wxᵀ; back through the convolution;
//   dtokens = (dx', dz)·Winᵀ; back through the norm; dresult = that (+ dy, the residual).
// Rows of x, dy, p and dresult are natural; with `reversed` the others lie in the order in which the block reads.
//! paste mamba-segment
//! paste mamba-weights
//! paste mamba-product
//! include lane-sums
//! in dy [R, W]
//! in x [R, W]
//! in projected [R, 2·D]
//! in u [R, D]
//! in delta [R, D]             before the softplus
//! in selection [R, RANK + 2·N]
//! quads weights               packed
//! out dy_ordered [R, W]      dy in the block's order
//! out dprojected [R, 2·D]    dx' where it is stored, dz always
//! out dselection [R, RANK + 2·N]
//! out ddelta [R, D]
//! out da_part [segments, D·N]
//! out dd_part [segments, D]
//! out dweight_part [segments, D·TAPS]
//! out dbias_part [segments, D]
//! out p [R, W]               its column sum is the gradient of the norm's weight
//! out dresult [R, W]
//! uniform residual            1: dresult includes dy
// Bits of `stores`: dy_ordered, dprojected, dselection, ddelta, sums, p.

// Gradients as quads of rows: of the gated output, then of u, then of x', then of z, which waits in `dprojected` meanwhile. With
// less than 24 KiB of workgroup memory, an H100 runs two workgroups on a multiprocessor.
const G_AT = 0u;
const LINE = D;
// dy, later the sums over the channels of each 32 threads, later dtokens.
const SUMS_AT = D * QUADS;
const WARPS = THREADS / 32u;
const STEPS_AT = SUMS_AT + PER4 * THREADS; // after the sums for B and C, those for the step: [k, 32 threads, row]
const S_AT = SUMS_AT + max(PER4 * THREADS + RANK4 * WARPS * 4u, W * QUADS); // selection [row, S4], later sums of the norm
const DS_AT = S_AT + ROWS * S4; // dselection as quads of rows
var<workgroup> memory: array<vec4f, DS_AT + ROWS * S4>;
const LOG2 = 0.6931471805599453;

fn run_block(block: u32, lane: u32) {
  if (block + 1u >= params.segments_length) { return; }
  let start = segments_at(block);
  let count = segments_at(block + 1u) - start;
  let quads = (count + 3u) / 4u;
  let record = (start / params.group_rows) * RECORD;

  load(start, count, quads, lane);
  {
    // Back through the out-projection.
    var rows: array<vec4f, 4u * OWN>;
    multiply(&rows, SUMS_AT, W, record + OUT_AT, D4, W, quads, lane);
    join_splits(&rows, D4, lane);
    keep_product(&rows, G_AT, LINE, D4, quads, lane);
  }
  workgroupBarrier();
  for (var channel0 = 0u; channel0 < D; channel0 += SPAN) { scan(block, start, count, quads, record, channel0, lane); }
  workgroupBarrier();
  select_backward(start, count, quads, record, lane);
  for (var channel0 = 0u; channel0 < D; channel0 += 128u) { convolve(block, start, count, quads, record, channel0, lane); }
  project_backward(start, count, quads, record, lane);
  norm_backward(start, count, quads, record, lane);
}

fn load(start: u32, count: u32, quads: u32, lane: u32) {
  for (var e = lane; e < W * quads; e += THREADS) {
    var value: vec4f;
    //@each i 4
    value[{i}] = dy_at(natural_row(start, count, min((e / W) * 4u + {i}u, count - 1u)), e % W);
    //@end
    memory[SUMS_AT + e] = select(vec4f(), value, inside(count, e / W));
    if (stored(0u)) {
      for (var i = 0u; i < 4u; i++) {
        let t = (e / W) * 4u + i;
        if (t < count) { set_dy_ordered(start + t, e % W, value[i]); }
      }
    }
  }
  for (var e = lane; e < quads * 4u * S4; e += THREADS) {
    let t = e / S4;
    var value: vec4f;
    //@each j 4
    let c = true_column((e % S4) * 4u + {j}u);
    value[{j}] = select(0.0, selection_at(start + min(t, count - 1u), min(c, RANK + 2u * N - 1u)), c != NOWHERE && t < count);
    //@end
    memory[S_AT + e] = value;
    memory[DS_AT + e] = vec4f();
  }
  workgroupBarrier();
}

// Four rows of x' before its convolution, zeros past the end.
fn projected_quad(start: u32, count: u32, quad: u32, channel: u32) -> vec4f {
  var value: vec4f;
  //@each i 4
  value[{i}] = projected_at(start + min(quad * 4u + {i}u, count - 1u), channel);
  //@end
  return select(vec4f(), value, inside(count, quad));
}

// Back through gate and scan. G has the gradient of the gated output; du takes its place.
fn scan(block: u32, start: u32, count: u32, quads: u32, record: u32, channel0: u32, lane: u32) {
  let share = lane % 4u;
  let real = channel0 + lane / 4u < D;
  let channel = min(channel0 + lane / 4u, D - 1u);
  let skip = weight(record, SKIP_AT, channel);
  var a: array<vec4f, PER4>;
  //@each p PER4
  a[{p}] = weights_quad(record + DECAY_AT + channel * N4 + {p}u * 4u + share);
  //@end

  // Forward, keeping the states before every fourth row.
  var kept: array<vec4f, QUADS * PER4>;
  var h: array<vec4f, PER4>;
  for (var q = 0u; q < quads; q++) {
    //@each p PER4
    kept[q * PER4 + {p}u] = h[{p}];
    //@end
    if (q + 1u < quads) {
      let row = start + q * 4u + share;
      let step = softplus(delta_at(row, channel));
      let steps = quad_values(step, lane);
      let drives = quad_values(step * u_at(row, channel), lane);
      //@each i 4
      let at = S_AT + (q * 4u + {i}u) * S4 + RANK4 + share;
      //@each p PER4
      h[{p}] = exp2(steps[{i}] * a[{p}]) * h[{p}] + drives[{i}] * memory[at + {p}u * 4u];
      //@end
      //@end
    }
  }

  var carry: array<vec4f, PER4>;
  var da: array<vec4f, PER4>;
  var dd = 0.0;
  for (var back = 0u; back < quads; back++) {
    let q = quads - 1u - back;
    let t = q * 4u + share;
    let row = start + min(t, count - 1u);
    let there = real && t < count;
    let raw = delta_at(row, channel);
    let u = u_at(row, channel);
    let z = projected_at(row, D + channel);
    let step = select(0.0, softplus(raw), t < count);
    let gate = sigmoid(z);
    let dgated = select(0.0, memory[G_AT + q * LINE + channel][share], there);
    let dout = dgated * z * gate;
    dd += dout * u;
    let steps = quad_values(step, lane);
    let drives = quad_values(step * u, lane);
    let douts = quad_values(dout, lane);
    var y = vec4f();
    var along = vec4f();
    var pulls = vec4f();
    var sums: array<vec4f, PER4>;
    //@each p PER4
    var decay: array<vec4f, 4>;
    var before: array<vec4f, 4>;
    var over: array<vec4f, 8>; // gradients of B and C of the four rows
    var state = kept[q * PER4 + {p}u];
    //@each i 4
    let at = S_AT + (q * 4u + {i}u) * S4 + RANK4 + share + {p}u * 4u;
    decay[{i}] = exp2(steps[{i}] * a[{p}]);
    before[{i}] = decay[{i}] * state;
    state = before[{i}] + drives[{i}] * memory[at];
    y[{i}] += dot(memory[at + N4], state);
    over[4u + {i}u] = douts[{i}] * state;
    //@end
    var lambda = carry[{p}];
    //@each back 4
    const i = 3u - {back}u;
    let at = S_AT + (q * 4u + i) * S4 + RANK4 + share + {p}u * 4u;
    lambda += memory[at + N4] * douts[i];
    let pull = lambda * before[i];
    along[i] += dot(lambda, memory[at]);
    pulls[i] += dot(pull, a[{p}]);
    da[{p}] += pull * steps[i];
    over[i] = drives[i] * lambda;
    lambda *= decay[i];
    //@end
    carry[{p}] = lambda;
    sums[{p}] = sum_channels(over, lane);
    //@end
    let pull = quad_sum(along, lane);
    let ddelta = select(0.0, (pull * u + LOG2 * quad_sum(pulls, lane)) * sigmoid(raw), there);
    let ungated = quad_sum(y, lane) + skip * u;
    workgroupBarrier(); // the sums of the quad before this one are read
    //@each p PER4
    memory[SUMS_AT + {p}u * THREADS + lane] = sums[{p}];
    //@end
    // ddelta·Wdt is another sum over channels.
    for (var k = 0u; k < RANK4; k++) {
      let sum = sum_channels_once(ddelta * weights_quad(record + STEP_AT + channel * RANK4 + k), lane);
      if ((lane & 16u) == 0u) { memory[STEPS_AT + (k * WARPS + lane / 32u) * 4u + share][(lane / 4u) % 4u] = sum; }
    }
    if (there) {
      memory[G_AT + q * LINE + channel][share] = pull * step + skip * dout;
      set_dprojected(row, D + channel, dgated * ungated * silu_slope(z, gate));
      if (stored(3u)) { set_ddelta(row, channel, ddelta); }
    } else if (real) {
      memory[G_AT + q * LINE + channel][share] = 0.0;
    }
    workgroupBarrier();
    sum_lists(q, lane);
  }
  let dds = quad_values(dd, lane);
  if (real && stored(4u)) {
    if (share == 0u) { set_dd_part(block, channel, (dds.x + dds.y) + (dds.z + dds.w)); }
    //@each p PER4
    //@each i 4
    let n = {p}u * 16u + share * 4u + {i}u;
    if (n < N) { set_da_part(block, channel * N + n, LOG2 * da[{p}][{i}] * a[{p}][{i}]); }
    //@end
    //@end
  }
}

// Adds the sums over the channels of each 32 threads to the gradient of the selection.
fn sum_lists(quad: u32, lane: u32) {
  const WIDE = 128u * PER4;
  for (var e = lane; e < WIDE + 16u * RANK4; e += THREADS) {
    var sum = 0.0;
    var column = 0u;
    var row = 0u;
    if (e < WIDE) {
      // Number (lane / 4) % 8 of eight vec4s, of B's four rows and C's, has the states of its share.
      let from_lane = (e / 4u) % 32u;
      for (var w = from_lane; w < THREADS; w += 32u) { sum += memory[SUMS_AT + (e / 128u) * THREADS + w][e % 4u]; }
      row = (from_lane / 4u) % 4u;
      column = 4u * (RANK4 + (from_lane / 16u) * N4 + (e / 128u) * 4u + from_lane % 4u) + e % 4u;
    } else {
      row = (e / 4u) % 4u;
      column = 4u * ((e - WIDE) / 16u) + e % 4u;
      for (var w = 0u; w < WARPS; w++) { sum += memory[STEPS_AT + ((e - WIDE) / 16u * WARPS + w) * 4u + row][e % 4u]; }
    }
    memory[DS_AT + quad * 4u * S4 + column][row] += sum;
  }
}

// dselection leaves; du += dselection·Wxᵀ.
fn select_backward(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  if (stored(2u)) {
    for (var e = lane; e < quads * 4u * S4; e += THREADS) {
      let c = true_column(e % (4u * S4));
      let value = memory[DS_AT + e];
      for (var i = 0u; i < 4u; i++) {
        let t = (e / (4u * S4)) * 4u + i;
        if (t < count && c != NOWHERE) { set_dselection(start + t, c, value[i]); }
      }
    }
  }
  var rows: array<vec4f, 4u * OWN>;
  multiply(&rows, DS_AT, 4u * S4, record + SELECT_AT, D4, 4u * S4, quads, lane);
  join_splits(&rows, D4, lane);
  if (has_columns(D4, lane)) {
    let first = first_column(D4, lane);
    //@each j OWN
    let q = {j}u * HALVES + lane / 128u;
    //@each e 4
    if ({e}u < columns_each(D4) && q < quads) { memory[G_AT + q * LINE + first + {e}u] += rows[4u * {j}u + {e}u]; }
    //@end
    //@end
  }
  workgroupBarrier();
}

// In place: du becomes dx'. Of the threads of a channel, next to each other, each has its own quads.
fn convolve(block: u32, start: u32, count: u32, quads: u32, record: u32, channel0: u32, lane: u32) {
  let half = lane % HALVES;
  let real = channel0 + lane / HALVES < D;
  let channel = min(channel0 + lane / HALVES, D - 1u);
  var taps: array<f32, TAPS>;
  var dtaps: array<f32, TAPS>;
  //@each j TAPS
  taps[{j}] = weights_quad(record + CONV_AT + channel * TAPS4 + {j}u / 4u)[{j}u % 4u];
  //@end
  let bias = weight(record, CONV_BIAS_AT, channel);
  var dbias = 0.0;
  // Slopes of the convolution's sum.
  //@each o OWN
  let q = {o}u * HALVES + half;
  if (real && q < quads) {
    let x = projected_quad(start, count, q, channel);
    let before = select(vec4f(), projected_quad(start, count, max(q, 1u) - 1u, channel), q > 0u);
    let sum = convolved(before, x, taps, bias);
    let du = memory[G_AT + q * LINE + channel];
    var slope: vec4f;
    //@each i 4
    slope[{i}] = du[{i}] * silu_slope(sum[{i}], sigmoid(sum[{i}]));
    //@end
    slope = select(vec4f(), slope, inside(count, q));
    var rows = array<f32, 8>(before.x, before.y, before.z, before.w, x.x, x.y, x.z, x.w);
    //@each i 4
    dbias += slope[{i}];
    //@each j TAPS
    dtaps[{j}] += slope[{i}] * rows[5u + {i}u + {j}u - TAPS];
    //@end
    //@end
    memory[G_AT + q * LINE + channel] = slope;
  }
  //@end
  if (HALVES > 1u) {
    dbias += swapped(vec4f(dbias, 0.0, 0.0, 0.0), 1u, lane).x;
    //@each j TAPS
    dtaps[{j}] += swapped(vec4f(dtaps[{j}], 0.0, 0.0, 0.0), 1u, lane).x;
    //@end
  }
  if (stored(4u) && real && half == 0u) {
    //@each j TAPS
    set_dweight_part(block, channel * TAPS + {j}u, dtaps[{j}]);
    //@end
    set_dbias_part(block, channel, dbias);
  }
  workgroupBarrier();
  var dx: array<vec4f, OWN>;
  //@each o OWN
  let q = min({o}u * HALVES + half, quads - 1u);
  let slope = memory[G_AT + q * LINE + channel];
  let after = select(vec4f(), memory[G_AT + min(q + 1u, quads - 1u) * LINE + channel], q + 1u < quads);
  var rows = array<f32, 8>(slope.x, slope.y, slope.z, slope.w, after.x, after.y, after.z, after.w);
  var value = vec4f();
  //@each i 4
  //@each j TAPS
  value[{i}] += taps[{j}] * rows[{i}u + TAPS - 1u - {j}u];
  //@end
  //@end
  dx[{o}] = value;
  //@end
  workgroupBarrier();
  //@each o OWN
  let q = {o}u * HALVES + half;
  if (real && q < quads) {
    memory[G_AT + q * LINE + channel] = dx[{o}];
    if (stored(1u)) {
      //@each i 4
      if (q * 4u + {i}u < count) { set_dprojected(start + q * 4u + {i}u, channel, dx[{o}][{i}]); }
      //@end
    }
  }
  //@end
  workgroupBarrier();
}

// dtokens = dx'·Winᵀ, then dz takes the place of dx'.
fn project_backward(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  var rows: array<vec4f, 4u * OWN>;
  multiply(&rows, G_AT, LINE, record + IN_AT, W4, D, quads, lane);
  storageBarrier();
  workgroupBarrier();
  for (var e = lane; e < quads * D; e += THREADS) {
    var value: vec4f;
    //@each i 4
    value[{i}] = dprojected_at(start + min((e / D) * 4u + {i}u, count - 1u), D + e % D);
    //@end
    memory[G_AT + e] = select(vec4f(), value, inside(count, e / D));
  }
  workgroupBarrier();
  multiply(&rows, G_AT, LINE, record + IN_AT + D * W4, W4, D, quads, lane);
  join_splits(&rows, W4, lane);
  keep_product(&rows, SUMS_AT, W, W4, quads, lane);
  workgroupBarrier();
}

fn norm_backward(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  // Eight threads a row: squares of x and products with the gradient.
  for (var e = lane; e < quads * 32u; e += THREADS) {
    let t = min(e / 8u, count - 1u);
    var sum = vec4f();
    let row = natural_row(start, count, t);
    for (var k = e % 8u; k < W; k += 8u) {
      let v = x_at(row, k);
      sum.x += v * v;
      sum.y += v * memory[SUMS_AT + (t / 4u) * W + k][t % 4u] * weight(record, NORM_AT, k);
    }
    memory[S_AT + e] = sum;
  }
  workgroupBarrier();
  for (var e = lane; e < count * W; e += THREADS) {
    let t = e / W;
    let k = e % W;
    var sum = vec4f();
    for (var i = 0u; i < 8u; i++) { sum += memory[S_AT + t * 8u + i]; }
    let scale = 1.0 / sqrt(sum.x / f32(W) + params.eps);
    let pull = sum.y / f32(W) * scale * scale;
    let row = natural_row(start, count, t);
    let v = x_at(row, k);
    let dtoken = memory[SUMS_AT + (t / 4u) * W + k][t % 4u];
    if (stored(5u)) { set_p(row, k, dtoken * v * scale); }
    var value = scale * (dtoken * weight(record, NORM_AT, k) - v * pull);
    if (params.residual != 0u) { value += dy_at(row, k); }
    set_dresult(row, k, value);
  }
}
