/**
 * Words: x, ldx, y, ldy, rows of y, columns, indices (pointer), starts (pointer, 0: one index a row), scale (f32),
 * rowsPerTask.
 */
import { float, pointer, storeLanes, word, ZERO } from './vector';

export function gatherRows(args: usize, task: i32, first: bool, scratch: usize): void {
  const ldx = pointer(args, 1), ldy = pointer(args, 3);
  const columns = word(args, 5), starts = pointer(args, 7), rowsPerTask = word(args, 9);
  const end = min(word(args, 4), (task + 1) * rowsPerTask);
  const x = pointer(args, 0), indices = pointer(args, 6), scale = float(args, 8);
  let y = pointer(args, 2) + <usize>(task * rowsPerTask) * ldy;
  for (let m = task * rowsPerTask; m < end; m++) {
    const from = starts ? word(starts, m) : m, count = starts ? word(starts, m + 1) - from : 1;
    const index = indices + ((<usize>from) << 2);
    // Most rows are copies.
    if (count == 1 && scale == 1 && (columns & 3) == 0) copyRow(x + <usize>word(index, 0) * ldx, y, columns);
    else if (count == 0 && (columns & 3) == 0) clearRow(y, columns);
    else sumRows(x, ldx, index, count, scale, y, columns);
    y += ldy;
  }
}

function copyRow(x: usize, y: usize, columns: i32): void {
  let j = columns;
  for (; j >= 16; j -= 16) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
    x += 64;
    y += 64;
  }
  for (; j > 0; j -= 4) {
    v128.store(y, v128.load(x));
    x += 16;
    y += 16;
  }
}

function clearRow(y: usize, columns: i32): void {
  for (let j = columns; j > 0; j -= 4) {
    v128.store(y, ZERO);
    y += 16;
  }
}

function sumRows(x: usize, ldx: usize, index: usize, count: i32, scale: f32, y: usize, columns: i32): void {
  const factor = f32x4.splat(scale);
  for (let j = 0; j < columns; j += 4) {
    const at = x + ((<usize>j) << 2);
    let sum = ZERO;
    for (let i = 0; i < count; i++) sum = f32x4.add(sum, v128.load(at + <usize>word(index, i) * ldx));
    storeLanes(y + ((<usize>j) << 2), f32x4.mul(sum, factor), columns - j);
  }
}
