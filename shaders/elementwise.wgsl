// elementwise: a straight-line program at every point of [rows, columns].
// The generator (engine/tensor/webgpu/elementwise-code.ts) declares one `in` per input and one `out` per result, and
// replaces the last line of main by loads, instructions and stores. Inputs read with a broadcast: full [rows, columns],
// row [G, columns], column [rows, 1], scalar [1, 1].
//! include math
//! points
//! uniform rows
//! uniform columns
//! uniform group_rows

fn point(row: u32, column: u32) {
  let block = row / params.group_rows;
  //@program
}
