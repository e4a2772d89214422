// column-sum, first pass: part[p, g·N + n] = Σ x[row, n] over the p-th run of rows of group g.
// A workgroup sums one run of 32 columns; 8 rows at a time. With one part the result is y [G, N] itself.
//! blocks 256
//! in x [G·M, N]
//! out y [parts, G·N]
//! uniform groups
//! uniform group_rows
//! uniform columns
//! uniform parts
//! uniform part_rows

var<workgroup> partial: array<f32, 256>;

fn run_block(index: u32, lane: u32) {
  var block = index;
  let blocks = (params.columns + 31u) / 32u;
  let column = (block % blocks) * 32u + lane % 32u;
  block /= blocks;
  let g = block % params.groups;
  let part = block / params.groups;
  if (part >= params.parts) { return; }
  let start = part * params.part_rows;
  let end = min(start + params.part_rows, params.group_rows);
  var sum = 0.0;
  if (column < params.columns) {
    for (var r = start + lane / 32u; r < end; r += 8u) { sum += x_at(g * params.group_rows + r, column); }
  }
  partial[lane] = sum;
  workgroupBarrier();
  if (lane < 32u && column < params.columns) {
    for (var p = 1u; p < 8u; p++) { sum += partial[lane + 32u * p]; }
    if (params.parts > 1u) {
      set_y_flat((part * params.groups + g) * params.columns + column, sum);
    } else {
      set_y(g, column, sum);
    }
  }
}
