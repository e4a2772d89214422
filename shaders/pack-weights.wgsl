// pack-weights: brings a weight into the packed copy that the Mamba block kernels read (mamba-weights.wgsl): for each group
// [rows, columns] at `place` of a record, transposed if asked, padded with zeros up to [rows, padded].
//! in x
//! out y                 packed, flat
//! points
//! uniform rows          groups · rows of a group
//! uniform columns       padded columns
//! uniform group_rows
//! uniform filled_rows   rows and columns that exist
//! uniform filled
//! uniform x_group_rows  rows of a group of x, and the first of them
//! uniform x_first
//! uniform place
//! uniform line          elements from one row of a record to the next
//! uniform record        elements from one group's record to the next
//! uniform transposed
//! uniform decay         1: -exp(x)·log2(e) instead of x

alias Value = f32;

fn compute(row: u32, column: u32) -> Value {
  let g = row / params.group_rows;
  let r = row % params.group_rows;
  if (r >= params.filled_rows || column >= params.filled) { return 0.0; }
  let base = g * params.x_group_rows + params.x_first;
  var value = 0.0;
  if (params.transposed != 0u) { value = x_at(base + column, r); } else { value = x_at(base + r, column); }
  return select(value, -1.4426950408889634 * exp(value), params.decay != 0u);
}

fn store(row: u32, column: u32, value: Value) {
  let g = row / params.group_rows;
  set_y_flat(g * params.record + params.place + (row % params.group_rows) * params.line + column, value);
}
