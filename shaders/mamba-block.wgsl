// mamba-block: a whole Mamba block over one short segment a workgroup:
//   tokens = rms-norm(x); (x', z) = tokens·Win; u = silu(conv(x')); (step, B, C) = u·Wx; delta = step·Wdt + bias;
//   y = scan(u, delta, A, B, C, D)·silu(z); result = y·Wout + x
// Segments have at most 4·QUADS rows. Nothing leaves the workgroup but the result and what something outside reads. With
// `reversed` the block reads its segment from the end; what it stores beside the result then lies in that order.
//! blocks THREADS
//! include math
//! paste mamba-weights
//! paste mamba-product
//! in x [R, W]
//! quads weights          packed
//! out tokens [R, W]
//! out projected [R, 2·D]  x' where it is stored, z always
//! out u [R, D]
//! out selection [R, RANK + 2·N]
//! out delta [R, D]
//! out y [R, D]
//! out result [R, W]
//! index segments
//! uniform group_rows
//! uniform reversed
//! uniform stores         bits: tokens, projected, u, selection, delta, y are written
//! uniform eps: f32
//! constant W             a multiple of 4
//! constant D             a multiple of 4
//! constant N
//! constant RANK
//! constant TAPS
//! constant QUADS
//! constant THREADS       128 or 256
//! constant OWN       quads of a half of the threads, at most
//! constant SHARES        threads of a channel in the scan: 1 or 2
//! constant PER4          vec4s of states of each

// x', later u, later y·gate, as quads of rows. z waits in `projected`: with less than 24 KiB of workgroup memory, an H100 runs two
// workgroups on a multiprocessor.
const P_AT = 0u;
const LINE = D;
const SCRATCH_AT = D * QUADS;
// Tokens as quads of rows, later the selection, [row, S4].
const T_AT = SCRATCH_AT + SCRATCH;
// Channels that are scanned at once.
const CHANNELS = min(D, THREADS / SHARES);
var<workgroup> memory: array<vec4f, T_AT + QUADS * max(W, 4u * S4)>;
var<workgroup> squares: array<f32, ROWS * 8u>;
var<workgroup> scales: array<f32, ROWS>;

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

  load_tokens(start, count, quads, record, lane);
  project(start, count, quads, record, lane);
  convolve(start, count, quads, record, lane);
  select_inputs(start, count, quads, record, lane);
  scan(start, count, quads, record, lane);

  var rows = product(P_AT, LINE, record + OUT_AT, W4, D, quads, lane);
  for (var q = 0u; q < quads; q++) {
    share_quad(&rows, SCRATCH_AT, q, lane);
    for (var e = lane; e < 4u * W4; e += THREADS) {
      let i = e / W4;
      let t = q * 4u + i;
      if (t < count) {
        let value = shared_row(SCRATCH_AT, W4, i, e % W4);
        let row = natural_row(start, count, t);
        for (var j = 0u; j < 4u; j++) { set_result(row, (e % W4) * 4u + j, x_at(row, (e % W4) * 4u + j) + value[j]); }
      }
    }
    workgroupBarrier();
  }
}

fn load_tokens(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  for (var e = lane; e < W * quads; e += THREADS) {
    let k = e % W;
    let quad = e / W;
    var value = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if (quad * 4u + i < count) { value[i] = x_at(natural_row(start, count, quad * 4u + i), k); }
    }
    memory[T_AT + e] = value;
  }
  workgroupBarrier();
  // Eight threads a row.
  for (var e = lane; e < quads * 32u; e += THREADS) {
    let row = e / 8u;
    var sum = 0.0;
    for (var k = e % 8u; k < W; k += 8u) {
      let v = memory[T_AT + (row / 4u) * W + k][row % 4u];
      sum += v * v;
    }
    squares[e] = sum;
  }
  workgroupBarrier();
  if (lane < quads * 4u) {
    var square = 0.0;
    for (var p = 0u; p < 8u; p++) { square += squares[lane * 8u + p]; }
    scales[lane] = 1.0 / sqrt(square / f32(W) + params.eps);
  }
  workgroupBarrier();
  for (var e = lane; e < W * quads; e += THREADS) {
    let k = e % W;
    let quad = e / W;
    var value = memory[T_AT + e] * weight(record, NORM_AT, k);
    for (var i = 0u; i < 4u; i++) {
      let t = quad * 4u + i;
      value[i] *= scales[t];
      if (stored(0u) && t < count) { set_tokens(start + t, k, value[i]); }
    }
    memory[T_AT + e] = value;
  }
  workgroupBarrier();
}

fn project(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  var rows = product(T_AT, W, record + IN_AT, 2u * D4, W, quads, lane);
  for (var q = 0u; q < quads; q++) {
    share_quad(&rows, SCRATCH_AT, q, lane);
    if (lane < 2u * D4) {
      let column = lane;
      let columns = shared_columns(SCRATCH_AT, 2u * D4, column);
      //@each j 4
      if (column < D4) {
        memory[P_AT + q * LINE + column * 4u + {j}u] = columns[{j}];
      } else {
        //@each i 4
        if (q * 4u + {i}u < count) { set_projected(start + q * 4u + {i}u, column * 4u + {j}u, columns[{j}][{i}]); }
        //@end
      }
      //@end
    }
    workgroupBarrier();
  }
  storageBarrier();
}

