// matmul: C[g] = f(op(A[g]) · op(B[g]) + bias[g]); m, n, k are per group.
// VARIANT 0 nt: A [G·m, k], B [G·n, k]; 1 nn: A [G·m, k], B [G·k, n]; 2 tn: A [G·k, m], B [G·k, n]. C [G·m, n].
// A workgroup of 16 × 16 threads makes a tile of 64·QM rows × 64·QN columns; a thread makes QM × QN squares of 4 × 4, which
// lie 64 apart. Both operands wait in workgroup memory as quads along m and n, 16 steps of k at a time; a quad of padding
// spreads them over the banks.
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
//! constant QM
//! constant QN

const DEPTH = 16u;
const LINE_A = 16u * QM + 1u;
const LINE_B = 16u * QN + 1u;
var<workgroup> tile_a: array<vec4f, DEPTH * LINE_A>;
var<workgroup> tile_b: array<vec4f, DEPTH * LINE_B>;

// Four elements of op(A) along m at step k, from row r0 of the group; zeros outside.
fn quad_a(g: u32, k: u32, k_end: u32, r0: u32) -> vec4f {
  var value = vec4f();
  if (k < k_end) {
    for (var i = 0u; i < 4u; i++) {
      if (r0 + i < params.m) {
        if (VARIANT == 2u) { value[i] = a_at(g * params.k + k, r0 + i); } else { value[i] = a_at(g * params.m + r0 + i, k); }
      }
    }
  }
  return value;
}

fn quad_b(g: u32, k: u32, k_end: u32, c0: u32) -> vec4f {
  var value = vec4f();
  if (k < k_end) {
    for (var i = 0u; i < 4u; i++) {
      if (c0 + i < params.n) {
        if (VARIANT == 0u) { value[i] = b_at(g * params.n + c0 + i, k); } else { value[i] = b_at(g * params.k + k, c0 + i); }
      }
    }
  }
  return value;
}

fn run_block(index: u32, lane: u32) {
  let tiles_m = (params.m + 64u * QM - 1u) / (64u * QM);
  let tiles_n = (params.n + 64u * QN - 1u) / (64u * QN);
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
  let row0 = tile_m * 64u * QM;
  let column0 = tile_n * 64u * QN;
  let ty = lane / 16u;
  let tx = lane % 16u;

  var sum: array<vec4f, 4u * QM * QN>;
  for (var i = 0u; i < 4u * QM * QN; i++) { sum[i] = vec4f(); }
  for (var k0 = k_start; k0 < k_end; k0 += DEPTH) {
    // Neighbouring threads read neighbouring addresses: along k where rows run along k, else along m or n.
    for (var q = 0u; q < QM; q++) {
      var kk = lane % DEPTH;
      var line = lane / DEPTH;
      if (VARIANT == 2u) { kk = lane / 16u; line = lane % 16u; }
      tile_a[kk * LINE_A + q * 16u + line] = quad_a(g, k0 + kk, k_end, row0 + q * 64u + line * 4u);
    }
    for (var q = 0u; q < QN; q++) {
      var kk = lane / 16u;
      var line = lane % 16u;
      if (VARIANT == 0u) { kk = lane % DEPTH; line = lane / DEPTH; }
      tile_b[kk * LINE_B + q * 16u + line] = quad_b(g, k0 + kk, k_end, column0 + q * 64u + line * 4u);
    }
    workgroupBarrier();
    for (var kk = 0u; kk < DEPTH; kk++) {
      var rb: array<vec4f, QN>;
      for (var j = 0u; j < QN; j++) { rb[j] = tile_b[kk * LINE_B + j * 16u + tx]; }
      for (var i = 0u; i < QM; i++) {
        let ra = tile_a[kk * LINE_A + i * 16u + ty];
        for (var j = 0u; j < QN; j++) {
          sum[(i * 4u + 0u) * QN + j] += ra.x * rb[j];
          sum[(i * 4u + 1u) * QN + j] += ra.y * rb[j];
          sum[(i * 4u + 2u) * QN + j] += ra.z * rb[j];
          sum[(i * 4u + 3u) * QN + j] += ra.w * rb[j];
        }
      }
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 4u * QM; i++) {
    let r = row0 + (i / 4u) * 64u + ty * 4u + i % 4u;
    if (r < params.m) {
      for (var j = 0u; j < QN; j++) {
        for (var e = 0u; e < 4u; e++) {
          let c = column0 + j * 64u + tx * 4u + e;
          if (c < params.n) {
            let value = sum[i * QN + j][e];
            if (params.splits > 1u) {
              set_c_flat(((split * params.groups + g) * params.m + r) * params.n + c, value);
            } else {
              set_c(g * params.m + r, c, activate(ACTIVATION, value + bias_at(g, c)));
            }
          }
        }
      }
    }
  }
}
