// stage-mamba: a whole Mamba block over short segments, one after another, without leaving the workgroup:
//   tokens = rms-norm(x); (x', z) = tokens·Win; u = silu(conv(x')); (step, B, C) = u·Wx; delta = step·Wdt + bias;
//   y = scan(u, delta, A, B, C, D)·silu(z); out = y·Wout + x
// The norm with the residual is optional; intermediates are written where something outside reads them. A range is a segment of at
// most 4·QUADS rows. Products keep a column a thread, all rows of the segment in registers, the other operand in workgroup
// memory as quads of rows: tile[quad·D + k]. Narrow products are cut along k among threads and joined in a fixed order.
//! include math
//! ranges
//! in x [R, W]
//! in norm [G, W]
//! in w_in [G·W, 2·D]      weights come in transposed, all in one buffer
//! in conv_weight [G·D, TAPS]
//! in conv_bias [G, D]
//! in w_x [G·D, RANK + 2·N]
//! in w_dt [G·RANK, D]
//! in dt_bias [G, D]
//! in a_log [G·D, N]
//! in d [G, D]
//! in w_out [G·D, W]
//! out tokens [R, W]
//! out projected [R, 2·D]
//! out u [R, D]
//! out selection [R, RANK + 2·N]
//! out delta [R, D]
//! out y [R, D]
//! out result [R, W]
//! uniform group_rows
//! uniform normed         1: with norm and residual
//! uniform stores         bits: tokens, projected, u, selection, delta, y are written
//! uniform eps: f32
//! constant W
//! constant D          16, 32, 64 or 128
//! constant N
//! constant RANK
//! constant TAPS
//! constant QUADS

const ROWS = 4u * QUADS;
const S = RANK + 2u * N;
// Threads of a channel in the scan, and states of each.
const SHARES = 256u / D;
const PER = (N + SHARES - 1u) / SHARES;
// Pieces of the tile: A holds tokens, then partial sums, then y; U holds u, then partial sums; Z the gate.
const A_AT = 0u;
const U_AT = (256u - D) * QUADS;
const Z_AT = U_AT + 128u * QUADS;
var<workgroup> tile: array<vec4f, Z_AT + D * QUADS>;
var<workgroup> selected: array<f32, ROWS * S>;
var<workgroup> sums: array<f32, ROWS * 8u>;

// Threads that a product gives to its columns: the power of two that holds them.
fn slots_of(columns: u32) -> u32 {
  var slots = 1u;
  while (slots < columns) { slots *= 2u; }
  return slots;
}

// One column of tile[source…]·weights for this thread's share of k.
fn product(source: u32, weights: u32, stride: u32, depth: u32, columns: u32, slots: u32, lane: u32) -> array<vec4f, QUADS> {
  var sum: array<vec4f, QUADS>;
  for (var q = 0u; q < QUADS; q++) { sum[q] = vec4f(); }
  let splits = 256u / slots;
  let column = min(lane % slots, columns - 1u);
  let share = (depth + splits - 1u) / splits;
  let start = (lane / slots) * share;
  let end = min(start + share, depth);
  for (var k = start; k < end; k += 8u) {
    var b: array<f32, 8>;
    for (var i = 0u; i < 8u; i++) {
      b[i] = select(0.0, w_in_flat(weights + min(k + i, depth - 1u) * stride + column), k + i < end);
    }
    for (var i = 0u; i < 8u; i++) {
      let at = source + min(k + i, depth - 1u);
      for (var q = 0u; q < QUADS; q++) { sum[q] += tile[at + q * D] * b[i]; }
    }
  }
  return sum;
}

// Joins the shares of k: afterwards the first `slots` threads hold the whole sums.
fn join_shares(sum: ptr<function, array<vec4f, QUADS>>, scratch: u32, slots: u32, lane: u32) {
  let share = lane / slots;
  for (var half = 128u / slots; half > 0u; half /= 2u) {
    if (share >= half && share < 2u * half) {
      for (var q = 0u; q < QUADS; q++) { tile[scratch + q * 128u + lane - half * slots] = (*sum)[q]; }
    }
    workgroupBarrier();
    if (share < half) {
      for (var q = 0u; q < QUADS; q++) { (*sum)[q] += tile[scratch + q * 128u + lane]; }
    }
    workgroupBarrier();
  }
}

