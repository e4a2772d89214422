// selective-scan-backward. A thread takes one channel of one chunk: forward once, keeping the states of the chunk (LENGTH
// rows at most), then from its last row to its first with λ, the gradient of the state. A workgroup of CHANNELS threads
// sums db and dc over its channels; sums over blocks of channels (db, dc) and over chunks (a_log, d) are second passes.
//! blocks CHANNELS
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
//! out db_part [blocks, R·N]
//! out dc_part [blocks, R·N]
//! out da_part [chunks, D·N]
//! out dd_part [chunks, D]
//! index chunks       first row of each chunk
//! uniform rows
//! uniform columns
//! uniform group_rows
//! constant N
//! constant LENGTH
//! constant CHANNELS

var<workgroup> shared_b: array<f32, CHANNELS * N>;
var<workgroup> shared_c: array<f32, CHANNELS * N>;

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + CHANNELS - 1u) / CHANNELS;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let active_channel = (block % blocks) * CHANNELS + lane < params.columns;
  // Threads past the last channel go along with channel 0, for the barriers, and add nothing.
  let channel = select(0u, (block % blocks) * CHANNELS + lane, active_channel);
  let start = chunks_at(chunk);
  let count = chunks_at(chunk + 1u) - start;
  let g = start / params.group_rows;
  let base = (chunk * params.columns + channel) * N;
  var a: array<f32, N>;
  var h: array<f32, N>;
  var carry: array<f32, N>;
  var da: array<f32, N>;
  var history: array<f32, LENGTH * N>;
  for (var n = 0u; n < N; n++) {
    a[n] = -exp(a_log_at(g * params.columns + channel, n));
    h[n] = initial_flat(base + n);
    carry[n] = adjoint_flat(base + n);
  }
  for (var i = 0u; i < count; i++) {
    let t = start + i;
    let step = softplus(delta_at(t, channel));
    let x = u_at(t, channel);
    for (var n = 0u; n < N; n++) {
      history[i * N + n] = h[n];
      h[n] = exp(step * a[n]) * h[n] + step * x * b_at(t, n);
    }
  }
  let skip = d_at(g, channel);
  var dd = 0.0;
  for (var k = 0u; k < count; k++) {
    let i = count - 1u - k;
    let t = start + i;
    let raw = delta_at(t, channel);
    let step = softplus(raw);
    let x = u_at(t, channel);
    var dout = dy_at(t, channel);
    let z = z_at(t, channel);
    var gate_slope = 0.0;
    if (has_z) {
      let s = sigmoid(z);
      gate_slope = dout * silu_slope(z, s);
      dout *= z * s;
    }
    var out = skip * x;
    var dx = 0.0;
    var dstep = 0.0;
    for (var n = 0u; n < N; n++) {
      let decay = exp(step * a[n]);
      let before = history[i * N + n];
      let bn = b_at(t, n);
      let cn = c_at(t, n);
      let now = decay * before + step * x * bn;
      let lambda = carry[n] + cn * dout;
      out += cn * now;
      dx += lambda * bn;
      let pull = lambda * decay * before * a[n];
      dstep += lambda * bn * x + pull;
      da[n] += pull * step;
      carry[n] = decay * lambda;
      shared_b[lane * N + n] = select(0.0, lambda * step * x, active_channel);
      shared_c[lane * N + n] = select(0.0, dout * now, active_channel);
    }
    if (active_channel) {
      set_du(t, channel, dx * step + dout * skip);
      set_ddelta(t, channel, dstep * sigmoid(raw));
      set_dz(t, channel, gate_slope * out);
    }
    dd += dout * x;
    workgroupBarrier();
    for (var e = lane; e < 2u * N; e += CHANNELS) {
      var sum = 0.0;
      let out_index = ((block % blocks) * params.rows + t) * N;
      if (e < N) {
        for (var p = 0u; p < CHANNELS; p++) { sum += shared_b[p * N + e]; }
        set_db_part_flat(out_index + e, sum);
      } else {
        for (var p = 0u; p < CHANNELS; p++) { sum += shared_c[p * N + e - N]; }
        set_dc_part_flat(out_index + e - N, sum);
      }
    }
    workgroupBarrier();
  }
  if (active_channel) {
    for (var n = 0u; n < N; n++) { set_da_part_flat(base + n, da[n]); }
    set_dd_part_flat(chunk * params.columns + channel, dd);
  }
}
