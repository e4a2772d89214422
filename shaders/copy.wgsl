// copy: y = x, both [rows, columns], either strided.
//! in x [rows, columns]
//! out y [rows, columns]
//! points
//! uniform rows
//! uniform columns

fn point(row: u32, column: u32) {
  set_y(row, column, x_at(row, column));
}
