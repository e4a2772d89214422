// copy: y = x, both [rows, columns], either strided.
//! in x [rows, columns]
//! out y [rows, columns]
//! points
//! uniform rows
//! uniform columns

alias Value = f32;

fn compute(row: u32, column: u32) -> Value {
  return x_at(row, column);
}

fn store(row: u32, column: u32, value: Value) {
  set_y(row, column, value);
}
