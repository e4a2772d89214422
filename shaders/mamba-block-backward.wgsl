// mamba-block-backward: the gradients of a Mamba block (mamba-block.wgsl) over one short segment a workgroup, from dy, the
// gradient of its result, and what the forward pass kept: x, projected (x', z), u, delta and selection (step, B, C). The rest
// is computed again. Gradients of a block's small weights are written as one row a segment, to be summed over segments afterwards.
//   dyg = dy·Woutᵀ; back through gate and scan; dselection; du += dselection·Wxᵀ; back through the convolution;
//   dtokens = (dx', dz)·Winᵀ; back through the norm; dresult = that (+ dy, the residual).
// Rows of x, dy, p and dresult are natural; with `reversed` the others lie in the order in which the block reads.
//! blocks THREADS
//! include math
//! include lanes
//! include lane-sums
//! paste mamba-weights
//! paste mamba-product
//! in dy [R, W]
//! in x [R, W]
//! in projected [R, 2·D]
//! in u [R, D]
//! in delta [R, D]             before the softplus
//! in selection [R, RANK + 2·N]
//! quads weights               packed
//! out dy_ordered [R, W]      dy in the block's order
//! out dprojected [R, 2·D]
//! out dselection [R, RANK + 2·N]
//! out ddelta [R, D]
//! out da_part [segments, D·N]
//! out dd_part [segments, D]
//! out dweight_part [segments, D·TAPS]
//! out dbias_part [segments, D]
//! out p [R, W]               its column sum is the gradient of the norm's weight
//! out dresult [R, W]
//! index segments
//! uniform group_rows
//! uniform reversed
//! uniform residual            1: dresult includes dy
//! uniform stores              bits: dy_ordered, dprojected, dselection, ddelta, sums, p are written
//! uniform eps: f32
//! constant W                  a multiple of 4
//! constant D                  a multiple of 4
//! constant N
//! constant RANK
//! constant TAPS
//! constant QUADS
//! constant THREADS            128 or 256
//! constant OWN       quads of a half of the threads, at most
//! constant SHARES             threads of a channel in the scan: 1 or 2
//! constant PER4               vec4s of states of each

// Gradients as quads of rows: of y, of the gated output, of u, of x'; and u, later dz.
const G_AT = 0u;
const SPAN = THREADS / SHARES; // channels that are scanned at once
const LINE = 2u * D;
// Sums over channels that a thread hands on for four rows: of B and C by its own states, and of the step by pairs of vec4s.
const STEP_PAIRS = (RANK4 + 1u) / 2u;
const LISTS = PER4 + STEP_PAIRS;
// What the shares of a channel exchange, or scratch; then the lists, dy or dselection as quads of rows, or dtokens [row, W4].
const T_AT = 2u * D * QUADS;
const SUMS_AT = T_AT + max(select(0u, 6u * SPAN, SHARES > 1u), SCRATCH);
const S_AT = SUMS_AT + max(LISTS * THREADS / 2u, max(W, 4u * S4) * QUADS); // selection [row, S4]
var<workgroup> memory: array<vec4f, S_AT + ROWS * S4>;
var<workgroup> dselected: array<f32, ROWS * 4u * S4>; // [quad, column, row of the quad]
const LOG2 = 0.6931471805599453;

fn natural_row(start: u32, count: u32, t: u32) -> u32 {
  return start + select(t, count - 1u - t, params.reversed != 0u);
}

fn stored(bit: u32) -> bool {
  return (params.stores & (1u << bit)) != 0u;
}

