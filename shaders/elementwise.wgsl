// elementwise: a straight-line program at every point of [rows, columns].
// The generator (engine/tensor/webgpu/elementwise-code.ts) declares one `in` per input and one `out` per result, and
// replaces the last line of main by loads, instructions and stores. Inputs read with a broadcast: full [rows, columns],
// row [G, columns], column [rows, 1], scalar [1, 1].
//! include math
//! uniform rows
//! uniform columns
//! uniform group_rows

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.y * grid.x + group.x) * 256u + lane;
  if (i >= params.rows * params.columns) { return; }
  let row = i / params.columns;
  let column = i % params.columns;
  let block = row / params.group_rows;
  //@program
}