fn run(lane: u32) {
  for (var r = 0u; r < range_count(); r++) {
    let start = range_start(r);
    let count = range_end(r) - start;
    if (count == 0u) { continue; }
    segment(start, count, start / params.group_rows, lane);
  }
}

fn segment(start: u32, count: u32, g: u32, lane: u32) {
  load_tokens(start, count, g, lane);

  // In-projection; its first D columns go through the convolution, the others are the gate.
  let in_slots = slots_of(2u * D);
  var sum = product(A_AT, g * W * params.w_in_stride, params.w_in_stride, W, 2u * D, in_slots, lane);
  workgroupBarrier();
  join_shares(&sum, A_AT, in_slots, lane);
  if (lane < 2u * D) {
    if ((params.stores & 2u) != 0u) {
      for (var t = 0u; t < ROWS; t++) { if (t < count) { set_projected(start + t, lane, sum[t / 4u][t % 4u]); } }
    }
    if (lane < D) {
      convolve(&sum, start, count, g, lane);
    } else {
      for (var q = 0u; q < QUADS; q++) {
        let v = sum[q];
        tile[Z_AT + q * D + lane - D] = vec4f(silu(v.x), silu(v.y), silu(v.z), silu(v.w));
      }
    }
  }
  workgroupBarrier();

  // Step, B and C.
  let x_slots = slots_of(S);
  sum = product(U_AT, params.w_x_offset - params.w_in_offset + g * D * params.w_x_stride, params.w_x_stride, D, S, x_slots, lane);
  join_shares(&sum, A_AT, x_slots, lane);
  if (lane < S) {
    for (var t = 0u; t < ROWS; t++) {
      selected[t * S + lane] = sum[t / 4u][t % 4u];
      if ((params.stores & 8u) != 0u && t < count) { set_selection(start + t, lane, sum[t / 4u][t % 4u]); }
    }
  }
  workgroupBarrier();

  scan(start, count, g, lane);

  // Out-projection and residual.
  let out_slots = slots_of(W);
  sum = product(A_AT, params.w_out_offset - params.w_in_offset + g * D * params.w_out_stride, params.w_out_stride, D, W, out_slots, lane);
  join_shares(&sum, U_AT, out_slots, lane);
  if (lane < W) {
    for (var t = 0u; t < ROWS; t++) {
      if (t < count) {
        var value = sum[t / 4u][t % 4u];
        if (params.normed != 0u) { value += x_at(start + t, lane); }
        set_result(start + t, lane, value);
      }
    }
  }
  workgroupBarrier();
}

fn load_tokens(start: u32, count: u32, g: u32, lane: u32) {
  for (var e = lane; e < W * QUADS; e += 256u) {
    let k = e % W;
    let quad = e / W;
    var value = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if (quad * 4u + i < count) { value[i] = x_at(start + quad * 4u + i, k); }
    }
    tile[A_AT + quad * D + k] = value;
  }
  workgroupBarrier();
  if (params.normed != 0u) {
    // Eight threads a row.
    for (var e = lane; e < ROWS * 8u; e += 256u) {
      let row = e / 8u;
      var sum = 0.0;
      for (var k = e % 8u; k < W; k += 8u) {
        let v = tile[A_AT + (row / 4u) * D + k][row % 4u];
        sum += v * v;
      }
      sums[e] = sum;
    }
    workgroupBarrier();
    for (var e = lane; e < W * QUADS; e += 256u) {
      let k = e % W;
      let quad = e / W;
      var value = tile[A_AT + quad * D + k] * norm_at(g, k);
      for (var i = 0u; i < 4u; i++) {
        var square = 0.0;
        for (var p = 0u; p < 8u; p++) { square += sums[(quad * 4u + i) * 8u + p]; }
        value[i] /= sqrt(square / f32(W) + params.eps);
        if ((params.stores & 1u) != 0u && quad * 4u + i < count) { set_tokens(start + quad * 4u + i, k, value[i]); }
      }
      tile[A_AT + quad * D + k] = value;
    }
    workgroupBarrier();
  }
}

