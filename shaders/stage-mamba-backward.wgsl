// stage-mamba-backward: gradients of a whole Mamba block (stage-mamba.wgsl) over short segments, one after another:
//   dyg = dy·Wout; scan backward → du, ddelta, dB, dC, dz; dstep = ddelta·Wdt; du += (dstep, dB, dC)·Wx;
//   convolution backward → dx'; dtokens = (dx', dz)·Win; with the norm: dresult = dy + rms-norm backward(dtokens).
// Gradients of weights are sums over rows that later dispatches make from the stored factors; those that are sums over
// one segment's rows alone (A, D, convolution) are stored as one row a segment.
//
// Products as in stage-mamba.wgsl. In the scan a thread takes four states of one channel, CHANNELS channels at a time:
// forward keeping the state at every fourth row, then back by fours of rows, recomputing. Rows past the end of the
// segment are read as zeros and add nothing.
//! include math
//! ranges
//! in dy [R, W]
//! in x [R, W]              input of the norm
//! in norm [G, W]
//! in projected [R, 2·D]
//! in u [R, D]
//! in selection [R, S]      step, B, C
//! in delta [R, D]
//! in a_log [G·D, N]
//! in d [G, D]
//! in conv_weight [G·D, TAPS]
//! in conv_bias [G, D]
//! in w_out [G·W, D]        weights as they are, all in one buffer
//! in w_dt [G·D, RANK]
//! in w_x [G·S, D]
//! in w_in [G·2·D, W]
//! out dprojected [R, 2·D]
//! out dselection [R, S]
//! out ddelta [R, D]
//! out da_part [segments, D·N]
//! out dd_part [segments, D]
//! out dweight_part [segments, D·TAPS]
//! out dbias_part [segments, D]
//! out p [R, W]             dtokens·x / rms, whose column sum is the norm's gradient
//! out dresult [R, W]
//! index segment_of_row
//! uniform group_rows
//! uniform normed           1: with norm and residual
//! uniform stores           bits: dselection, ddelta, da_part, dd_part, dweight_part, dbias_part, p are written
//! uniform eps: f32
//! constant W
//! constant D               16, 32, 64 or 128
//! constant N
//! constant RANK
//! constant TAPS
//! constant QUADS
//! constant SHARES          threads of a channel in the scan: a power of two, 4·SHARES >= N

const ROWS = 4u * QUADS;
const S = RANK + 2u * N;
const CHANNELS = 256u / SHARES;
const LD = max(D, S);
// Pieces of the tile: G holds dy·Wout, then du; E holds dy, then ddelta, then factors; X is for exchange; in the end P,
// over E and X, holds dprojected.
const G_AT = 0u;
const E_AT = LD * QUADS;
const X_AT = E_AT + LD * QUADS;
const X_LENGTH = max(1024u, 128u * QUADS);
const P_AT = E_AT;
var<workgroup> tile: array<vec4f, X_AT + X_LENGTH>;
var<workgroup> selected: array<f32, ROWS * S>;
var<workgroup> dselected: array<f32, ROWS * S>;

fn slots_of(columns: u32) -> u32 {
  var slots = 1u;
  while (slots < columns) { slots *= 2u; }
  return slots;
}

// One column of tile[source…]·weights for this thread's share of k; rows of the tile are `ld` apart.
fn product(source: u32, ld: u32, weights: u32, stride: u32, depth: u32, columns: u32, slots: u32, lane: u32) -> array<vec4f, QUADS> {
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
      b[i] = select(0.0, w_in_flat(weights - params.w_in_offset + min(k + i, depth - 1u) * stride + column), k + i < end);
    }
    for (var i = 0u; i < 8u; i++) {
      let at = source + min(k + i, depth - 1u);
      for (var q = 0u; q < QUADS; q++) { sum[q] += tile[at + q * ld] * b[i]; }
    }
  }
  return sum;
}

fn join_shares(sum: ptr<function, array<vec4f, QUADS>>, slots: u32, lane: u32) {
  let share = lane / slots;
  for (var half = 128u / slots; half > 0u; half /= 2u) {
    if (share >= half && share < 2u * half) {
      for (var q = 0u; q < QUADS; q++) { tile[X_AT + q * 128u + lane - half * slots] = (*sum)[q]; }
    }
    workgroupBarrier();
    if (share < half) {
      for (var q = 0u; q < QUADS; q++) { (*sum)[q] += tile[X_AT + q * 128u + lane]; }
    }
    workgroupBarrier();
  }
}

