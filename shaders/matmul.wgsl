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
//! uniform activation
//! constant VARIANT
//! constant QM
//! constant QN

const DEPTH = 16u;
const LINE_A = 16u * QM + 1u;
const LINE_B = 16u * QN + 1u;
var<workgroup> tile_a: array<vec4f, DEPTH * LINE_A>;
var<workgroup> tile_b: array<vec4f, DEPTH * LINE_B>;

// Four elements of op(A) along m at step k, from row r0 of the group; zeros outside. Loads never wait for a condition.
fn quad_a(g: u32, k: u32, k_end: u32, r0: u32) -> vec4f {
  var value = vec4f();
  let kk = min(k, k_end - 1u);
  for (var i = 0u; i < 4u; i++) {
    let r = min(r0 + i, params.m - 1u);
    if (VARIANT == 2u) { value[i] = a_at(g * params.k + kk, r); } else { value[i] = a_at(g * params.m + r, kk); }
  }
  return select(vec4f(), value, vec4<bool>(k < k_end) & (vec4u(r0) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.m)));
}

fn quad_b(g: u32, k: u32, k_end: u32, c0: u32) -> vec4f {
  var value = vec4f();
  let kk = min(k, k_end - 1u);
  for (var i = 0u; i < 4u; i++) {
    let c = min(c0 + i, params.n - 1u);
    if (VARIANT == 0u) { value[i] = b_at(g * params.n + c, kk); } else { value[i] = b_at(g * params.k + kk, c); }
  }
  return select(vec4f(), value, vec4<bool>(k < k_end) & (vec4u(c0) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.n)));
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
  // Neighbouring threads read neighbouring addresses: along k where rows run along k, else along m or n.
  let k_a = select(lane % DEPTH, lane / 16u, VARIANT == 2u);
  let line_a = select(lane / DEPTH, lane % 16u, VARIANT == 2u);
  let k_b = select(lane / 16u, lane % DEPTH, VARIANT == 0u);
  let line_b = select(lane % 16u, lane / DEPTH, VARIANT == 0u);
  // The next step's quads are on their way while this one is computed.
  var next_a: array<vec4f, QM>;
  var next_b: array<vec4f, QN>;
  for (var q = 0u; q < QM; q++) { next_a[q] = quad_a(g, k_start + k_a, k_end, row0 + q * 64u + line_a * 4u); }
  for (var q = 0u; q < QN; q++) { next_b[q] = quad_b(g, k_start + k_b, k_end, column0 + q * 64u + line_b * 4u); }
  for (var k0 = k_start; k0 < k_end; k0 += DEPTH) {
    for (var q = 0u; q < QM; q++) { tile_a[k_a * LINE_A + q * 16u + line_a] = next_a[q]; }
    for (var q = 0u; q < QN; q++) { tile_b[k_b * LINE_B + q * 16u + line_b] = next_b[q]; }
    if (k0 + DEPTH < k_end) {
      for (var q = 0u; q < QM; q++) { next_a[q] = quad_a(g, k0 + DEPTH + k_a, k_end, row0 + q * 64u + line_a * 4u); }
      for (var q = 0u; q < QN; q++) { next_b[q] = quad_b(g, k0 + DEPTH + k_b, k_end, column0 + q * 64u + line_b * 4u); }
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
              set_c(g * params.m + r, c, activate(params.activation, value + bias_at(g, c)));
            }
          }
        }
      }
    }
  }
}