fn convolve(x: ptr<function, array<vec4f, QUADS>>, start: u32, count: u32, g: u32, channel: u32) {
  var weight: array<f32, TAPS>;
  var window: array<f32, TAPS>;
  for (var j = 0u; j < TAPS; j++) {
    weight[j] = conv_weight_at(g * D + channel, j);
    window[j] = 0.0;
  }
  let bias = conv_bias_at(g, channel);
  for (var q = 0u; q < QUADS; q++) {
    var value = vec4f();
    for (var i = 0u; i < 4u; i++) {
      for (var j = 0u; j + 1u < TAPS; j++) { window[j] = window[j + 1u]; }
      window[TAPS - 1u] = (*x)[q][i];
      var sum = bias;
      for (var j = 0u; j < TAPS; j++) { sum += weight[j] * window[j]; }
      value[i] = silu(sum);
      if ((params.stores & 4u) != 0u && q * 4u + i < count) { set_u(start + q * 4u + i, channel, value[i]); }
    }
    tile[U_AT + q * D + channel] = value;
  }
}

fn scan(start: u32, count: u32, g: u32, lane: u32) {
  let channel = lane % D;
  let share = lane / D;
  let weight_row = g * D + channel;
  var h: array<f32, PER>;
  var a: array<f32, PER>;
  for (var p = 0u; p < PER; p++) {
    let n = share * PER + p;
    h[p] = 0.0;
    // States beyond N decay at once and take nothing in.
    a[p] = -exp(a_log_at(weight_row, min(n, N - 1u)));
  }
  var step_weight: array<f32, RANK>;
  for (var k = 0u; k < RANK; k++) { step_weight[k] = w_dt_at(g * RANK + k, channel); }
  let step_bias = dt_bias_at(g, channel);
  var y: array<vec4f, QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    let x = tile[U_AT + q * D + channel];
    y[q] = vec4f();
    for (var i = 0u; i < 4u; i++) {
      let t = q * 4u + i;
      if (t < count) {
        let at = t * S;
        var raw = step_bias;
        for (var k = 0u; k < RANK; k++) { raw += step_weight[k] * selected[at + k]; }
        if ((params.stores & 16u) != 0u && share == 0u) { set_delta(start + t, channel, raw); }
        let step = softplus(raw);
        let driven = step * x[i];
        var sum = 0.0;
        for (var p = 0u; p < PER; p++) {
          let n = share * PER + p;
          if (n < N) {
            h[p] = exp(step * a[p]) * h[p] + driven * selected[at + RANK + n];
            sum += h[p] * selected[at + RANK + N + n];
          }
        }
        y[q][i] = sum;
      }
    }
  }
  if (share > 0u) {
    for (var q = 0u; q < QUADS; q++) { tile[A_AT + ((share - 1u) * QUADS + q) * D + channel] = y[q]; }
  }
  workgroupBarrier();
  if (share == 0u) {
    let skip = d_at(g, channel);
    for (var q = 0u; q < QUADS; q++) {
      var value = y[q] + skip * tile[U_AT + q * D + channel];
      for (var s = 1u; s < SHARES; s++) { value += tile[A_AT + ((s - 1u) * QUADS + q) * D + channel]; }
      y[q] = value * tile[Z_AT + q * D + channel];
    }
  }
  workgroupBarrier();
  if (share == 0u) {
    for (var q = 0u; q < QUADS; q++) {
      tile[A_AT + q * D + channel] = y[q];
      for (var i = 0u; i < 4u; i++) {
        if ((params.stores & 32u) != 0u && q * 4u + i < count) { set_y(start + q * 4u + i, channel, y[q][i]); }
      }
    }
  }
  workgroupBarrier();
}
