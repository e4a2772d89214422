// stage-import: copies weights into the arena, where the kernels of a stage read them; y = x or, transposed by blocks,
// y[g·C + c, r] = x[g·R + r, c] (block_rows R, columns C).
//! points
//! in x [G·R, C]
//! out y
//! uniform rows
//! uniform columns
//! uniform block_rows
//! constant TRANSPOSE

alias Value = f32;

fn compute(row: u32, column: u32) -> Value {
  if (TRANSPOSE == 0u) { return x_at(row, column); }
  // rows, columns are those of y: consecutive threads write consecutive addresses.
  let block = row / params.block_rows;
  return x_at(block * params.columns + column, row % params.block_rows);
}

fn store(row: u32, column: u32, value: Value) {
  set_y(row, column, value);
}
