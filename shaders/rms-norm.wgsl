// rms-norm: y = x / sqrt(mean(x²) + eps) · weight, by rows. 32 threads a row, 8 rows a workgroup.
//! in x [G·M, C]
//! in weight [G, C]
//! out y [G·M, C]
//! rows
//! uniform rows
//! uniform columns
//! uniform group_rows
//! uniform eps: f32

var<workgroup> partial: array<f32, 256>;

// Rows first to first + 7, as far as they are before end.
fn row_block(first: u32, end: u32, lane: u32) {
  let row = first + lane / 32u;
  let valid = row < end;
  var sum = 0.0;
  if (valid) {
    for (var c = lane % 32u; c < params.columns; c += 32u) {
      let v = x_at(row, c);
      sum += v * v;
    }
  }
  partial[lane] = sum;
  for (var width = 16u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane % 32u < width) { partial[lane] += partial[lane + width]; }
  }
  workgroupBarrier();
  if (valid) {
    let scale = 1.0 / sqrt(partial[lane - lane % 32u] / f32(params.columns) + params.eps);
    let g = row / params.group_rows;
    for (var c = lane % 32u; c < params.columns; c += 32u) { set_y(row, c, x_at(row, c) * scale * weight_at(g, c)); }
  }
  workgroupBarrier();
}
