/**
 * Matrix products in register tiles of 2 rows × 16 columns (4 × 8 and 4 × 4 for what is left of the columns). B is read
 * row by row (k outermost); `nt` packs its transposed weights into panels once a thread and launch, and takes one or two columns
 * that are left as inner products.
 *
 * matmul-rows (nt, nn), words: transposed, groups, m, n, k, activation, a, lda, b, ldb, bias, ldbias, c, ldc,
 *   rowsPerTask, tasksPerGroup. Pointers and row strides in bytes. A task is a run of rows of one group.
 * matmul-columns (tn), words: groups, m, n, k, a, lda, b, ldb, partial, partialStride, rowsPerChunk, chunks.
 *   A task is a fixed run of the reduced rows; it leaves a partial m × n block that `combine` adds up in order.
 */
import * as math from './math';
import { horizontalSums, madd, pointer, storeLanes, word, ZERO } from './vector';

export const ACTIVATION_NONE: i32 = 0;
export const ACTIVATION_RELU: i32 = 1;
export const ACTIVATION_TANH: i32 = 2;
export const ACTIVATION_SILU: i32 = 3;

export function activate(x: v128, activation: i32): v128 {
  if (activation == ACTIVATION_RELU) return f32x4.max(x, ZERO);
  if (activation == ACTIVATION_TANH) return math.tanh(x);
  if (activation == ACTIVATION_SILU) return math.silu(x);
  return x;
}

// @ts-ignore: decorator
@inline
function emit(c: usize, x0: v128, x1: v128, columns: i32, activation: i32): void {
  if (activation != ACTIVATION_NONE) {
    x0 = activate(x0, activation);
    x1 = activate(x1, activation);
  }
  if (columns >= 8) {
    v128.store(c, x0);
    v128.store(c, x1, 16);
  } else {
    storeLanes(c, x0, columns);
    storeLanes(c + 16, x1, columns - 4);
  }
}

/**
 * Adds A·B over `k` steps to a tile of 2 × 16. `rowStep` leads from A's first row to its second, `aStep` and `bStep`
 * along the sum, so that it serves rows of A and columns of A alike. Eight sums, four vectors of B, two broadcasts of A
 * and one product: all 15 registers that V8 hands out. Not unrolled: V8 would put every load of the body first and
 * spill half of them.
 */
// @ts-ignore: decorator
@inline
function wideTile(
  a: usize, rowStep: usize, aStep: usize, b: usize, bStep: usize, k: i32, bias: usize, fresh: bool, activation: i32, c: usize, ldc: usize,
  rows: i32,
): void {
  let c00 = ZERO, c01 = ZERO, c02 = ZERO, c03 = ZERO;
  let c10 = ZERO, c11 = ZERO, c12 = ZERO, c13 = ZERO;
  if (!fresh) {
    c00 = v128.load(c); c01 = v128.load(c, 16); c02 = v128.load(c, 32); c03 = v128.load(c, 48);
    c10 = v128.load(c + ldc); c11 = v128.load(c + ldc, 16); c12 = v128.load(c + ldc, 32); c13 = v128.load(c + ldc, 48);
  } else if (bias) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16); c02 = v128.load(bias, 32); c03 = v128.load(bias, 48);
    c10 = c00; c11 = c01; c12 = c02; c13 = c03;
  }
  for (let i = k; i > 0; i--) {
    const x = v128.load32_splat(a), y = v128.load32_splat(a + rowStep);
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    c00 = madd(x, b0, c00); c10 = madd(y, b0, c10);
    c01 = madd(x, b1, c01); c11 = madd(y, b1, c11);
    c02 = madd(x, b2, c02); c12 = madd(y, b2, c12);
    c03 = madd(x, b3, c03); c13 = madd(y, b3, c13);
    a += aStep;
    b += bStep;
  }
  if (activation != ACTIVATION_NONE) {
    c00 = activate(c00, activation); c01 = activate(c01, activation); c02 = activate(c02, activation); c03 = activate(c03, activation);
    c10 = activate(c10, activation); c11 = activate(c11, activation); c12 = activate(c12, activation); c13 = activate(c13, activation);
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(c, c02, 32); v128.store(c, c03, 48);
  if (rows > 1) {
    c += ldc;
    v128.store(c, c10); v128.store(c, c11, 16); v128.store(c, c12, 32); v128.store(c, c13, 48);
  }
}

