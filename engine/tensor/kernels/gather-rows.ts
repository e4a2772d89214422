/**
 * Words: x, ldx, y, ldy, rows of y, columns, indices (pointer), starts (pointer, 0: one index a row), scale (f32),
 * rowsPerTask.
 */
import { float, pointer, storeLanes, word, ZERO } from './vector';

export function gatherRows(args: usize, task: i32, first: bool, scratch: usize): void {
  const x = pointer(args, 0), ldx = pointer(args, 1), ldy = pointer(args, 3);
  const columns = word(args, 5), indices = pointer(args, 6), starts = pointer(args, 7), rowsPerTask = word(args, 9);
  const scale = f32x4.splat(float(args, 8));
  const end = min(word(args, 4), (task + 1) * rowsPerTask);
  for (let m = task * rowsPerTask; m < end; m++) {
    const y = pointer(args, 2) + <usize>m * ldy;
    const from = starts ? word(starts, m) : m, to = starts ? word(starts, m + 1) : m + 1;
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      let sum = ZERO;
      for (let i = from; i < to; i++) sum = f32x4.add(sum, v128.load(x + <usize>word(indices, i) * ldx + at));
      storeLanes(y + at, f32x4.mul(sum, scale), columns - j);
    }
  }
}
