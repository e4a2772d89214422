// attention-backward, second pass: dk and dv. A thread takes one key row and one head and goes over the queries.
//! blocks 64
//! in q [R, H·E]
//! in k [R, H·E]
//! in v [R, H·E]
//! in dy [R, H·E]
//! in statistics [R·H, 2]
//! out dk? [R, H·E]
//! out dv? [R, H·E]
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
  let head = i % params.heads;
  let column = head * E;
  var key: array<f32, E>;
  var value: array<f32, E>;
  for (var e = 0u; e < E; e++) {
    key[e] = k_at(row, column + e) * params.scale;
    value[e] = v_at(row, column + e);
  }
  var dkey: array<f32, E>;
  var dvalue: array<f32, E>;
  let end = end_row_at(row);
  for (var j = first_row_at(row); j < end; j++) {
    var score = 0.0;
    var product = 0.0;
    for (var e = 0u; e < E; e++) {
      score += key[e] * q_at(j, column + e);
      product += value[e] * dy_at(j, column + e);
    }
    let s = 2u * (j * params.heads + head);
    let p = exp(score - statistics_flat(s));
    let pull = p * (product - statistics_flat(s + 1u)) * params.scale;
    for (var e = 0u; e < E; e++) {
      dkey[e] += pull * q_at(j, column + e);
      dvalue[e] += p * dy_at(j, column + e);
    }
  }
  for (var e = 0u; e < E; e++) {
    set_dk(row, column + e, dkey[e]);
    set_dv(row, column + e, dvalue[e]);
  }
}
