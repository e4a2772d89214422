// rms-norm-backward: with s = 1 / sqrt(mean(x²) + eps):
//   dx = s·(weight·dy − x·s²·mean(weight·dy·x)),   p = dy·x·s   (its column sum is the gradient of weight)
// 32 threads a row, 8 rows a workgroup.
//! in x [G·M, C]
//! in weight [G, C]
//! in dy [G·M, C]
//! in residual? [G·M, C]   added to dx
//! out dx? [G·M, C]
//! out p? [G·M, C]
//! rows
//! uniform rows
//! uniform columns
//! uniform group_rows
//! uniform eps: f32

var<workgroup> squares: array<f32, 256>;
var<workgroup> products: array<f32, 256>;

// Rows first to first + 7, as far as they are before end.
fn row_block(first: u32, end: u32, lane: u32) {
  let row = first + lane / 32u;
  let valid = row < end;
  let g = row / params.group_rows;
  var square = 0.0;
  var product = 0.0;
  if (valid) {
    for (var c = lane % 32u; c < params.columns; c += 32u) {
      let v = x_at(row, c);
      square += v * v;
      product += v * dy_at(row, c) * weight_at(g, c);
    }
  }
  squares[lane] = square;
  products[lane] = product;
  for (var width = 16u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane % 32u < width) {
      squares[lane] += squares[lane + width];
      products[lane] += products[lane + width];
    }
  }
  workgroupBarrier();
  if (valid) {
    let head = lane - lane % 32u;
    let scale = 1.0 / sqrt(squares[head] / f32(params.columns) + params.eps);
    let pull = products[head] / f32(params.columns) * scale * scale;
    for (var c = lane % 32u; c < params.columns; c += 32u) {
      let v = x_at(row, c);
      let d = dy_at(row, c);
      set_dx(row, c, scale * (d * weight_at(g, c) - v * pull) + residual_at(row, c));
      set_p(row, c, d * v * scale);
    }
  }
  workgroupBarrier();
}
