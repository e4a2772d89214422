// selective-scan (arXiv 2312.00752, algorithm 2), with Δ = softplus(delta), A = -exp(aLog):
//   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t)·(z ? silu(z_t) : 1)
// A thread takes one channel of one chunk of rows and keeps its N states in registers. A chunk starts from h = 0, or from
// `initial` where segments are cut into several chunks (selective-scan-chunk.wgsl, selective-scan-carry.wgsl).
//! blocks 64
//! include math
//! in u [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in c [R, N]
//! in d [G, D]
//! in z? [R, D]
//! in initial? [chunks, D·N]
//! out y [R, D]
//! index chunks       first row of each chunk
//! uniform columns
//! uniform group_rows
//! constant N

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 63u) / 64u;
  let chunk = block / blocks;
  let channel = (block % blocks) * 64u + lane;
  if (channel >= params.columns || chunk + 1u >= params.chunks_length) { return; }
  let start = chunks_at(chunk);
  let end = chunks_at(chunk + 1u);
  let g = start / params.group_rows;
  var h: array<f32, N>;
  var a: array<f32, N>;
  for (var n = 0u; n < N; n++) {
    a[n] = -exp(a_log_at(g * params.columns + channel, n));
    h[n] = initial_flat((chunk * params.columns + channel) * N + n);
  }
  let skip = d_at(g, channel);
  for (var t = start; t < end; t++) {
    let x = u_at(t, channel);
    let step = softplus(delta_at(t, channel));
    var y = skip * x;
    for (var n = 0u; n < N; n++) {
      h[n] = exp(step * a[n]) * h[n] + step * x * b_at(t, n);
      y += c_at(t, n) * h[n];
    }
    if (has_z) { y *= silu(z_at(t, channel)); }
    set_y(t, channel, y);
  }
}
