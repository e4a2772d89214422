// selective-scan-chunk: what one chunk adds to the state that leaves it, when nothing enters it.
// REVERSE 0: state = h at its last row. REVERSE 1: state = the adjoint that leaves its first row for the row before,
// λ = exp(Δ_t·A)·(λ + C_t·dy_t·gate_t) from the last row to the first; `x` is then dy, `b` is C.
// total = ΣΔ, so that a state that enters is multiplied by exp(A·total).
//! blocks 64
//! include math
//! in x [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in z? [R, D]
//! out state [chunks, D·N]
//! out total [chunks, D]
//! index chunks       first row of each chunk
//! uniform columns
//! uniform group_rows
//! constant N
//! constant REVERSE

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
  for (var n = 0u; n < N; n++) { a[n] = -exp(a_log_at(g * params.columns + channel, n)); }
  var total = 0.0;
  for (var i = 0u; i < end - start; i++) {
    let t = select(start + i, end - 1u - i, REVERSE == 1u);
    let step = softplus(delta_at(t, channel));
    total += step;
    var x = x_at(t, channel);
    if (REVERSE == 1u && has_z) { x *= silu(z_at(t, channel)); }
    for (var n = 0u; n < N; n++) {
      let decay = exp(step * a[n]);
      if (REVERSE == 1u) { h[n] = decay * (h[n] + x * b_at(t, n)); } else { h[n] = decay * h[n] + step * x * b_at(t, n); }
    }
  }
  for (var n = 0u; n < N; n++) { set_state_flat((chunk * params.columns + channel) * N + n, h[n]); }
  set_total_flat(chunk * params.columns + channel, total);
}
