// causal-conv: y[t,d] = f(bias[d] + Σ_j weight[d,j] · x[t-(K-1)+j, d]) within the token's segment. A thread an element.
//! include math
//! in x [R, D]
//! in weight [G·D, K]
//! in bias [G, D]
//! out y [R, D]
//! index first_row    row where the segment of each row starts
//! points
//! uniform rows
//! uniform columns
//! uniform group_rows
//! constant WIDTH
//! constant SILU

alias Value = f32;

fn compute(t: u32, d: u32) -> Value {
  let g = t / params.group_rows;
  let first = first_row_at(t);
  var sum = bias_at(g, d);
  for (var j = 0u; j < WIDTH; j++) {
    if (t + j >= first + WIDTH - 1u) { sum += weight_at(g * params.columns + d, j) * x_at(t + j - (WIDTH - 1u), d); }
  }
  if (SILU == 1u) { sum = silu(sum); }
  return sum;
}

fn store(t: u32, d: u32, value: Value) {
  set_y(t, d, value);
}