// In place: a thread has a channel to itself.
fn convolve(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  for (var channel = lane; channel < D; channel += THREADS) {
    var taps: array<f32, TAPS>;
    var window: array<f32, TAPS>;
    for (var j = 0u; j < TAPS; j++) {
      taps[j] = weights_quad(record + CONV_AT + channel * TAPS4 + j / 4u)[j % 4u];
      window[j] = 0.0;
    }
    let bias = weight(record, CONV_BIAS_AT, channel);
    for (var q = 0u; q < quads; q++) {
      let x = memory[P_AT + q * LINE + channel];
      var value = vec4f();
      for (var i = 0u; i < 4u; i++) {
        if (stored(1u) && q * 4u + i < count) { set_projected(start + q * 4u + i, channel, x[i]); }
        for (var j = 0u; j + 1u < TAPS; j++) { window[j] = window[j + 1u]; }
        window[TAPS - 1u] = x[i];
        var sum = bias;
        for (var j = 0u; j < TAPS; j++) { sum += taps[j] * window[j]; }
        value[i] = silu(sum);
        if (stored(2u) && q * 4u + i < count) { set_u(start + q * 4u + i, channel, value[i]); }
      }
      memory[P_AT + q * LINE + channel] = value;
    }
  }
  workgroupBarrier();
}

fn select_inputs(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  var rows = product(P_AT, LINE, record + SELECT_AT, S4, D, quads, lane);
  for (var q = 0u; q < quads; q++) {
    share_quad(&rows, SCRATCH_AT, q, lane);
    for (var e = lane; e < 4u * S4; e += THREADS) {
      let i = e / S4;
      let t = q * 4u + i;
      if (t < 4u * quads) {
        let value = shared_row(SCRATCH_AT, S4, i, e % S4);
        memory[T_AT + t * S4 + e % S4] = value;
        if (stored(3u) && t < count) {
          for (var j = 0u; j < 4u; j++) {
            let c = true_column((e % S4) * 4u + j);
            if (c != NOWHERE) { set_selection(start + t, c, value[j]); }
          }
        }
      }
    }
    workgroupBarrier();
  }
}

fn scan(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  for (var channel0 = 0u; channel0 < D; channel0 += CHANNELS) {
    let share = lane / CHANNELS;
    let channel = min(channel0 + lane % CHANNELS, D - 1u);
    let real = share < SHARES && channel0 + lane % CHANNELS < D;
    let states = min(share, SHARES - 1u) * PER4;
    var h: array<vec4f, PER4>;
    var a: array<vec4f, PER4>;
    var step_weight: array<vec4f, RANK4>;
    //@each p PER4
    a[{p}] = weights_quad(record + DECAY_AT + channel * N4 + states + {p}u);
    //@end
    for (var k = 0u; k < RANK4; k++) { step_weight[k] = weights_quad(record + STEP_AT + channel * RANK4 + k); }
    let bias = weight(record, STEP_BIAS_AT, channel);
    let skip = weight(record, SKIP_AT, channel);
    for (var q = 0u; q < quads; q++) {
      let x = memory[P_AT + q * LINE + channel];
      var gate: vec4f;
      //@each i 4
      gate[{i}] = projected_at(start + min(q * 4u + {i}u, count - 1u), D + channel);
      //@end
      var y = vec4f();
      var raw = vec4f(bias);
      //@each i 4
      let at = T_AT + (q * 4u + {i}u) * S4;
      for (var k = 0u; k < RANK4; k++) { raw[{i}] += dot(step_weight[k], memory[at + k]); }
      let step = softplus(raw[{i}]);
      let driven = step * x[{i}];
      //@each p PER4
      h[{p}] = exp2(step * a[{p}]) * h[{p}] + driven * memory[at + RANK4 + states + {p}u];
      y[{i}] += dot(h[{p}], memory[at + RANK4 + N4 + states + {p}u]);
      //@end
      //@end
      // The other share's part; two places in turn, so that one barrier a quad is enough.
      if (SHARES > 1u) {
        if (share == 1u) { memory[SCRATCH_AT + (q % 2u) * CHANNELS + lane % CHANNELS] = y; }
        workgroupBarrier();
        if (share == 0u) { y += memory[SCRATCH_AT + (q % 2u) * CHANNELS + lane]; }
      }
      if (real && share == 0u) {
        y = (y + skip * x) * vec4f(silu(gate.x), silu(gate.y), silu(gate.z), silu(gate.w));
        for (var i = 0u; i < 4u; i++) {
          let t = q * 4u + i;
          if (t < count) {
            if (stored(4u)) { set_delta(start + t, channel, raw[i]); }
            if (stored(5u)) { set_y(start + t, channel, y[i]); }
          }
        }
        memory[P_AT + q * LINE + channel] = y;
      }
    }
  }
  workgroupBarrier();
}