/** The wide tile along rows of A, apart from the activation so that it inlines small. */
function wideRows(a: usize, lda: usize, b: usize, bStep: usize, k: i32, bias: usize, c: usize, ldc: usize, rows: i32): void {
  wideTile(a, rows > 1 ? lda : 0, 4, b, bStep, k, bias, true, ACTIVATION_NONE, c, ldc, rows);
}

function wideRowsActivated(
  a: usize, lda: usize, b: usize, bStep: usize, k: i32, bias: usize, activation: i32, c: usize, ldc: usize, rows: i32,
): void {
  wideTile(a, rows > 1 ? lda : 0, 4, b, bStep, k, bias, true, activation, c, ldc, rows);
}

function wideColumns(a: usize, lda: usize, b: usize, ldb: usize, k: i32, c: usize, ldc: usize, rows: i32, fresh: bool): void {
  wideTile(a, rows > 1 ? 4 : 0, lda, b, ldb, k, 0, fresh, ACTIVATION_NONE, c, ldc, rows);
}

/** Rows of A are contiguous in k; `rows` (1-4) and `columns` (1-8) say what of the tile is stored. */
function rowTile(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, bias: usize, activation: i32, c: usize, ldc: usize, rows: i32, columns: i32,
): void {
  // A short tile reads its last row several times: no branch in the loop.
  let a0 = a;
  let a1 = a0 + (rows > 1 ? lda : 0);
  let a2 = a1 + (rows > 2 ? lda : 0);
  let a3 = a2 + (rows > 3 ? lda : 0);
  let c00 = ZERO, c01 = ZERO;
  if (bias) {
    c00 = v128.load(bias);
    c01 = v128.load(bias, 16);
  }
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  for (let i = k; i > 0; i--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    b += ldb;
    a0 += 4; a1 += 4; a2 += 4; a3 += 4;
  }
  emit(c, c00, c01, columns, activation);
  if (rows > 1) emit(c + ldc, c10, c11, columns, activation);
  if (rows > 2) emit(c + 2 * ldc, c20, c21, columns, activation);
  if (rows > 3) emit(c + 3 * ldc, c30, c31, columns, activation);
}

/** The same with half the columns: what is left of n when it is at most 4. */
function narrowTile(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, bias: usize, activation: i32, c: usize, ldc: usize, rows: i32, columns: i32,
): void {
  let a0 = a;
  let a1 = a0 + (rows > 1 ? lda : 0);
  let a2 = a1 + (rows > 2 ? lda : 0);
  let a3 = a2 + (rows > 3 ? lda : 0);
  let c0 = bias ? v128.load(bias) : ZERO;
  let c1 = c0, c2 = c0, c3 = c0;
  for (let i = k; i > 0; i--) {
    const b0 = v128.load(b);
    c0 = madd(v128.load32_splat(a0), b0, c0);
    c1 = madd(v128.load32_splat(a1), b0, c1);
    c2 = madd(v128.load32_splat(a2), b0, c2);
    c3 = madd(v128.load32_splat(a3), b0, c3);
    b += ldb;
    a0 += 4; a1 += 4; a2 += 4; a3 += 4;
  }
  storeLanes(c, activate(c0, activation), columns);
  if (rows > 1) storeLanes(c + ldc, activate(c1, activation), columns);
  if (rows > 2) storeLanes(c + 2 * ldc, activate(c2, activation), columns);
  if (rows > 3) storeLanes(c + 3 * ldc, activate(c3, activation), columns);
}

/**
 * The last one or two columns of A·Bᵀ by inner products, for k a multiple of four: both operands lie along k, and a tile of
 * columns would compute more than twice of what is wanted. Four rows at a time; fewer read the last one again.
 */
