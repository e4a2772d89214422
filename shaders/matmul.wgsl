// matmul: C[g] = f(op(A[g]) · op(B[g]) + bias[g]); m, n, k are per group.
// VARIANT 0 nt: A [G·m, k], B [G·n, k]; 1 nn: A [G·m, k], B [G·k, n]; 2 tn: A [G·k, m], B [G·k, n]. C [G·m, n].
// A workgroup of 16 × 16 threads makes a tile of 16·SM rows × 16·SN columns, a thread SM × SN of its elements.
// With SPLITS > 1 the k range is cut: C is then a partial [SPLITS, G·m·n] that reduce.wgsl sums, in a fixed order.
//! blocks 256
//! include math
//! in a
//! in b
//! in bias? [G, n]
//! out c
//! uniform groups
//! uniform m
//! uniform n
//! uniform k
//! uniform splits
//! uniform split_length
//! constant VARIANT
//! constant ACTIVATION
//! constant SM
//! constant SN

const DEPTH = 16u;
const TM = 16u * SM;
const TN = 16u * SN;
var<workgroup> tile_a: array<f32, DEPTH * (TM + 4u)>;
var<workgroup> tile_b: array<f32, DEPTH * (TN + 4u)>;

fn run_block(index: u32, lane: u32) {
  let tiles_m = (params.m + TM - 1u) / TM;
  let tiles_n = (params.n + TN - 1u) / TN;
  var block = index;
  let tile_n = block % tiles_n;
  block /= tiles_n;
  let tile_m = block % tiles_m;
  block /= tiles_m;
  let g = block % params.groups;
  let split = block / params.groups;
  if (split >= params.splits) { return; }
  let k_start = split * params.split_length;
  let k_end = min(k_start + params.split_length, params.k);
  let row0 = tile_m * TM;
  let column0 = tile_n * TN;
  let ty = lane / 16u;
  let tx = lane % 16u;

  var sum: array<f32, SM * SN>;
  for (var k0 = k_start; k0 < k_end; k0 += DEPTH) {
    // Neighbouring lanes read neighbouring addresses: along k for row-major operands read across, along rows otherwise.
    for (var e = lane; e < DEPTH * TM; e += 256u) {
      var kk: u32;
      var r: u32;
      if (VARIANT == 2u) { kk = e / TM; r = e % TM; } else { kk = e % DEPTH; r = e / DEPTH; }
      var value = 0.0;
      if (k0 + kk < k_end && row0 + r < params.m) {
        if (VARIANT == 2u) { value = a_at(g * params.k + k0 + kk, row0 + r); } else { value = a_at(g * params.m + row0 + r, k0 + kk); }
      }
      tile_a[kk * (TM + 4u) + r] = value;
    }
    for (var e = lane; e < DEPTH * TN; e += 256u) {
      var kk: u32;
      var c: u32;
      if (VARIANT == 0u) { kk = e % DEPTH; c = e / DEPTH; } else { kk = e / TN; c = e % TN; }
      var value = 0.0;
      if (k0 + kk < k_end && column0 + c < params.n) {
        if (VARIANT == 0u) { value = b_at(g * params.n + column0 + c, k0 + kk); } else { value = b_at(g * params.k + k0 + kk, column0 + c); }
      }
      tile_b[kk * (TN + 4u) + c] = value;
    }
    workgroupBarrier();
    for (var kk = 0u; kk < DEPTH; kk++) {
      var ra: array<f32, SM>;
      var rb: array<f32, SN>;
      for (var i = 0u; i < SM; i++) { ra[i] = tile_a[kk * (TM + 4u) + ty * SM + i]; }
      for (var j = 0u; j < SN; j++) { rb[j] = tile_b[kk * (TN + 4u) + tx * SN + j]; }
      for (var i = 0u; i < SM; i++) {
        for (var j = 0u; j < SN; j++) { sum[i * SN + j] = fma(ra[i], rb[j], sum[i * SN + j]); }
      }
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < SM; i++) {
    let r = row0 + ty * SM + i;
    if (r >= params.m) { continue; }
    for (var j = 0u; j < SN; j++) {
      let c = column0 + tx * SN + j;
      if (c >= params.n) { continue; }
      if (params.splits > 1u) {
        set_c_flat(((split * params.groups + g) * params.m + r) * params.n + c, sum[i * SN + j]);
      } else {
        set_c(g * params.m + r, c, activate(ACTIVATION, sum[i * SN + j] + bias_at(g, c)));
      }
    }
  }
}
