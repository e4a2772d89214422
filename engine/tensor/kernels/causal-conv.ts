/**
 * Depthwise causal convolution over packed segments, four channels at a time. A task is a run of segments of one
 * group, listed in the table as (first segment, end, group).
 * Words: tasks (pointer), segments (pointer), columns, width, silu, groups, x, ldx, weight, ldw, bias, ldbias, y, ldy;
 * backward then: dy, lddy, partial, partialStride, with dx at y.
 * A partial block holds dweight as [width][columns padded] and dbias after it.
 */
import { get, ONE } from './constants';
import { silu, sigmoid, splat } from './math';
import { loadLanes, madd, padded, pointer, storeLanes, word, ZERO } from './vector';

/** Weights [G·D, K] and biases to [G][K + 1][D padded]: taps of four channels side by side. */
function pack(args: usize, scratch: usize): void {
  const columns = word(args, 2), width = word(args, 3), groups = word(args, 5);
  const weight = pointer(args, 8), ldw = pointer(args, 9), bias = pointer(args, 10), ldbias = pointer(args, 11);
  const row = (<usize>padded(columns)) << 2;
  memory.fill(scratch, 0, row * <usize>(groups * (width + 1)));
  for (let g = 0; g < groups; g++) {
    for (let d = 0; d < columns; d++) {
      const to = scratch + <usize>(g * (width + 1)) * row + ((<usize>d) << 2);
      for (let j = 0; j < width; j++) {
        store<f32>(to + <usize>j * row, load<f32>(weight + <usize>(g * columns + d) * ldw + ((<usize>j) << 2)));
      }
      store<f32>(to + <usize>width * row, load<f32>(bias + <usize>g * ldbias + ((<usize>d) << 2)));
    }
  }
}

/** bias + Σ taps, with only the taps inside the segment; `t` counts from its start, `x` points at row t. */
// @ts-ignore: decorator
@inline
function preactivation(x: usize, ldx: usize, taps: usize, row: usize, width: i32, t: i32): v128 {
  let sum = v128.load(taps + <usize>width * row);
  const reach = min(t, width - 1);
  let from = x - <usize>reach * ldx;
  let tap = taps + <usize>(width - 1 - reach) * row;
  for (let j = 0; j <= reach; j++) {
    sum = madd(v128.load(from), v128.load(tap), sum);
    from += ldx;
    tap += row;
  }
  return sum;
}

export function causalConv(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) pack(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const columns = word(args, 2), width = word(args, 3), gated = word(args, 4);
  const x = pointer(args, 6), ldx = pointer(args, 7), y = pointer(args, 12), ldy = pointer(args, 13);
  const row = (<usize>padded(columns)) << 2;
  const taps = scratch + <usize>(word(list, 2) * (width + 1)) * row;
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = word(segments, s), length = word(segments, s + 1) - start;
    for (let d = 0; d < columns; d += 4) {
      const at = (<usize>d) << 2;
      let from = x + <usize>start * ldx + at;
      let to = y + <usize>start * ldy + at;
      for (let t = 0; t < length; t++) {
        const sum = preactivation(from, ldx, taps + at, row, width, t);
        storeLanes(to, gated ? silu(sum) : sum, columns - d);
        from += ldx;
        to += ldy;
      }
    }
  }
}

export function causalConvBackward(args: usize, task: i32, first: bool, scratch: usize): void {
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const columns = word(args, 2), width = word(args, 3), gated = word(args, 4), groups = word(args, 5);
  const x = pointer(args, 6), ldx = pointer(args, 7), dx = pointer(args, 12), lddx = pointer(args, 13);
  const dy = pointer(args, 14), lddy = pointer(args, 15);
  const partial = pointer(args, 16) + <usize>task * pointer(args, 17);
  const row = (<usize>padded(columns)) << 2;
  if (first) pack(args, scratch);
  const taps = scratch + <usize>(word(list, 2) * (width + 1)) * row;
  /** Gradients before the activation: one vector a row of the segment. */
  const before = scratch + <usize>(groups * (width + 1)) * row;
  memory.fill(partial, 0, <usize>(width + 1) * row);
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = word(segments, s), length = word(segments, s + 1) - start;
    for (let d = 0; d < columns; d += 4) {
      const at = (<usize>d) << 2;
      const xs = x + <usize>start * ldx + at;
      let bias = ZERO;
      for (let t = 0; t < length; t++) {
        let g = loadLanes(dy + <usize>(start + t) * lddy + at, columns - d);
        if (gated) {
          const sum = preactivation(xs + <usize>t * ldx, ldx, taps + at, row, width, t);
          const p = sigmoid(sum);
          // silu' = σ·(1 + x·(1 - σ))
          g = f32x4.mul(g, f32x4.mul(p, madd(sum, f32x4.sub(get(ONE), p), get(ONE))));
        }
        v128.store(before + ((<usize>t) << 4), g);
        bias = f32x4.add(bias, g);
      }
      v128.store(partial + <usize>width * row + at, f32x4.add(v128.load(partial + <usize>width * row + at), bias));
      for (let j = 0; j < width; j++) {
        const back = width - 1 - j;
        let sum = v128.load(partial + <usize>j * row + at);
        for (let t = back; t < length; t++) {
          sum = madd(v128.load(before + ((<usize>t) << 4)), v128.load(xs + <usize>(t - back) * ldx), sum);
        }
        v128.store(partial + <usize>j * row + at, sum);
      }
      if (!dx) continue;
      for (let t = 0; t < length; t++) {
        let sum = ZERO;
        const ahead = min(width - 1, length - 1 - t);
        for (let j = 0; j <= ahead; j++) {
          sum = madd(v128.load(before + ((<usize>(t + j)) << 4)), v128.load(taps + at + <usize>(width - 1 - j) * row), sum);
        }
        storeLanes(dx + <usize>(start + t) * lddx + at, sum, columns - d);
      }
    }
  }
}
