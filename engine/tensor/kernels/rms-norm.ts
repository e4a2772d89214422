/**
 * Root-mean-square norm over the columns of each row, and its gradient.
 * Words: x, ldx, weight, ldw, y, ldy, rows (a group), columns, eps (f32), rowsPerTask, tasksPerGroup;
 * the backward one then dy, lddy, p, ldp, with dx at y.
 */
import { float, horizontalSum, horizontalSums, laneMask, loadLanes, madd, pointer, storeLanes, word, ZERO } from './vector';

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

/** 1/rms of four rows, `columns` a multiple of four: one root and one division for all. */
// @ts-ignore: decorator
@inline
function reciprocalRmsOfFour(x: usize, ldx: usize, columns: i32, eps: f32): v128 {
  let s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO;
  for (let j = columns; j > 0; j -= 4) {
    let v = v128.load(x);
    s0 = madd(v, v, s0);
    v = v128.load(x + ldx);
    s1 = madd(v, v, s1);
    v = v128.load(x + 2 * ldx);
    s2 = madd(v, v, s2);
    v = v128.load(x + 3 * ldx);
    s3 = madd(v, v, s3);
    x += 16;
  }
  const mean = f32x4.div(horizontalSums(s0, s1, s2, s3), f32x4.splat(<f32>columns));
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(mean, f32x4.splat(eps))));
}

/** y = x · scale · weight over whole vectors. */
// @ts-ignore: decorator
@inline
function scaleRow(x: usize, scale: v128, weight: usize, y: usize, columns: i32): void {
  for (let j = columns; j > 0; j -= 4) {
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(x), scale), v128.load(weight)));
    x += 16;
    weight += 16;
    y += 16;
  }
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
  let i = start;
  if ((columns & 3) == 0) {
    for (; i + 4 <= end; i += 4) {
      const scales = reciprocalRmsOfFour(x, ldx, columns, eps);
      scaleRow(x, v128.shuffle<f32>(scales, scales, 0, 0, 0, 0), weight, y, columns);
      scaleRow(x + ldx, v128.shuffle<f32>(scales, scales, 1, 1, 1, 1), weight, y + ldy, columns);
      scaleRow(x + 2 * ldx, v128.shuffle<f32>(scales, scales, 2, 2, 2, 2), weight, y + 2 * ldy, columns);
      scaleRow(x + 3 * ldx, v128.shuffle<f32>(scales, scales, 3, 3, 3, 3), weight, y + 3 * ldy, columns);
      x += 4 * ldx;
      y += 4 * ldy;
    }
  }
  for (; i < end; i++) {
    const scale = f32x4.splat(reciprocalRms(x, columns, eps));
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      storeLanes(y + at, f32x4.mul(f32x4.mul(v128.load(x + at), scale), v128.load(weight + at)), columns - j);
    }
    x += ldx;
    y += ldy;
  }
}

/** A row whose columns are whole vectors: first the two sums it needs, then the gradients. */
// @ts-ignore: decorator
@inline
function wholeRowBackward(x: usize, weight: usize, dy: usize, dx: usize, p: usize, columns: i32, eps: f32): void {
  let squares = ZERO, products = ZERO;
  let vx = x, vw = weight, vdy = dy;
  for (let j = columns; j > 0; j -= 4) {
    const v = v128.load(vx);
    squares = madd(v, v, squares);
    products = madd(f32x4.mul(v128.load(vdy), v128.load(vw)), v, products);
    vx += 16;
    vw += 16;
    vdy += 16;
  }
  // Lane 0: mean of squares, lane 1: mean of dy·w·x.
  const sums = f32x4.div(horizontalSums(squares, products, ZERO, ZERO), f32x4.splat(<f32>columns));
  const roots = f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(v128.shuffle<f32>(sums, sums, 0, 0, 0, 0), f32x4.splat(eps))));
  const back = f32x4.mul(f32x4.mul(v128.shuffle<f32>(sums, sums, 1, 1, 1, 1), roots), roots);
  for (let j = columns; j > 0; j -= 4) {
    const v = v128.load(x), g = v128.load(dy);
    const inner = f32x4.sub(f32x4.mul(g, v128.load(weight)), f32x4.mul(v, back));
    if (p) {
      v128.store(p, f32x4.mul(f32x4.mul(g, v), roots));
      p += 16;
    }
    v128.store(dx, f32x4.mul(inner, roots));
    x += 16;
    weight += 16;
    dy += 16;
    dx += 16;
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
    if ((columns & 3) == 0) {
      wholeRowBackward(x, weight, dy, dx, p, columns, eps);
      continue;
    }
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
