// mamba-block: a whole Mamba block over one short segment a workgroup:
//   tokens = rms-norm(x); (x', z) = tokens·Win; u = silu(conv(x')); (step, B, C) = u·Wx; delta = step·Wdt + bias;
//   y = scan(u, delta, A, B, C, D)·silu(z); result = y·Wout + x
// Nothing leaves the workgroup but the result and what something outside reads. With `reversed` the block reads its segment from
// the end; what it stores beside the result then lies in that order.
//! paste mamba-segment
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
// Bits of `stores`: tokens, projected, u, selection, delta, y.

// x', later u, later y·gate, as quads of rows. z waits in `projected`: with less than 16 KiB of workgroup memory, an H100 runs three
// workgroups on a multiprocessor.
const P_AT = 0u;
const LINE = D;
// Tokens as quads of rows, later the selection, [row, S4].
const T_AT = D * QUADS;
var<workgroup> memory: array<vec4f, T_AT + QUADS * max(W, 4u * S4)>;
var<workgroup> squares: array<f32, ROWS * 8u>;
var<workgroup> scales: array<f32, ROWS>;

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
  project_back(start, count, quads, record, lane);
}

fn load_tokens(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  for (var e = lane; e < W * quads; e += THREADS) {
    let k = e % W;
    let quad = e / W;
    var value: vec4f;
    //@each i 4
    value[{i}] = x_at(natural_row(start, count, min(quad * 4u + {i}u, count - 1u)), k);
    //@end
    memory[T_AT + e] = select(vec4f(), value, inside(count, quad));
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
  const wide = 2u * D4;
  var rows: array<vec4f, 4u * OWN>;
  multiply(&rows, T_AT, W, record + IN_AT, wide, W, quads, lane);
  join_splits(&rows, wide, lane);
  if (has_columns(wide, lane)) {
    let first = first_column(wide, lane);
    //@each j OWN
    let q = {j}u * HALVES + lane / 128u;
    //@each e 4
    if ({e}u < columns_each(wide) && q < quads) {
      let value = rows[4u * {j}u + {e}u];
      if (first < D) {
        memory[P_AT + q * LINE + first + {e}u] = value;
      }
      if (first >= D || stored(1u)) {
        //@each i 4
        if (q * 4u + {i}u < count) { set_projected(start + q * 4u + {i}u, first + {e}u, value[{i}]); }
        //@end
      }
    }
    //@end
    //@end
  }
  storageBarrier();
  workgroupBarrier();
}

// In place, after all have read: each half of the threads has its own quads of a channel.
fn convolve(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  for (var channel0 = 0u; channel0 < D; channel0 += 128u) {
    let real = channel0 + lane % 128u < D;
    let channel = min(channel0 + lane % 128u, D - 1u);
    var taps: array<f32, TAPS>;
    //@each j TAPS
    taps[{j}] = weights_quad(record + CONV_AT + channel * TAPS4 + {j}u / 4u)[{j}u % 4u];
    //@end
    let bias = weight(record, CONV_BIAS_AT, channel);
    var values: array<vec4f, OWN>;
    //@each j OWN
    let q = min({j}u * HALVES + lane / 128u, quads - 1u);
    let before = select(vec4f(), memory[P_AT + (max(q, 1u) - 1u) * LINE + channel], q > 0u);
    let sum = convolved(before, memory[P_AT + q * LINE + channel], taps, bias);
    values[{j}] = vec4f(silu(sum.x), silu(sum.y), silu(sum.z), silu(sum.w));
    //@end
    workgroupBarrier();
    //@each j OWN
    let q = {j}u * HALVES + lane / 128u;
    if (real && q < quads) {
      memory[P_AT + q * LINE + channel] = values[{j}];
      if (stored(2u)) {
        //@each i 4
        if (q * 4u + {i}u < count) { set_u(start + q * 4u + {i}u, channel, values[{j}][{i}]); }
        //@end
      }
    }
    //@end
  }
  workgroupBarrier();
}

fn select_inputs(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  var rows: array<vec4f, 4u * OWN>;
  multiply(&rows, P_AT, LINE, record + SELECT_AT, S4, D, quads, lane);
  join_splits(&rows, S4, lane);
  if (has_columns(S4, lane)) {
    let first = first_column(S4, lane);
    //@each j OWN
    let q = {j}u * HALVES + lane / 128u;
    //@each e 4
    if ({e}u < columns_each(S4) && q < quads) {
      let c = first + {e}u;
      let value = rows[4u * {j}u + {e}u];
      let asked = true_column(c);
      //@each i 4
      let t = q * 4u + {i}u;
      memory[T_AT + t * S4 + c / 4u][c % 4u] = value[{i}];
      if (stored(3u) && t < count && asked != NOWHERE) { set_selection(start + t, asked, value[{i}]); }
      //@end
    }
    //@end
    //@end
  }
  workgroupBarrier();
}

fn scan(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  let share = lane % 4u;
  for (var channel0 = 0u; channel0 < D; channel0 += SPAN) {
    let real = channel0 + lane / 4u < D;
    let channel = min(channel0 + lane / 4u, D - 1u);
    var h: array<vec4f, PER4>;
    var a: array<vec4f, PER4>;
    var step_weight: array<vec4f, RANK4>;
    //@each p PER4
    h[{p}] = vec4f();
    a[{p}] = weights_quad(record + DECAY_AT + channel * N4 + {p}u * 4u + share);
    //@end
    for (var k = 0u; k < RANK4; k++) { step_weight[k] = weights_quad(record + STEP_AT + channel * RANK4 + k); }
    let bias = weight(record, STEP_BIAS_AT, channel);
    let skip = weight(record, SKIP_AT, channel);
    for (var q = 0u; q < quads; q++) {
      let t = q * 4u + share;
      let gate = projected_at(start + min(t, count - 1u), D + channel);
      let x = memory[P_AT + q * LINE + channel][share];
      var raw = bias;
      for (var k = 0u; k < RANK4; k++) { raw += dot(step_weight[k], memory[T_AT + t * S4 + k]); }
      let step = softplus(raw);
      let steps = quad_values(step, lane);
      let drives = quad_values(step * x, lane);
      var part = vec4f();
      //@each i 4
      let at = T_AT + (q * 4u + {i}u) * S4 + RANK4 + share;
      //@each p PER4
      h[{p}] = exp2(steps[{i}] * a[{p}]) * h[{p}] + drives[{i}] * memory[at + {p}u * 4u];
      part[{i}] += dot(h[{p}], memory[at + N4 + {p}u * 4u]);
      //@end
      //@end
      let y = (quad_sum(part, lane) + skip * x) * silu(gate);
      if (real) {
        memory[P_AT + q * LINE + channel][share] = y;
        if (t < count) {
          if (stored(4u)) { set_delta(start + t, channel, raw); }
          if (stored(5u)) { set_y(start + t, channel, y); }
        }
      }
    }
  }
  workgroupBarrier();
}

fn project_back(start: u32, count: u32, quads: u32, record: u32, lane: u32) {
  var rows: array<vec4f, 4u * OWN>;
  multiply(&rows, P_AT, LINE, record + OUT_AT, W4, D, quads, lane);
  join_splits(&rows, W4, lane);
  if (!has_columns(W4, lane)) { return; }
  let first = first_column(W4, lane);
  //@each j OWN
  let q = {j}u * HALVES + lane / 128u;
  //@each e 4
  if ({e}u < columns_each(W4) && q < quads) {
    let value = rows[4u * {j}u + {e}u];
    //@each i 4
    if (q * 4u + {i}u < count) {
      let row = natural_row(start, count, q * 4u + {i}u);
      set_result(row, first + {e}u, x_at(row, first + {e}u) + value[{i}]);
    }
    //@end
  }
  //@end
  //@end
}