function innerTile(a: usize, lda: usize, b: usize, ldb: usize, k: i32, bias: usize, activation: i32, c: usize, ldc: usize, rows: i32, columns: i32): void {
  let a0 = a;
  let a1 = a0 + (rows > 1 ? lda : 0);
  let a2 = a1 + (rows > 2 ? lda : 0);
  let a3 = a2 + (rows > 3 ? lda : 0);
  const second = b + (columns > 1 ? ldb : 0);
  let s00 = ZERO, s10 = ZERO, s20 = ZERO, s30 = ZERO, s01 = ZERO, s11 = ZERO, s21 = ZERO, s31 = ZERO;
  let at: usize = 0;
  for (let i = k; i > 0; i -= 4) {
    const b0 = v128.load(b + at), b1 = v128.load(second + at);
    let x = v128.load(a0 + at);
    s00 = madd(x, b0, s00); s01 = madd(x, b1, s01);
    x = v128.load(a1 + at);
    s10 = madd(x, b0, s10); s11 = madd(x, b1, s11);
    x = v128.load(a2 + at);
    s20 = madd(x, b0, s20); s21 = madd(x, b1, s21);
    x = v128.load(a3 + at);
    s30 = madd(x, b0, s30); s31 = madd(x, b1, s31);
    at += 16;
  }
  storeColumn(horizontalSums(s00, s10, s20, s30), bias, activation, c, ldc, rows);
  if (columns > 1) storeColumn(horizontalSums(s01, s11, s21, s31), bias ? bias + 4 : 0, activation, c + 4, ldc, rows);
}

// @ts-ignore: decorator
@inline
function storeColumn(sums: v128, bias: usize, activation: i32, c: usize, ldc: usize, rows: i32): void {
  if (bias) sums = f32x4.add(sums, v128.load32_splat(bias));
  const y = activate(sums, activation);
  store<f32>(c, f32x4.extract_lane(y, 0));
  if (rows > 1) store<f32>(c + ldc, f32x4.extract_lane(y, 1));
  if (rows > 2) store<f32>(c + 2 * ldc, f32x4.extract_lane(y, 2));
  if (rows > 3) store<f32>(c + 3 * ldc, f32x4.extract_lane(y, 3));
}

/** B [n, k] to panels of 16 columns and, for what is left, of 8: [k][16 or 8] each. What is beyond n stays zero. */
function packTransposed(b: usize, ldb: usize, n: i32, k: i32, panel: usize): void {
  for (let j = 0; j < n; ) {
    const width = n - j >= 16 ? 16 : 8;
    const columns = min(width, n - j);
    const row = (<usize>width) << 2;
    if (columns < width) memory.fill(panel, 0, row * <usize>k);
    for (let c = 0; c < columns; c++) {
      let from = b + <usize>(j + c) * ldb;
      let to = panel + ((<usize>c) << 2);
      for (let p = 0; p < k; p++) {
        store<f32>(to, load<f32>(from));
        from += 4;
        to += row;
      }
    }
    panel += row * <usize>k;
    j += width;
  }
}

export function matmulRows(args: usize, task: i32, first: bool, scratch: usize): void {
  const transposed = word(args, 0), groups = word(args, 1), m = word(args, 2), n = word(args, 3), k = word(args, 4);
  const activation = word(args, 5);
  const a = pointer(args, 6), lda = pointer(args, 7), b = pointer(args, 8), ldb = pointer(args, 9);
  const bias = pointer(args, 10), ldbias = pointer(args, 11), c = pointer(args, 12), ldc = pointer(args, 13);
  const rowsPerTask = word(args, 14), tasksPerGroup = word(args, 15);
  const packedSize = (<usize>((n + 7) & ~7) * <usize>k) << 2;
  if (first && transposed) {
    for (let g = 0; g < groups; g++) packTransposed(b + <usize>(g * n) * ldb, ldb, n, k, scratch + <usize>g * packedSize);
  }
  const group = task / tasksPerGroup;
  const start = (task - group * tasksPerGroup) * rowsPerTask;
  const end = min(m, start + rowsPerTask);
  const weights = transposed ? scratch + <usize>group * packedSize : b + <usize>(group * k) * ldb;
  const weightStride: usize = transposed ? 32 : ldb, wideStride: usize = transposed ? 64 : ldb;
  const groupBias = bias ? bias + <usize>group * ldbias : 0;
  for (let i = start; i < end; i += 4) {
    const row = <usize>(group * m + i);
    const rows = min(4, end - i);
    const from = a + row * lda, to = c + row * ldc;
    let j = 0;
    for (; j + 16 <= n; j += 16) {
      const offset = (<usize>j) << 2;
      const panel = weights + (transposed ? offset * <usize>k : offset);
      const bias4 = groupBias ? groupBias + offset : 0;
      for (let r = 0; r < rows; r += 2) {
        const x = from + <usize>r * lda, y = to + <usize>r * ldc + offset;
        if (activation == ACTIVATION_NONE) wideRows(x, lda, panel, wideStride, k, bias4, y, ldc, rows - r);
        else wideRowsActivated(x, lda, panel, wideStride, k, bias4, activation, y, ldc, rows - r);
      }
    }
    for (; j < n; j += 8) {
      const offset = (<usize>j) << 2;
      const panel = weights + (transposed ? offset * <usize>k : offset);
      const bias4 = groupBias ? groupBias + offset : 0;
      if (transposed && n - j <= 2 && (k & 3) == 0) {
        innerTile(from, lda, b + <usize>(group * n + j) * ldb, ldb, k, bias4, activation, to + offset, ldc, rows, n - j);
      } else if (n - j > 4) rowTile(from, lda, panel, weightStride, k, bias4, activation, to + offset, ldc, rows, n - j);
      else narrowTile(from, lda, panel, weightStride, k, bias4, activation, to + offset, ldc, rows, n - j);
    }
  }
}

