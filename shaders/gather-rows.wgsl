// gather-rows: y[m, :] = scale · Σ_j x[indices[j], :], j from starts[m] to starts[m+1]-1; without starts, of row indices[m].
//! in x
//! out y [M, N]
//! index indices
//! index starts
//! uniform rows
//! uniform columns
//! uniform scale: f32
//! constant RAGGED

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * grid.x + group.x) * 256u + lane;
  if (i >= params.rows * params.columns) { return; }
  let row = i / params.columns;
  let column = i % params.columns;
  if (RAGGED == 0u) {
    set_y(row, column, params.scale * x_at(indices_at(row), column));
    return;
  }
  var sum = 0.0;
  let end = starts_at(row + 1u);
  for (var j = starts_at(row); j < end; j++) { sum += x_at(indices_at(j), column); }
  set_y(row, column, params.scale * sum);
}