fn stored(bit: u32) -> bool {
  return (params.stores & (1u << bit)) != 0u;
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
  for (var e = lane; e < W * QUADS; e += 256u) {
    let k = e % W;
    let quad = e / W;
    var value = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if (quad * 4u + i < count) { value[i] = dy_at(start + quad * 4u + i, k); }
    }
    tile[E_AT + quad * LD + k] = value;
  }
  for (var e = lane; e < ROWS * S; e += 256u) {
    var value = 0.0;
    if (e / S < count) { value = selection_at(start + e / S, e % S); }
    selected[e] = value;
    dselected[e] = 0.0;
  }
  workgroupBarrier();

  let d_slots = slots_of(D);
  var sum = product(E_AT, LD, params.w_out_offset + g * W * params.w_out_stride, params.w_out_stride, W, D, d_slots, lane);
  join_shares(&sum, d_slots, lane);
  if (lane < D) {
    for (var q = 0u; q < QUADS; q++) { tile[G_AT + q * LD + lane] = sum[q]; }
  }
  workgroupBarrier();

  for (var channel0 = 0u; channel0 < D; channel0 += CHANNELS) { scan(start, count, g, channel0, lane); }

  // Gradient of the step's low-rank factor, from ddelta in E.
  let rank_slots = slots_of(RANK);
  sum = product(E_AT, LD, params.w_dt_offset + g * D * params.w_dt_stride, params.w_dt_stride, D, RANK, rank_slots, lane);
  join_shares(&sum, rank_slots, lane);
  if (lane < RANK) {
    for (var t = 0u; t < ROWS; t++) { dselected[t * S + lane] = sum[t / 4u][t % 4u]; }
  }
  workgroupBarrier();
  for (var e = lane; e < S * QUADS; e += 256u) {
    let k = e % S;
    let quad = e / S;
    var value: vec4f;
    for (var i = 0u; i < 4u; i++) {
      let t = quad * 4u + i;
      value[i] = dselected[t * S + k];
      if (stored(0u) && t < count) { set_dselection(start + t, k, value[i]); }
    }
    tile[E_AT + quad * LD + k] = value;
  }
  workgroupBarrier();
  sum = product(E_AT, LD, params.w_x_offset + g * S * params.w_x_stride, params.w_x_stride, S, D, d_slots, lane);
  join_shares(&sum, d_slots, lane);
  if (lane < D) { convolve(&sum, start, count, g, lane); }
  storageBarrier();
  workgroupBarrier();

  // dz comes back from where the scan stored it.
  for (var e = lane; e < D * QUADS; e += 256u) {
    let k = e % D;
    let quad = e / D;
    var value = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if (quad * 4u + i < count) { value[i] = dprojected_at(start + quad * 4u + i, D + k); }
    }
    tile[P_AT + quad * 2u * D + D + k] = value;
  }
  workgroupBarrier();
  let w_slots = slots_of(W);
  sum = product(P_AT, 2u * D, params.w_in_offset + g * 2u * D * params.w_in_stride, params.w_in_stride, 2u * D, W, w_slots, lane);
  workgroupBarrier();
  join_shares(&sum, w_slots, lane);
  if (params.normed == 0u) {
    if (lane < W) {
      for (var t = 0u; t < ROWS; t++) { if (t < count) { set_dresult(start + t, lane, sum[t / 4u][t % 4u]); } }
    }
  } else {
    if (lane < W) {
      for (var q = 0u; q < QUADS; q++) { tile[E_AT + q * LD + lane] = sum[q]; }
    }
    workgroupBarrier();
    norm_backward(start, count, g, lane);
  }
  workgroupBarrier();
}

// du from G and from the products, through the activation and the convolution, to the first half of dprojected.
fn convolve(from_selection: ptr<function, array<vec4f, QUADS>>, start: u32, count: u32, g: u32, channel: u32) {
  var weight: array<f32, TAPS>;
  var window: array<f32, TAPS>;
  var dweight: array<f32, TAPS>;
  for (var j = 0u; j < TAPS; j++) {
    weight[j] = conv_weight_at(g * D + channel, j);
    window[j] = 0.0;
    dweight[j] = 0.0;
  }
  let bias = conv_bias_at(g, channel);
  var dbias = 0.0;
  var slope: array<vec4f, QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    let du = tile[G_AT + q * LD + channel] + (*from_selection)[q];
    slope[q] = vec4f();
    for (var i = 0u; i < 4u; i++) {
      let t = q * 4u + i;
      if (t < count) {
        for (var j = 0u; j + 1u < TAPS; j++) { window[j] = window[j + 1u]; }
        window[TAPS - 1u] = projected_at(start + t, channel);
        var sum = bias;
        for (var j = 0u; j < TAPS; j++) { sum += weight[j] * window[j]; }
        let value = du[i] * silu_slope(sum, sigmoid(sum));
        slope[q][i] = value;
        for (var j = 0u; j < TAPS; j++) { dweight[j] += value * window[j]; }
        dbias += value;
      }
    }
  }
  for (var j = 0u; j < TAPS; j++) { window[j] = 0.0; } // slopes of the rows after this one
  for (var back = 0u; back < QUADS; back++) {
    let q = QUADS - 1u - back;
    var value = vec4f();
    for (var i = 0u; i < 4u; i++) {
      for (var j = 0u; j + 1u < TAPS; j++) { window[j] = window[j + 1u]; }
      window[TAPS - 1u] = slope[q][3u - i];
      var sum = 0.0;
      for (var j = 0u; j < TAPS; j++) { sum += weight[j] * window[j]; }
      value[3u - i] = sum;
      if (q * 4u + 3u - i < count) { set_dprojected(start + q * 4u + 3u - i, channel, sum); }
    }
    tile[P_AT + q * 2u * D + channel] = value;
  }
  let segment = segment_of_row_at(start);
  if (stored(4u)) {
    for (var j = 0u; j < TAPS; j++) { set_dweight_part(segment, channel * TAPS + j, dweight[j]); }
  }
  if (stored(5u)) { set_dbias_part(segment, channel, dbias); }
}

