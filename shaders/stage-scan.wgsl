// stage-scan: the selective scan (selective-scan.wgsl) over the segments of one part; a range is a segment. A thread takes
// one channel of one segment and keeps its N states in registers.
//! include math
//! ranges
//! in u [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in c [R, N]
//! in d [G, D]
//! in z? [R, D]
//! out y [R, D]
//! uniform columns
//! uniform group_rows
//! constant N

fn run(lane: u32) {
  for (var item = lane; item < range_count() * params.columns; item += 256u) {
    let channel = item % params.columns;
    let start = range_start(item / params.columns);
    let end = range_end(item / params.columns);
    let g = start / params.group_rows;
    var h: array<f32, N>;
    var a: array<f32, N>;
    for (var n = 0u; n < N; n++) {
      a[n] = -exp(a_log_at(g * params.columns + channel, n));
      h[n] = 0.0;
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
}
