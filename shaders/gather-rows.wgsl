// gather-rows: y[m, :] = scale · Σ_j x[indices[j], :], j from starts[m] to starts[m+1]-1; without starts, of row indices[m].
//! in x
//! out y [M, N]
//! index indices
//! index starts
//! points
//! uniform rows
//! uniform columns
//! uniform scale: f32
//! constant RAGGED

alias Value = f32;

fn compute(row: u32, column: u32) -> Value {
  if (RAGGED == 0u) { return params.scale * x_at(indices_at(row), column); }
  var sum = 0.0;
  let end = starts_at(row + 1u);
  for (var j = starts_at(row); j < end; j++) { sum += x_at(indices_at(j), column); }
  return params.scale * sum;
}

fn store(row: u32, column: u32, value: Value) {
  set_y(row, column, value);
}
