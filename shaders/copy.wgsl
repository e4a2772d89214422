// copy: y = x, both [rows, columns], either strided.
//! in x [rows, columns]
//! out y [rows, columns]
//! uniform rows
//! uniform columns

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * grid.x + group.x) * 256u + lane;
  if (i >= params.rows * params.columns) { return; }
  let row = i / params.columns;
  let column = i % params.columns;
  set_y(row, column, x_at(row, column));
}
