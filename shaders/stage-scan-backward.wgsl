// stage-scan-backward: gradients of the selective scan (selective-scan-backward.wgsl) over the segments of one part; a
// range is a segment of at most LENGTH rows. A thread takes one channel: forward once, keeping the states, then back.
// db and dc are summed over channels in workgroup memory; da and dd are one row a segment, summed in a later dispatch.
//! include math
//! ranges
//! in u [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in c [R, N]
//! in d [G, D]
//! in z? [R, D]
//! in dy [R, D]
//! out du? [R, D]
//! out ddelta? [R, D]
//! out da_part? [S, D·N]
//! out db? [R, N]
//! out dc? [R, N]
//! out dd_part? [S, D]
//! out dz? [R, D]
//! index segment_of_row
//! uniform columns
//! uniform group_rows
//! constant N
//! constant LENGTH

// 256 threads × 2·N values, four states at a time.
var<workgroup> sums: array<vec4f, 512>;

fn run(lane: u32) {
  for (var r = 0u; r < range_count(); r++) {
    let start = range_start(r);
    let count = range_end(r) - start;
    if (count == 0u) { continue; }
    let g = start / params.group_rows;
    for (var channel0 = 0u; channel0 < params.columns; channel0 += 256u) {
      let real = channel0 + lane < params.columns;
      let channel = select(0u, channel0 + lane, real);
      let skip = d_at(g, channel);
      var dd = 0.0;
      // States go four at a time, so that the history of a segment stays small.
      for (var n0 = 0u; n0 < N; n0 += 4u) {
        var a: vec4f;
        for (var i = 0u; i < 4u; i++) { a[i] = select(0.0, -exp(a_log_at(g * params.columns + channel, min(n0 + i, N - 1u))), n0 + i < N); }
        var history: array<vec4f, LENGTH>;
        var h = vec4f();
        for (var i = 0u; i < count; i++) {
          history[i] = h;
          let step = softplus(delta_at(start + i, channel));
          h = exp(step * a) * h + step * u_at(start + i, channel) * four_b(start + i, n0);
        }
        var carry = vec4f();
        var da = vec4f();
        for (var k = 0u; k < count; k++) {
          let i = count - 1u - k;
          let t = start + i;
          let raw = delta_at(t, channel);
          let step = softplus(raw);
          let x = u_at(t, channel);
          var dout = dy_at(t, channel);
          var gate_slope = 0.0;
          if (has_z) {
            let z = z_at(t, channel);
            let s = sigmoid(z);
            gate_slope = dout * silu_slope(z, s);
            dout *= z * s;
          }
          let decay = exp(step * a);
          let before = history[i];
          let b = four_b(t, n0);
          let c = four_c(t, n0);
          let now = decay * before + step * x * b;
          let lambda = carry + c * dout;
          let pull = lambda * decay * before * a;
          da += pull * step;
          carry = decay * lambda;
          if (real) {
            var dx = dot(lambda, b) * step;
            var dstep = (dot(lambda, b) * x + dot(pull, vec4f(1.0))) * sigmoid(raw);
            var dz = gate_slope * dot(c, now);
            if (n0 == 0u) {
              dx += dout * skip;
              dz += gate_slope * skip * x;
              dd += dout * x;
            } else {
              dx += du_at(t, channel);
              dstep += ddelta_at(t, channel);
              dz += dz_at(t, channel);
            }
            set_du(t, channel, dx);
            set_ddelta(t, channel, dstep);
            set_dz(t, channel, dz);
          }
          sums[lane] = select(vec4f(), lambda * step * x, real);
          sums[lane + 256u] = select(vec4f(), dout * now, real);
          for (var width = 128u; width > 0u; width /= 2u) {
            workgroupBarrier();
            if (lane < width) {
              sums[lane] += sums[lane + width];
              sums[lane + 256u] += sums[lane + 256u + width];
            }
          }
          if (lane < 4u && n0 + lane < N) {
            let more_b = select(db_at(t, n0 + lane), 0.0, channel0 == 0u);
            let more_c = select(dc_at(t, n0 + lane), 0.0, channel0 == 0u);
            set_db(t, n0 + lane, more_b + sums[0][lane]);
            set_dc(t, n0 + lane, more_c + sums[256][lane]);
          }
          workgroupBarrier();
        }
        if (real) {
          for (var i = 0u; i < 4u; i++) {
            if (n0 + i < N) { set_da_part(segment_of_row_at(start), channel * N + n0 + i, da[i]); }
          }
        }
      }
      if (real) { set_dd_part(segment_of_row_at(start), channel, dd); }
    }
  }
}

fn four_b(t: u32, n0: u32) -> vec4f {
  var value: vec4f;
  for (var i = 0u; i < 4u; i++) { value[i] = select(0.0, b_at(t, min(n0 + i, N - 1u)), n0 + i < N); }
  return value;
}

fn four_c(t: u32, n0: u32) -> vec4f {
  var value: vec4f;
  for (var i = 0u; i < 4u; i++) { value[i] = select(0.0, c_at(t, min(n0 + i, N - 1u)), n0 + i < N); }
  return value;
}