/** Adds A[:, 4]ᵀ · B[:, 8] over `k` rows to a tile of the partial block. */
function columnTile(a: usize, lda: usize, b: usize, ldb: usize, k: i32, c: usize, ldc: usize, rows: i32, columns: i32, fresh: bool): void {
  let c00 = ZERO, c01 = ZERO, c10 = ZERO, c11 = ZERO, c20 = ZERO, c21 = ZERO, c30 = ZERO, c31 = ZERO;
  if (!fresh) {
    // Lanes past the tile's edge hold whatever is there; they are never stored.
    c00 = v128.load(c); c01 = v128.load(c, 16);
    c10 = v128.load(c + ldc); c11 = v128.load(c + ldc, 16);
    c20 = v128.load(c + 2 * ldc); c21 = v128.load(c + 2 * ldc, 16);
    c30 = v128.load(c + 3 * ldc); c31 = v128.load(c + 3 * ldc, 16);
  }
  for (let i = k; i > 0; i--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    a += lda; b += ldb;
  }
  emit(c, c00, c01, columns, ACTIVATION_NONE);
  if (rows > 1) emit(c + ldc, c10, c11, columns, ACTIVATION_NONE);
  if (rows > 2) emit(c + 2 * ldc, c20, c21, columns, ACTIVATION_NONE);
  if (rows > 3) emit(c + 3 * ldc, c30, c31, columns, ACTIVATION_NONE);
}

export function matmulColumns(args: usize, task: i32, first: bool, scratch: usize): void {
  const m = word(args, 1), n = word(args, 2), k = word(args, 3);
  const a = pointer(args, 4), lda = pointer(args, 5), b = pointer(args, 6), ldb = pointer(args, 7);
  const partialStride = pointer(args, 9);
  const c = pointer(args, 8) + <usize>task * partialStride;
  const rowsPerChunk = word(args, 10), chunks = word(args, 11);
  const group = task / chunks;
  const start = (task - group * chunks) * rowsPerChunk;
  const end = min(k, start + rowsPerChunk);
  const ldc = (<usize>n) << 2;
  // Runs of 64 rows keep both operands in the first-level cache while every tile of the block passes over them.
  for (let p = start; p < end; p += 64) {
    const run = min(64, end - p);
    const row = <usize>(group * k + p);
    for (let i = 0; i < m; i += 4) {
      const rows = min(4, m - i);
      const from = a + row * lda + ((<usize>i) << 2);
      let j = 0;
      for (; j + 16 <= n; j += 16) {
        const offset = (<usize>j) << 2;
        for (let r = 0; r < rows; r += 2) {
          wideColumns(
            from + ((<usize>r) << 2), lda, b + row * ldb + offset, ldb, run, c + <usize>(i + r) * ldc + offset, ldc, rows - r, p == start,
          );
        }
      }
      for (; j < n; j += 8) {
        columnTile(
          from, lda, b + row * ldb + ((<usize>j) << 2), ldb, run, c + <usize>i * ldc + ((<usize>j) << 2), ldc, rows, n - j, p == start,
        );
      }
    }
  }
}