// Four rows of a column, zeros past the end.
fn quad_of_delta(start: u32, count: u32, quad: u32, channel: u32) -> vec4f {
  var value = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (quad * 4u + i < count) { value[i] = delta_at(start + quad * 4u + i, channel); }
  }
  return value;
}

fn quad_of_u(start: u32, count: u32, quad: u32, channel: u32) -> vec4f {
  var value = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (quad * 4u + i < count) { value[i] = u_at(start + quad * 4u + i, channel); }
  }
  return value;
}

// Steps of four rows; no step, no decay past the end.
fn steps_of(raw: vec4f, count: u32, quad: u32) -> vec4f {
  var value = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (quad * 4u + i < count) { value[i] = softplus(raw[i]); }
  }
  return value;
}

// Four values of B (kind 0) or C (kind 1) at row t, from state n0.
fn four(t: u32, kind: u32, n0: u32) -> vec4f {
  var value = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (n0 + i < N) { value[i] = selected[t * S + RANK + kind * N + n0 + i]; }
  }
  return value;
}

fn scan(start: u32, count: u32, g: u32, channel0: u32, lane: u32) {
  let place = lane % CHANNELS;
  let share = lane / CHANNELS;
  let real = channel0 + place < D;
  let channel = min(channel0 + place, D - 1u);
  let n0 = share * 4u;
  var a = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (n0 + i < N) { a[i] = -exp(a_log_at(g * D + channel, n0 + i)); }
  }

  // Forward: states at every fourth row, and this share's part of the output.
  var h = vec4f();
  var kept: array<vec4f, QUADS>;
  var out: array<vec4f, QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    kept[q] = h;
    let step = steps_of(quad_of_delta(start, count, q, channel), count, q);
    let x = quad_of_u(start, count, q, channel);
    for (var i = 0u; i < 4u; i++) {
      let t = q * 4u + i;
      h = exp(step[i] * a) * h + step[i] * x[i] * four(t, 0u, n0);
      out[q][i] = dot(four(t, 1u, n0), h);
    }
  }
  // dz needs the whole output; G becomes the gradient before the gate.
  for (var q = 0u; q < QUADS; q++) {
    tile[X_AT + lane] = out[q];
    workgroupBarrier();
    if (share == 0u && real) {
      var y = d_at(g, channel) * quad_of_u(start, count, q, channel);
      for (var s = 0u; s < SHARES; s++) { y += tile[X_AT + s * CHANNELS + place]; }
      let dout = tile[G_AT + q * LD + channel];
      var gated = vec4f();
      for (var i = 0u; i < 4u; i++) {
        let t = q * 4u + i;
        if (t < count) {
          let z = projected_at(start + t, D + channel);
          let s = sigmoid(z);
          set_dprojected(start + t, D + channel, dout[i] * y[i] * silu_slope(z, s));
          gated[i] = dout[i] * z * s;
        }
      }
      tile[G_AT + q * LD + channel] = gated;
    }
    workgroupBarrier();
  }

  // Backward, four rows at a time.
  var carry = vec4f();
  var da = vec4f();
  var dd = 0.0;
  for (var back = 0u; back < QUADS; back++) {
    let q = QUADS - 1u - back;
    let raw = quad_of_delta(start, count, q, channel);
    let step = steps_of(raw, count, q);
    let x = quad_of_u(start, count, q, channel);
    let dout = select(vec4f(), tile[G_AT + q * LD + channel], real);
    var decay: array<vec4f, 4>;
    var before: array<vec4f, 4>;
    h = kept[q];
    for (var i = 0u; i < 4u; i++) {
      decay[i] = exp(step[i] * a);
      before[i] = h;
      h = decay[i] * h + step[i] * x[i] * four(q * 4u + i, 0u, n0);
    }
    var dx = vec4f();
    var dstep = vec4f();
    dd += dot(dout, x);
    for (var pair = 0u; pair < 2u; pair++) {
      // Two rows; db and dc of all channels go to the exchange: [share, row, kind] × channels.
      for (var within = 0u; within < 2u; within++) {
        let i = 3u - pair * 2u - within;
        let t = q * 4u + i;
        let b = four(t, 0u, n0);
        let driven = step[i] * x[i];
        let now = decay[i] * before[i] + driven * b;
        let lambda = carry + four(t, 1u, n0) * dout[i];
        let pull = lambda * decay[i] * before[i] * a;
        let along = dot(lambda, b);
        dx[i] = along * step[i];
        dstep[i] = along * x[i] + dot(pull, vec4f(1.0));
        da += pull * step[i];
        carry = decay[i] * lambda;
        let at = X_AT + ((share * 2u + within) * 2u) * CHANNELS + place;
        tile[at] = select(vec4f(), lambda * driven, real);
        tile[at + CHANNELS] = select(vec4f(), dout[i] * now, real);
      }
      workgroupBarrier();
      sum_channels(q * 4u + 3u - pair * 2u, lane);
    }
    tile[X_AT + lane] = dx;
    tile[X_AT + 256u + lane] = dstep;
    workgroupBarrier();
    if (share == 0u && real) {
      var du = d_at(g, channel) * dout;
      var dsteps = vec4f();
      for (var s = 0u; s < SHARES; s++) {
        du += tile[X_AT + s * CHANNELS + place];
        dsteps += tile[X_AT + 256u + s * CHANNELS + place];
      }
      tile[G_AT + q * LD + channel] = du;
      for (var i = 0u; i < 4u; i++) {
        dsteps[i] *= sigmoid(raw[i]);
        if (stored(1u) && q * 4u + i < count) { set_ddelta(start + q * 4u + i, channel, dsteps[i]); }
      }
      tile[E_AT + q * LD + channel] = dsteps;
    }
    workgroupBarrier();
  }
  if (real) {
    let segment = segment_of_row_at(start);
    if (stored(2u)) {
      for (var i = 0u; i < 4u; i++) {
        if (n0 + i < N) { set_da_part(segment, channel * N + n0 + i, da[i]); }
      }
    }
    if (stored(3u) && share == 0u) { set_dd_part(segment, channel, dd); }
  }
}

