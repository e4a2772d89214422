// stage-narrow-matmul: C[g] = f(A[g] · B[g] + bias[g]) where k or n is a few: a thread makes one element.
// A [G·m, k], B [G·k, n] (weights of `nt` products come in transposed), C [G·m, n].
//! include math
//! points
//! in a [G·m, k]
//! in b [G·k, n]
//! in bias? [G, n]
//! out c [G·m, n]
//! uniform rows
//! uniform columns
//! uniform m
//! uniform k
//! constant ACTIVATION

alias Value = f32;

fn compute(row: u32, column: u32) -> Value {
  let g = row / params.m;
  let b_row = g * params.k;
  var sum = bias_at(g, column);
  var rest = vec4f();
  let whole = params.k - params.k % 4u;
  for (var k = 0u; k < whole; k += 4u) {
    let a = vec4f(a_at(row, k), a_at(row, k + 1u), a_at(row, k + 2u), a_at(row, k + 3u));
    let b = vec4f(b_at(b_row + k, column), b_at(b_row + k + 1u, column), b_at(b_row + k + 2u, column), b_at(b_row + k + 3u, column));
    rest += a * b;
  }
  for (var k = whole; k < params.k; k++) { sum += a_at(row, k) * b_at(b_row + k, column); }
  return activate(ACTIVATION, sum + (rest.x + rest.y) + (rest.z + rest.w));
}

fn store(row: u32, column: u32, value: Value) {
  set_c(row, column, value);
}