fn run_block(block: u32, lane: u32) {
  if (block + 1u >= params.segments_length) { return; }
  let start = segments_at(block);
  let count = segments_at(block + 1u) - start;
  let quads = (count + 3u) / 4u;
  let record = (start / params.group_rows) * RECORD;

  load(start, count, quads, lane);
  // Back through the out-projection.
  var rows = product(SUMS_AT, W, record + OUT_AT, D4, W, quads, lane);
  for (var q = 0u; q < quads; q++) {
    share_quad(&rows, T_AT, q, lane);
    if (lane < D4) {
      let column = lane;
      let columns = shared_columns(T_AT, D4, column);
      for (var j = 0u; j < 4u; j++) { memory[G_AT + q * LINE + column * 4u + j] = columns[j]; }
    }
    workgroupBarrier();
  }
  for (var channel0 = 0u; channel0 < D; channel0 += SPAN) { scan(block, start, count, quads, record, channel0, lane); }
  select_backward(start, count, quads, record, lane);
  for (var channel = lane; channel < D; channel += THREADS) { convolve(block, start, count, quads, record, channel); }
  workgroupBarrier();
  project_backward(quads, record, lane);
  norm_backward(start, count, quads, record, lane);
}

fn load(start: u32, count: u32, quads: u32, lane: u32) {
  for (var e = lane; e < W * quads; e += THREADS) {
    var value = vec4f();
    for (var i = 0u; i < 4u; i++) {
      let t = (e / W) * 4u + i;
      if (t < count) {
        value[i] = dy_at(natural_row(start, count, t), e % W);
        if (stored(0u)) { set_dy_ordered(start + t, e % W, value[i]); }
      }
    }
    memory[SUMS_AT + e] = value;
  }
  for (var e = lane; e < quads * 4u * S4; e += THREADS) {
    var value = vec4f();
    let t = e / S4;
    if (t < count) {
      for (var j = 0u; j < 4u; j++) {
        let c = true_column((e % S4) * 4u + j);
        if (c != NOWHERE) { value[j] = selection_at(start + t, c); }
      }
    }
    memory[S_AT + e] = value;
  }
  for (var e = lane; e < quads * 16u * S4; e += THREADS) { dselected[e] = 0.0; }
  workgroupBarrier();
}

// Four rows of a column of `projected`, zeros past the end.
fn projected_quad(start: u32, count: u32, quad: u32, column: u32) -> vec4f {
  var value: vec4f;
  //@each i 4
  value[{i}] = projected_at(start + min(quad * 4u + {i}u, count - 1u), column);
  //@end
  return select(vec4f(), value, inside(count, quad));
}

// Four rows of a channel, zeros past the end.
fn u_quad(start: u32, count: u32, quad: u32, channel: u32) -> vec4f {
  var value: vec4f;
  //@each i 4
  value[{i}] = u_at(start + min(quad * 4u + {i}u, count - 1u), channel);
  //@end
  return select(vec4f(), value, inside(count, quad));
}

fn delta_quad(start: u32, count: u32, quad: u32, channel: u32) -> vec4f {
  var value: vec4f;
  //@each i 4
  value[{i}] = delta_at(start + min(quad * 4u + {i}u, count - 1u), channel);
  //@end
  return select(vec4f(), value, inside(count, quad));
}

