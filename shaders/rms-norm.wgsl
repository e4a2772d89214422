// rms-norm: y = x / sqrt(mean(x²) + eps) · weight, by rows. 8 threads a row, 32 rows a workgroup.
//! rows
//! in x [G·M, C]
//! in weight [G, C]
//! out y [G·M, C]
//! uniform rows
//! uniform columns
//! uniform group_rows
//! uniform eps: f32

var<workgroup> partial: array<f32, 256>;

// Rows first to first + 31, as far as they are before end.
fn row_block(first: u32, end: u32, lane: u32) {
  let row = first + lane / 8u;
  let part = lane % 8u;
  var sum = 0.0;
  if (row < end) {
    for (var c = part; c < params.columns; c += 8u) {
      let v = x_at(row, c);
      sum += v * v;
    }
  }
  partial[lane] = sum;
  workgroupBarrier();
  if (row < end) {
    sum = 0.0;
    for (var p = 0u; p < 8u; p++) { sum += partial[lane - part + p]; }
    let scale = 1.0 / sqrt(sum / f32(params.columns) + params.eps);
    let g = row / params.group_rows;
    for (var c = part; c < params.columns; c += 8u) { set_y(row, c, x_at(row, c) * scale * weight_at(g, c)); }
  }
  workgroupBarrier();
}
