// reduce: y[g, i] = f(Σ_s x[s, i] + bias) for s from starts[g] to starts[g+1]-1, the second pass of every two-pass sum.
// x is flat [parts, length]; y has rows of `columns`: element i of group g goes to row g·(length / columns) + i / columns.
// 32 elements × 8 parts at a time; the order of the sum is fixed.
//! blocks 256
//! include math
//! in x [parts, length]
//! in bias? [G, columns]
//! out y
//! index starts
//! uniform groups
//! uniform length
//! uniform columns
//! uniform part_stride
//! uniform bias_rows
//! uniform activation

var<workgroup> partial: array<f32, 256>;

fn run_block(block: u32, lane: u32) {
  let blocks = (params.length + 31u) / 32u;
  let g = block / blocks;
  if (g >= params.groups) { return; }
  let i = (block % blocks) * 32u + lane % 32u;
  let end = starts_at(g + 1u);
  var sum = 0.0;
  if (i < params.length) {
    for (var s = starts_at(g) + lane / 32u; s < end; s += 8u) { sum += x_flat(s * params.part_stride + i); }
  }
  partial[lane] = sum;
  workgroupBarrier();
  if (lane < 32u && i < params.length) {
    for (var p = 1u; p < 8u; p++) { sum += partial[lane + 32u * p]; }
    let row = g * (params.length / params.columns) + i / params.columns;
    let column = i % params.columns;
    if (has_bias) { sum += bias_at(row / params.bias_rows, column); }
    set_y(row, column, activate(params.activation, sum));
  }
}
