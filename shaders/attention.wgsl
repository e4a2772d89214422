// attention: softmax(q·kᵀ/√E)·v within each segment, by heads. A thread takes one query row and one head and goes over
// the keys once (running maximum and sum).
//! blocks 64
//! in q [R, H·E]
//! in k [R, H·E]
//! in v [R, H·E]
//! out y [R, H·E]
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
  var sum: array<f32, E>;
  for (var e = 0u; e < E; e++) { query[e] = q_at(row, column + e) * params.scale; }
  var high = -3.0e38;
  var total = 0.0;
  let end = end_row_at(row);
  for (var j = first_row_at(row); j < end; j++) {
    var score = 0.0;
    for (var e = 0u; e < E; e++) { score += query[e] * k_at(j, column + e); }
    let next = max(high, score);
    let shrink = exp(max(high - next, -87.0));
    let p = exp(score - next);
    total = total * shrink + p;
    for (var e = 0u; e < E; e++) { sum[e] = sum[e] * shrink + p * v_at(j, column + e); }
    high = next;
  }
  for (var e = 0u; e < E; e++) { set_y(row, column + e, sum[e] / total); }
}
