// clip-scale: y = min(1, maxNorm / ‖g‖₂) of a flat gradient; 0 if any element is not finite.
// FINAL 0: part[p] = sum of squares of one run, or -1 if an element is not finite. FINAL 1: one workgroup joins the parts.
//! blocks 256
//! in g          flat [length] | parts [length]
//! out y [1, parts] | [1, 1]
//! uniform length
//! uniform columns
//! uniform part_length
//! uniform max_norm: f32
//! constant FINAL

var<workgroup> sums: array<f32, 256>;
var<workgroup> bad: array<u32, 256>;

fn run_block(block: u32, lane: u32) {
  let start = block * params.part_length;
  let end = min(start + params.part_length, params.length);
  var sum = 0.0;
  var broken = 0u;
  for (var i = start + lane; i < end; i += 256u) {
    let v = g_at(i / params.columns, i % params.columns);
    if (FINAL == 1u) {
      if (v < 0.0) { broken = 1u; }
      sum += v;
    } else {
      // Bits, because a shader compiler may assume that no value is infinite or NaN.
      if ((bitcast<u32>(v) & 0x7f800000u) == 0x7f800000u) { broken = 1u; }
      sum += v * v;
    }
  }
  sums[lane] = sum;
  bad[lane] = broken;
  for (var width = 128u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane < width) {
      sums[lane] += sums[lane + width];
      bad[lane] |= bad[lane + width];
    }
  }
  if (lane == 0u) {
    let total = sums[0];
    let fine = bad[0] == 0u && (bitcast<u32>(total) & 0x7f800000u) != 0x7f800000u;
    if (FINAL == 1u) {
      set_y_flat(0u, select(0.0, min(1.0, params.max_norm / max(sqrt(max(total, 0.0)), 1e-30)), fine));
    } else {
      set_y_flat(block, select(-1.0, total, fine));
    }
  }
}
