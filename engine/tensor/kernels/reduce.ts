/**
 * Sums. Every long sum is cut into chunks that depend on shapes alone; a chunk leaves a partial result and `combine`
 * adds them up in order, so the bits do not depend on how many threads there are.
 */
import { exp } from './math';
import { activate } from './matmul';
import { horizontalSum, loadLanes, pointer, storeLanes, word, float, ZERO } from './vector';

/**
 * out[g, i, j] = f(Σ_chunk partial[g, chunk][i·rowStep + j·columnStep] + bias[g, j]) · factor.
 * Words: partial, chunkStride, chunks, rows, columns, rowStep, columnStep, out, ldo, activation, bias, ldbias,
 * aLog, ldaLog, rowsPerTask, tasksPerGroup. Steps in bytes. With aLog the factor is -exp(aLog[g, i, j]), else 1.
 */
export function combine(args: usize, task: i32, first: bool, scratch: usize): void {
  const partial = pointer(args, 0), chunkStride = pointer(args, 1);
  const chunks = word(args, 2), rows = word(args, 3), columns = word(args, 4);
  const rowStep = pointer(args, 5), columnStep = pointer(args, 6);
  const out = pointer(args, 7), ldo = pointer(args, 8), activation = word(args, 9);
  const bias = pointer(args, 10), ldbias = pointer(args, 11), aLog = pointer(args, 12), ldaLog = pointer(args, 13);
  const rowsPerTask = word(args, 14), tasksPerGroup = word(args, 15);
  const group = task / tasksPerGroup;
  const start = (task - group * tasksPerGroup) * rowsPerTask;
  const end = min(rows, start + rowsPerTask);
  const base = partial + <usize>(group * chunks) * chunkStride;
  for (let i = start; i < end; i++) {
    const to = out + <usize>(group * rows + i) * ldo;
    for (let j = 0; j < columns; j += 4) {
      const lanes = min(4, columns - j);
      let sum = bias ? loadLanes(bias + <usize>group * ldbias + ((<usize>j) << 2), lanes) : ZERO;
      let from = base + <usize>i * rowStep + <usize>j * columnStep;
      if (columnStep == 4) {
        for (let c = 0; c < chunks; c++) {
          sum = f32x4.add(sum, v128.load(from));
          from += chunkStride;
        }
      } else {
        for (let c = 0; c < chunks; c++) {
          let v = v128.load32_splat(from);
          v = f32x4.replace_lane(v, 1, load<f32>(from + columnStep));
          v = f32x4.replace_lane(v, 2, load<f32>(from + 2 * columnStep));
          v = f32x4.replace_lane(v, 3, load<f32>(from + 3 * columnStep));
          sum = f32x4.add(sum, v);
          from += chunkStride;
        }
      }
      sum = activate(sum, activation);
      if (aLog) {
        const logs = v128.load(aLog + <usize>(group * rows + i) * ldaLog + ((<usize>j) << 2));
        sum = f32x4.mul(sum, f32x4.neg(exp(logs)));
      }
      storeLanes(to + ((<usize>j) << 2), sum, lanes);
    }
  }
}

/** Words: x, ldx, rows (a group), columns, partial, partialStride, rowsPerChunk, chunks. */
export function columnSum(args: usize, task: i32, first: bool, scratch: usize): void {
  const x = pointer(args, 0), ldx = pointer(args, 1);
  const rows = word(args, 2), columns = word(args, 3);
  const out = pointer(args, 4) + <usize>task * pointer(args, 5);
  const rowsPerChunk = word(args, 6), chunks = word(args, 7);
  const group = task / chunks;
  const start = (task - group * chunks) * rowsPerChunk;
  const end = min(rows, start + rowsPerChunk);
  for (let j = 0; j < columns; j += 8) {
    let from = x + <usize>(group * rows + start) * ldx + ((<usize>j) << 2);
    let s0 = ZERO, s1 = ZERO;
    for (let i = start; i < end; i++) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      from += ldx;
    }
    storeLanes(out + ((<usize>j) << 2), s0, columns - j);
    storeLanes(out + ((<usize>j) << 2) + 16, s1, columns - j - 4);
  }
}

/** Words: x, ldx, rows, columns, y, ldy, rowsPerTask, columnsPerChunk, chunks. y[row, chunk]. */
export function rowSum(args: usize, task: i32, first: bool, scratch: usize): void {
  const x = pointer(args, 0), ldx = pointer(args, 1);
  const rows = word(args, 2), columns = word(args, 3);
  const y = pointer(args, 4), ldy = pointer(args, 5);
  const rowsPerTask = word(args, 6), columnsPerChunk = word(args, 7), chunks = word(args, 8);
  const block = task / chunks, chunk = task - block * chunks;
  const left = chunk * columnsPerChunk, right = min(columns, left + columnsPerChunk);
  const end = min(rows, (block + 1) * rowsPerTask);
  for (let i = block * rowsPerTask; i < end; i++) {
    const from = x + <usize>i * ldx;
    let s0 = ZERO, s1 = ZERO;
    let j = left;
    for (; j + 8 <= right; j += 8) {
      s0 = f32x4.add(s0, v128.load(from + ((<usize>j) << 2)));
      s1 = f32x4.add(s1, v128.load(from + ((<usize>j) << 2), 16));
    }
    for (; j < right; j += 4) s0 = f32x4.add(s0, loadLanes(from + ((<usize>j) << 2), right - j));
    store<f32>(y + <usize>i * ldy + ((<usize>chunk) << 2), horizontalSum(f32x4.add(s0, s1)));
  }
}

/** Partial sums of squares in f64, which no f32 can overflow. Words: g, length, perChunk, partial (f64 each). */
export function sumSquares(args: usize, task: i32, first: bool, scratch: usize): void {
  const g = pointer(args, 0);
  const length = word(args, 1), perChunk = word(args, 2);
  const end = min(length, (task + 1) * perChunk);
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  for (let i = task * perChunk; i < end; i += 4) {
    const x = loadLanes(g + ((<usize>i) << 2), end - i);
    const low = f64x2.promote_low_f32x4(x);
    const high = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
  }
  s0 = f64x2.add(s0, s1);
  store<f64>(pointer(args, 3) + ((<usize>task) << 3), f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));
}

/** Words: partial, chunks, y, maxNorm (f32). */
export function clipScale(args: usize, task: i32, first: bool, scratch: usize): void {
  const partial = pointer(args, 0);
  const chunks = word(args, 1);
  let sum: f64 = 0;
  for (let i = 0; i < chunks; i++) sum += load<f64>(partial + ((<usize>i) << 3));
  // Not finite: a NaN compares false as well.
  const scale: f64 = sum < Infinity ? min<f64>(1, <f64>float(args, 3) / sqrt<f64>(sum)) : 0;
  store<f32>(pointer(args, 2), <f32>(sum == 0 ? 1 : scale));
}
