/**
 * Root-mean-square norm over the columns of each row, and its gradient.
 * Words: x, ldx, weight, ldw, y, ldy, rows (a group), columns, eps (f32), rowsPerTask, tasksPerGroup;
 * the backward one then dy, lddy, p, ldp, with dx at y.
 */
import { float, horizontalSum, laneMask, loadLanes, pointer, storeLanes, word, ZERO } from './vector';

// @ts-ignore: decorator
@inline
function reciprocalRms(x: usize, columns: i32, eps: f32): f32 {
  let s = ZERO;
  for (let j = 0; j < columns; j += 4) {
    const v = loadLanes(x + ((<usize>j) << 2), columns - j);
    s = f32x4.add(s, f32x4.mul(v, v));
  }
  return <f32>1 / sqrt<f32>(horizontalSum(s) / <f32>columns + eps);
}

export function rmsNorm(args: usize, task: i32, first: bool, scratch: usize): void {
  const ldx = pointer(args, 1), ldy = pointer(args, 5);
  const rows = word(args, 6), columns = word(args, 7), rowsPerTask = word(args, 9), tasksPerGroup = word(args, 10);
  const eps = float(args, 8);
  const group = task / tasksPerGroup;
  const start = (task - group * tasksPerGroup) * rowsPerTask, end = min(rows, start + rowsPerTask);
  const weight = pointer(args, 2) + <usize>group * pointer(args, 3);
  let x = pointer(args, 0) + <usize>(group * rows + start) * ldx;
  let y = pointer(args, 4) + <usize>(group * rows + start) * ldy;
  for (let i = start; i < end; i++) {
    const scale = f32x4.splat(reciprocalRms(x, columns, eps));
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      storeLanes(y + at, f32x4.mul(f32x4.mul(v128.load(x + at), scale), v128.load(weight + at)), columns - j);
    }
    x += ldx;
    y += ldy;
  }
}

/** With r = 1/rms and s = mean(dy·w·x): dx = r·(dy·w - x·r²·s), p = dy·x·r. */
export function rmsNormBackward(args: usize, task: i32, first: bool, scratch: usize): void {
  const ldx = pointer(args, 1), ldy = pointer(args, 5), lddy = pointer(args, 12), ldp = pointer(args, 14);
  const rows = word(args, 6), columns = word(args, 7), rowsPerTask = word(args, 9), tasksPerGroup = word(args, 10);
  const eps = float(args, 8);
  const group = task / tasksPerGroup;
  const start = (task - group * tasksPerGroup) * rowsPerTask, end = min(rows, start + rowsPerTask);
  const weight = pointer(args, 2) + <usize>group * pointer(args, 3);
  for (let i = start; i < end; i++) {
    const row = <usize>(group * rows + i);
    const x = pointer(args, 0) + row * ldx;
    const dx = pointer(args, 4) + row * ldy;
    const dy = pointer(args, 11) + row * lddy;
    const p = pointer(args, 13) ? pointer(args, 13) + row * ldp : 0;
    const r = reciprocalRms(x, columns, eps);
    let s = ZERO;
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const product = f32x4.mul(f32x4.mul(v128.load(dy + at), v128.load(weight + at)), v128.load(x + at));
      s = f32x4.add(s, columns - j >= 4 ? product : v128.and(product, laneMask(columns - j)));
    }
    const scale = f32x4.splat(r);
    const back = f32x4.splat(((horizontalSum(s) / <f32>columns) * r) * r);
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      const vx = v128.load(x + at), vdy = v128.load(dy + at);
      if (p) storeLanes(p + at, f32x4.mul(f32x4.mul(vdy, vx), scale), columns - j);
      const inner = f32x4.sub(f32x4.mul(vdy, v128.load(weight + at)), f32x4.mul(vx, back));
      storeLanes(dx + at, f32x4.mul(inner, scale), columns - j);
    }
  }
}
