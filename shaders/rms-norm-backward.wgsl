// rms-norm-backward: with s = 1 / sqrt(mean(x²) + eps):
//   dx = s·(weight·dy − x·s²·mean(weight·dy·x)),   p = dy·x·s   (its column sum is the gradient of weight)
// 8 threads a row, 32 rows a workgroup.
//! rows
//! in x [G·M, C]
//! in weight [G, C]
//! in dy [G·M, C]
//! out dx? [G·M, C]
//! out p? [G·M, C]
//! uniform rows
//! uniform columns
//! uniform group_rows
//! uniform eps: f32

var<workgroup> squares: array<f32, 256>;
var<workgroup> products: array<f32, 256>;

// Rows first to first + 31, as far as they are before end.
fn row_block(first: u32, end: u32, lane: u32) {
  let row = first + lane / 8u;
  let part = lane % 8u;
  let g = row / params.group_rows;
  var square = 0.0;
  var product = 0.0;
  if (row < end) {
    for (var c = part; c < params.columns; c += 8u) {
      let v = x_at(row, c);
      square += v * v;
      product += v * dy_at(row, c) * weight_at(g, c);
    }
  }
  squares[lane] = square;
  products[lane] = product;
  workgroupBarrier();
  if (row < end) {
    square = 0.0;
    product = 0.0;
    for (var p = 0u; p < 8u; p++) {
      square += squares[lane - part + p];
      product += products[lane - part + p];
    }
    let scale = 1.0 / sqrt(square / f32(params.columns) + params.eps);
    let pull = product / f32(params.columns) * scale * scale;
    for (var c = part; c < params.columns; c += 8u) {
      let v = x_at(row, c);
      let d = dy_at(row, c);
      set_dx(row, c, scale * (d * weight_at(g, c) - v * pull));
      set_p(row, c, d * v * scale);
    }
  }
  workgroupBarrier();
}