// Adds the exchange, [share, row, kind] × channels, to dselected: rows t and t - 1.
fn sum_channels(t: u32, lane: u32) {
  const LISTS = SHARES * 4u;
  const READERS = 256u / LISTS;
  let list = lane / READERS;
  let reader = lane % READERS;
  var sum = vec4f();
  for (var c = reader; c < CHANNELS; c += READERS) { sum += tile[X_AT + list * CHANNELS + c]; }
  workgroupBarrier();
  tile[X_AT + lane] = sum;
  workgroupBarrier();
  if (lane < LISTS * 4u) {
    let own = lane / 4u;
    let n = (own / 4u) * 4u + lane % 4u;
    if (n < N) {
      var total = 0.0;
      for (var r = 0u; r < READERS; r++) { total += tile[X_AT + own * READERS + r][lane % 4u]; }
      dselected[(t - (own / 2u) % 2u) * S + RANK + (own % 2u) * N + n] += total;
    }
  }
  workgroupBarrier();
}

fn norm_backward(start: u32, count: u32, g: u32, lane: u32) {
  // Eight threads a row: squares of x and products with the gradient, in the exchange.
  for (var e = lane; e < ROWS * 8u; e += 256u) {
    let row = e / 8u;
    var sum = vec4f();
    if (row < count) {
      for (var k = e % 8u; k < W; k += 8u) {
        let v = x_at(start + row, k);
        sum.x += v * v;
        sum.y += v * tile[E_AT + (row / 4u) * LD + k][row % 4u] * norm_at(g, k);
      }
    }
    tile[X_AT + e] = sum;
  }
  workgroupBarrier();
  for (var e = lane; e < ROWS * W; e += 256u) {
    let row = e / W;
    let k = e % W;
    if (row < count) {
      var sum = vec4f();
      for (var i = 0u; i < 8u; i++) { sum += tile[X_AT + row * 8u + i]; }
      let scale = 1.0 / sqrt(sum.x / f32(W) + params.eps);
      let pull = sum.y / f32(W) * scale * scale;
      let v = x_at(start + row, k);
      let dtoken = tile[E_AT + (row / 4u) * LD + k][row % 4u];
      set_dresult(start + row, k, scale * (dtoken * norm_at(g, k) - v * pull) + dy_at(start + row, k));
      if (stored(6u)) { set_p(start + row, k, dtoken * v * scale); }
    }
  }
}