fn inside(count: u32, quad: u32) -> vec4<bool> {
  return vec4u(quad * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(count);
}

fn silu_quad(v: vec4f) -> vec4f {
  return vec4f(silu(v.x), silu(v.y), silu(v.z), silu(v.w));
}

fn softplus_quad(v: vec4f) -> vec4f {
  return vec4f(softplus(v.x), softplus(v.y), softplus(v.z), softplus(v.w));
}

// Back through gate and scan. G has the gradient of the gated output; du and dz take its place.
fn scan(block: u32, start: u32, count: u32, quads: u32, record: u32, channel0: u32, lane: u32) {
  let share = lane / SPAN;
  let place = lane % SPAN;
  let real = channel0 + place < D;
  let channel = min(channel0 + place, D - 1u);
  let states = share * PER4;
  let skip = weight(record, SKIP_AT, channel);
  var a: array<vec4f, PER4>;
  //@each p PER4
  a[{p}] = weights_quad(record + DECAY_AT + channel * N4 + states + {p}u);
  //@end

  // Forward, keeping the states before every fourth row.
  var kept: array<vec4f, QUADS * PER4>;
  var h: array<vec4f, PER4>;
  for (var q = 0u; q < quads; q++) {
    //@each p PER4
    kept[q * PER4 + {p}u] = h[{p}];
    //@end
    if (q + 1u < quads) {
      let u = u_quad(start, count, q, channel);
      let step = softplus_quad(delta_quad(start, count, q, channel));
      //@each i 4
      let at = S_AT + (q * 4u + {i}u) * S4 + RANK4 + states;
      //@each p PER4
      h[{p}] = exp2(step[{i}] * a[{p}]) * h[{p}] + step[{i}] * u[{i}] * memory[at + {p}u];
      //@end
      //@end
    }
  }

  var carry: array<vec4f, PER4>;
  var da: array<vec4f, PER4>;
  var dd = 0.0;
  for (var back = 0u; back < quads; back++) {
    let q = quads - 1u - back;
    let there = inside(count, q);
    let raw = delta_quad(start, count, q, channel);
    let u = u_quad(start, count, q, channel);
    let step = select(vec4f(), softplus_quad(raw), there);
    let z = projected_quad(start, count, q, D + channel);
    let dgated = select(vec4f(), memory[G_AT + q * LINE + channel], there & vec4<bool>(real));
    let dout = dgated * silu_quad(z);
    dd += dot(dout, u);
    let buffer = q % 2u;
    var y = vec4f();
    var du = vec4f();
    var dstep = vec4f();
    //@each p PER4
    var decay: array<vec4f, 4>;
    var before: array<vec4f, 4>;
    var over: array<vec4f, 8>; // gradients of B and C of the four rows
    var state = kept[q * PER4 + {p}u];
    //@each i 4
    let at = S_AT + (q * 4u + {i}u) * S4 + RANK4 + states + {p}u;
    decay[{i}] = exp2(step[{i}] * a[{p}]);
    before[{i}] = decay[{i}] * state;
    state = before[{i}] + step[{i}] * u[{i}] * memory[at];
    y[{i}] += dot(memory[at + N4], state);
    over[4u + {i}u] = dout[{i}] * state;
    //@end
    var lambda = carry[{p}];
    //@each back 4
    const i = 3u - {back}u;
    let at = S_AT + (q * 4u + i) * S4 + RANK4 + states + {p}u;
    lambda += memory[at + N4] * dout[i];
    let pull = lambda * before[i];
    let along = dot(lambda, memory[at]);
    du[i] += along * step[i];
    dstep[i] += along * u[i] + LOG2 * dot(pull, a[{p}]);
    da[{p}] += pull * step[i];
    over[i] = step[i] * u[i] * lambda;
    lambda *= decay[i];
    //@end
    carry[{p}] = lambda;
    hand_on(buffer, {p}u, over, lane);
    //@end
    // Through the softplus; dstep·Wdt is another sum over channels.
    dstep *= vec4f(sigmoid(raw.x), sigmoid(raw.y), sigmoid(raw.z), sigmoid(raw.w));
    dstep = select(vec4f(), dstep, there & vec4<bool>(real));
    for (var k = 0u; k < RANK4; k += 2u) {
      let first = weights_quad(record + STEP_AT + channel * RANK4 + k);
      let second = weights_quad(record + STEP_AT + channel * RANK4 + min(k + 1u, RANK4 - 1u));
      hand_on(buffer, PER4 + k / 2u, array<vec4f, 8>(
        dstep.x * first, dstep.y * first, dstep.z * first, dstep.w * first,
        dstep.x * second, dstep.y * second, dstep.z * second, dstep.w * second,
      ), lane);
    }
    let exchange = T_AT + buffer * 3u * SPAN + place;
    if (SHARES > 1u && share == 1u) {
      memory[exchange] = y;
      memory[exchange + SPAN] = du;
      memory[exchange + 2u * SPAN] = dstep;
    }
    workgroupBarrier(); // the only one of a quad: the next one uses the other buffer
    if (SHARES > 1u && share == 0u) {
      y += memory[exchange];
      du += memory[exchange + SPAN];
      dstep += memory[exchange + 2u * SPAN];
    }
    sum_lists(q, buffer, lane);
    y += skip * u;
    du += skip * dout;
    if (real && share == 0u) {
      var dz = vec4f();
      for (var i = 0u; i < 4u; i++) {
        let t = q * 4u + i;
        dz[i] = dgated[i] * y[i] * silu_slope(z[i], sigmoid(z[i]));
        if (t < count) {
          if (stored(1u)) { set_dprojected(start + t, D + channel, dz[i]); }
          if (stored(3u)) { set_ddelta(start + t, channel, dstep[i]); }
        }
      }
      memory[G_AT + q * LINE + channel] = du;
      memory[G_AT + q * LINE + D + channel] = dz;
    }
  }
  if (D > SPAN) { workgroupBarrier(); } // the next channels start with either buffer
  if (real && stored(4u)) {
    if (share == 0u) { set_dd_part(block, channel, dd); }
    //@each p PER4
    for (var i = 0u; i < 4u; i++) {
      let n = (states + {p}u) * 4u + i;
      if (n < N) { set_da_part(block, channel * N + n, LOG2 * da[{p}][i] * a[{p}][i]); }
    }
    //@end
  }
}

// Sums eight vec4s, two kinds of four rows, over 32 channels; each thread then has one element, number lane % 32, of a list.
fn hand_on(buffer: u32, list: u32, rows: array<vec4f, 8>, lane: u32) {
  let sum = quad_sum(sum_channels(rows, lane), lane);
  memory[SUMS_AT + ((buffer * LISTS + list) * THREADS + lane) / 4u][lane % 4u] = sum;
}

// Adds the lists of all threads to the gradient of the selection.
fn sum_lists(quad: u32, buffer: u32, lane: u32) {
  for (var e = lane; e < (PER4 * SHARES + STEP_PAIRS) * 32u; e += THREADS) {
    // Kind (of two), row, and element of a vec4 of the selection.
    let kind = (e / 16u) % 2u;
    let row = (e / 4u) % 4u;
    var list = e / 32u;
    var first = 0u;
    var end = THREADS;
    var place = RANK4 + kind * N4 + list;
    if (list >= PER4 * SHARES) {
      place = (list - PER4 * SHARES) * 2u + kind;
      list = PER4 + list - PER4 * SHARES;
    } else {
      first = (list / PER4) * SPAN;
      end = first + SPAN;
      list = list % PER4;
    }
    var sum = 0.0;
    for (var t = first + e % 32u; t < end; t += 32u) { sum += memory[SUMS_AT + ((buffer * LISTS + list) * THREADS + t) / 4u][t % 4u]; }
    // Of an odd number of vec4s of the step, the last has no second one.
    if (e / 32u < PER4 * SHARES || place < RANK4) { dselected[((quad * S4 + place) * 4u + e % 4u) * 4u + row] += sum; }
  }
}

// dselection leaves; du += dselection·Wxᵀ.
fn select_backward(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  workgroupBarrier();
  for (var e = lane; e < quads * 4u * S4; e += THREADS) {
    let value = vec4f(dselected[4u * e], dselected[4u * e + 1u], dselected[4u * e + 2u], dselected[4u * e + 3u]);
    memory[SUMS_AT + e] = value;
    let c = true_column(e % (4u * S4));
    if (stored(2u) && c != NOWHERE) {
      for (var i = 0u; i < 4u; i++) {
        let t = (e / (4u * S4)) * 4u + i;
        if (t < count) { set_dselection(start + t, c, value[i]); }
      }
    }
  }
  workgroupBarrier();
  var rows = product(SUMS_AT, 4u * S4, record + SELECT_AT, D4, 4u * S4, quads, lane);
  for (var q = 0u; q < quads; q++) {
    share_quad(&rows, T_AT, q, lane);
    if (lane < D4) {
      let column = lane;
      let columns = shared_columns(T_AT, D4, column);
      for (var j = 0u; j < 4u; j++) { memory[G_AT + q * LINE + column * 4u + j] += columns[j]; }
    }
    workgroupBarrier();
  }
}

// In place: du becomes dx'.
fn convolve(block: u32, start: u32, count: u32, quads: u32, record: u32, channel: u32) {
  var taps: array<f32, TAPS>;
  var window: array<f32, TAPS>;
  var dtaps: array<f32, TAPS>;
  for (var j = 0u; j < TAPS; j++) {
    taps[j] = weights_quad(record + CONV_AT + channel * TAPS4 + j / 4u)[j % 4u];
    window[j] = 0.0;
    dtaps[j] = 0.0;
  }
  let bias = weight(record, CONV_BIAS_AT, channel);
  var dbias = 0.0;
  for (var q = 0u; q < quads; q++) {
    let x = projected_quad(start, count, q, channel);
    let du = memory[G_AT + q * LINE + channel];
    var slope = vec4f();
    for (var i = 0u; i < 4u; i++) {
      for (var j = 0u; j + 1u < TAPS; j++) { window[j] = window[j + 1u]; }
      window[TAPS - 1u] = x[i];
      var sum = bias;
      for (var j = 0u; j < TAPS; j++) { sum += taps[j] * window[j]; }
      slope[i] = select(0.0, du[i] * silu_slope(sum, sigmoid(sum)), q * 4u + i < count);
      for (var j = 0u; j < TAPS; j++) { dtaps[j] += slope[i] * window[j]; }
      dbias += slope[i];
    }
    memory[G_AT + q * LINE + channel] = slope;
  }
  if (stored(4u)) {
    for (var j = 0u; j < TAPS; j++) { set_dweight_part(block, channel * TAPS + j, dtaps[j]); }
    set_dbias_part(block, channel, dbias);
  }
  for (var j = 0u; j < TAPS; j++) { window[j] = 0.0; } // slopes of the rows after this one
  for (var back = 0u; back < quads; back++) {
    let q = quads - 1u - back;
    let slope = memory[G_AT + q * LINE + channel];
    var dx = vec4f();
    for (var within = 0u; within < 4u; within++) {
      let i = 3u - within;
      for (var j = 0u; j + 1u < TAPS; j++) { window[j] = window[j + 1u]; }
      window[TAPS - 1u] = slope[i];
      for (var j = 0u; j < TAPS; j++) { dx[i] += taps[j] * window[j]; }
      if (stored(1u) && q * 4u + i < count) { set_dprojected(start + q * 4u + i, channel, dx[i]); }
    }
    memory[G_AT + q * LINE + channel] = dx;
  }
}

fn project_backward(quads: u32, record: u32, lane: u32) {
  var rows = product(G_AT, LINE, record + IN_AT, W4, LINE, quads, lane);
  for (var q = 0u; q < quads; q++) {
    share_quad(&rows, T_AT, q, lane);
    for (var e = lane; e < 4u * W4; e += THREADS) {
      let i = e / W4;
      let t = q * 4u + i;
      memory[SUMS_AT + t * W4 + e % W4] = shared_row(T_AT, W4, i, e % W4);
    }
    workgroupBarrier();
  }
}

fn norm_backward(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  // Eight threads a row: squares of x and products with the gradient.
  for (var e = lane; e < quads * 32u; e += THREADS) {
    let t = e / 8u;
    var sum = vec4f();
    if (t < count) {
      let row = natural_row(start, count, t);
      for (var k = e % 8u; k < W; k += 8u) {
        let v = x_at(row, k);
        sum.x += v * v;
        sum.y += v * memory[SUMS_AT + t * W4 + k / 4u][k % 4u] * weight(record, NORM_AT, k);
      }
    }
    memory[T_AT + e] = sum;
  }
  workgroupBarrier();
  for (var e = lane; e < count * W; e += THREADS) {
    let t = e / W;
    let k = e % W;
    var sum = vec4f();
    for (var i = 0u; i < 8u; i++) { sum += memory[T_AT + t * 8u + i]; }
    let scale = 1.0 / sqrt(sum.x / f32(W) + params.eps);
    let pull = sum.y / f32(W) * scale * scale;
    let row = natural_row(start, count, t);
    let v = x_at(row, k);
    let dtoken = memory[SUMS_AT + t * W4 + k / 4u][k % 4u];
    if (stored(5u)) { set_p(row, k, dtoken * v * scale); }
    var value = scale * (dtoken * weight(record, NORM_AT, k) - v * pull);
    if (params.residual != 0u) { value += dy_at(row, k); }
    set_dresult(row, k, value);
  }
}
