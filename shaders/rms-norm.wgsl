// rms-norm: y = x / sqrt(mean(x²) + eps) · weight, by rows. 32 threads a row, 8 rows a workgroup.
//! in x [G·M, C]
//! in weight [G, C]
//! out y [G·M, C]
//! uniform rows
//! uniform columns
//! uniform group_rows
//! uniform eps: f32

var<workgroup> partial: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = (group.y * grid.x + group.x) * 8u + lane / 32u;
  let valid = row < params.rows;
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
  if (!valid) { return; }
  let scale = 1.0 / sqrt(partial[lane - lane % 32u] / f32(params.columns) + params.eps);
  let g = row / params.group_rows;
  for (var c = lane % 32u; c < params.columns; c += 32u) { set_y(row, c, x_at(row, c) * scale * weight_at(g, c)); }
}
