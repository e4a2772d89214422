// elementwise: a straight-line program at every point of [rows, columns].
// The generator (engine/tensor/webgpu/elementwise-code.ts) declares one `in` per input and one `out` per result, and
// replaces the marked lines by loads and instructions, and by stores. Inputs read with a broadcast: full [rows, columns],
// row [G, columns], column [rows, 1], scalar [1, 1].
//! include math
//! points
//! uniform rows
//! uniform columns
//! uniform group_rows
//! constant OUTPUTS

alias Value = array<f32, OUTPUTS>;

fn compute(row: u32, column: u32) -> Value {
  let block = row / params.group_rows;
  //@program
}

fn store(row: u32, column: u32, value: Value) {
  //@stores
}
