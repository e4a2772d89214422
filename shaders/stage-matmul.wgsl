// stage-matmul: C[g] = f(A[g] · B[g] + bias[g]) for the rows of one part; A [G·m, k], B [G·k, n], C [G·m, n].
// Weights of `nt` products come in transposed, so that neighbouring threads read neighbouring columns of B.
// 8 warps of 32 threads; a warp makes 16 rows × 64 columns (two columns a thread), A in workgroup memory, k-major. Where
// that leaves warps idle, several share a tile, each with its part of k, and their sums are joined in a fixed order.
//! include math
//! ranges
//! in a [G·m, k]
//! in b [G·k, n]
//! in bias? [G, n]
//! out c [G·m, n]
//! uniform m
//! uniform n
//! uniform k
//! constant ACTIVATION

const DEPTH = 64u;
var<workgroup> tile: array<vec4f, 1024>;
var<workgroup> block_rows: array<vec4u, 8>;

fn run(lane: u32) {
  let warp = lane / 32u;
  let thread = lane % 32u;
  var blocks = 0u;
  for (var r = 0u; r < range_count(); r++) { blocks += (range_end(r) - range_start(r) + 15u) / 16u; }
  let column_tiles = (params.n + 63u) / 64u;
  let columns_at_once = min(column_tiles, 8u);
  let blocks_at_once = min(min(4u, 8u / columns_at_once), max(blocks, 1u));
  let tiles = blocks_at_once * columns_at_once;
  var splits = 1u;
  while (splits * 2u * tiles <= 8u) { splits *= 2u; }
  let mine = warp % tiles;
  let split = warp / tiles;
  let my_block = mine / columns_at_once;

  for (var block0 = 0u; block0 < blocks; block0 += blocks_at_once) {
    // (first row, rows, group) of the blocks of this round.
    if (lane < blocks_at_once) {
      var at = block0 + lane;
      var found = vec4u(0u, 0u, 0u, 0u);
      for (var r = 0u; r < range_count(); r++) {
        let start = range_start(r);
        let here = (range_end(r) - start + 15u) / 16u;
        if (at < here) {
          found = vec4u(start + 16u * at, min(16u, range_end(r) - start - 16u * at), start / params.m, 1u);
          at = 0xffffffu;
        } else if (at != 0xffffffu) {
          at -= here;
        }
      }
      block_rows[lane] = found;
    }
    for (var tile0 = 0u; tile0 < column_tiles; tile0 += columns_at_once) {
      var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
      var s4 = vec4f(); var s5 = vec4f(); var s6 = vec4f(); var s7 = vec4f();
      let column = (tile0 + mine % columns_at_once) * 64u + thread;
      let column0 = min(column, params.n - 1u);
      let column1 = min(column + 32u, params.n - 1u);
      workgroupBarrier();
      let rows = block_rows[my_block];
      let b_row = rows.z * params.k;
      for (var k0 = 0u; k0 < params.k; k0 += DEPTH) {
        let depth = min(DEPTH, params.k - k0);
        let quads = (depth + 3u) / 4u;
        for (var e = lane; e < blocks_at_once * 4u * DEPTH; e += 256u) {
          let kk = e % DEPTH;
          let quad = (e / DEPTH) % 4u;
          let source = block_rows[e / (4u * DEPTH)];
          var value = vec4f();
          if (kk < depth) {
            for (var i = 0u; i < 4u; i++) {
              if (quad * 4u + i < source.y) { value[i] = a_at(source.x + quad * 4u + i, k0 + kk); }
            }
          }
          tile[e] = value;
        }
        workgroupBarrier();
        let share = (quads + splits - 1u) / splits;
        let last = min(quads, (split + 1u) * share) * 4u;
        if (split < splits) {
          for (var kk = split * share * 4u; kk < last; kk += 4u) {
            for (var i = 0u; i < 4u; i++) {
              let row = b_row + min(k0 + kk + i, params.k - 1u);
              let b0 = b_at(row, column0);
              let b1 = b_at(row, column1);
              let base = my_block * 4u * DEPTH + kk + i;
              let a0 = tile[base];
              let a1 = tile[base + DEPTH];
              let a2 = tile[base + 2u * DEPTH];
              let a3 = tile[base + 3u * DEPTH];
              s0 += a0 * b0; s1 += a1 * b0; s2 += a2 * b0; s3 += a3 * b0;
              s4 += a0 * b1; s5 += a1 * b1; s6 += a2 * b1; s7 += a3 * b1;
            }
          }
        }
        workgroupBarrier();
      }
      for (var half = splits / 2u; half > 0u; half /= 2u) {
        if (split >= half && split < 2u * half) {
          let at = ((split - half) * tiles + mine) * 256u + thread;
          tile[at] = s0; tile[at + 32u] = s1; tile[at + 64u] = s2; tile[at + 96u] = s3;
          tile[at + 128u] = s4; tile[at + 160u] = s5; tile[at + 192u] = s6; tile[at + 224u] = s7;
        }
        workgroupBarrier();
        if (split < half) {
          let at = (split * tiles + mine) * 256u + thread;
          s0 += tile[at]; s1 += tile[at + 32u]; s2 += tile[at + 64u]; s3 += tile[at + 96u];
          s4 += tile[at + 128u]; s5 += tile[at + 160u]; s6 += tile[at + 192u]; s7 += tile[at + 224u];
        }
        workgroupBarrier();
      }
      if (split == 0u) {
        if (column < params.n) { store(rows, column, s0, s1, s2, s3); }
        if (column + 32u < params.n) { store(rows, column + 32u, s4, s5, s6, s7); }
      }
    }
    workgroupBarrier();
  }
}

fn store(rows: vec4u, column: u32, q0: vec4f, q1: vec4f, q2: vec4f, q3: vec4f) {
  let bias = bias_at(rows.z, column);
  for (var i = 0u; i < 4u; i++) {
    if (i < rows.y) { set_c(rows.x + i, column, activate(ACTIVATION, q0[i] + bias)); }
    if (i + 4u < rows.y) { set_c(rows.x + i + 4u, column, activate(ACTIVATION, q1[i] + bias)); }
    if (i + 8u < rows.y) { set_c(rows.x + i + 8u, column, activate(ACTIVATION, q2[i] + bias)); }
    if (i + 12u < rows.y) { set_c(rows.x + i + 12u, column, activate(ACTIVATION, q3[i] + bias)); }
  }
}
