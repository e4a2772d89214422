// attention-backward, first pass: dq, and for each row and head the log of the softmax's denominator and Σ_j p_j (dy·v_j).
//! blocks 64
//! in q [R, H·E]
//! in k [R, H·E]
//! in v [R, H·E]
//! in dy [R, H·E]
//! out dq? [R, H·E]
//! out statistics [R·H, 2]
//! index first_row
//! index end_row
//! uniform rows
//! uniform heads
//! uniform scale: f32
//! constant E

fn run_block(block: u32, lane: u32) {
  let i = block * 64u + lane;
  if (i >= params.rows * params.heads) { return; }
  let row = i / params.heads;
  let column = (i % params.heads) * E;
  var query: array<f32, E>;
  var gradient: array<f32, E>;
  for (var e = 0u; e < E; e++) {
    query[e] = q_at(row, column + e) * params.scale;
    gradient[e] = dy_at(row, column + e);
  }
  let start = first_row_at(row);
  let end = end_row_at(row);
  var high = -3.0e38;
  var total = 0.0;
  var mean = 0.0;
  for (var j = start; j < end; j++) {
    var score = 0.0;
    var value = 0.0;
    for (var e = 0u; e < E; e++) {
      score += query[e] * k_at(j, column + e);
      value += gradient[e] * v_at(j, column + e);
    }
    let next = max(high, score);
    let shrink = exp(max(high - next, -87.0));
    let p = exp(score - next);
    total = total * shrink + p;
    mean = mean * shrink + p * value;
    high = next;
  }
  mean /= total;
  let level = high + log(total);
  set_statistics_flat(2u * i, level);
  set_statistics_flat(2u * i + 1u, mean);
  var sum: array<f32, E>;
  for (var j = start; j < end; j++) {
    var score = 0.0;
    var value = 0.0;
    for (var e = 0u; e < E; e++) {
      score += query[e] * k_at(j, column + e);
      value += gradient[e] * v_at(j, column + e);
    }
    let pull = exp(score - level) * (value - mean) * params.scale;
    for (var e = 0u; e < E; e++) { sum[e] += pull * k_at(j, column + e); }
  }
  for (var e = 0u; e < E; e++) { set_dq(row, column + e, sum[e]); }
}
