// row-sum: part[p, row] = Σ x[row, column] over the p-th run of columns; LANES threads a row, 256 / LANES rows a workgroup.
// With one part the result is y [M, 1] itself.
//! blocks 256
//! in x [M, N]
//! out y [parts, M]
//! uniform rows
//! uniform columns
//! uniform parts
//! uniform part_columns
//! constant LANES

var<workgroup> partial: array<f32, 256>;

fn run_block(block: u32, lane: u32) {
  let per_block = 256u / LANES;
  let blocks = (params.rows + per_block - 1u) / per_block;
  let row = (block % blocks) * per_block + lane / LANES;
  let part = block / blocks;
  let start = part * params.part_columns;
  let end = min(start + params.part_columns, params.columns);
  var sum = 0.0;
  if (row < params.rows && part < params.parts) {
    for (var c = start + lane % LANES; c < end; c += LANES) { sum += x_at(row, c); }
  }
  partial[lane] = sum;
  for (var width = LANES / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane % LANES < width) { partial[lane] += partial[lane + width]; }
  }
  if (lane % LANES == 0u && row < params.rows && part < params.parts) {
    if (params.parts > 1u) { set_y_flat(part * params.rows + row, partial[lane]); } else { set_y(row, 0u, partial[lane]); }
  }
}
