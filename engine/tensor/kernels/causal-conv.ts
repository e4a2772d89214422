/**
 * Depthwise causal convolution over packed segments, four channels at a time. A task is a run of segments of one
 * group, listed in the table as (first segment, end, group).
 * Words: tasks (pointer), segments (pointer), columns, width, silu, groups, x, ldx, weight, ldw, bias, ldbias, y, ldy,
 * saved; backward then: dy, lddy, partial, partialStride, with dx at y.
 * With silu, the forward pass saves its slope for the gradient where one follows (else 0): a vector a row and four
 * channels, those of four channels of a segment one after the other. With no y it saves only.
 * A partial block holds dweight as [width][columns padded] and dbias after it.
 */
import { decayOf, sigmoidGiven, siluSlope } from './math';
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

/** Stores a preactivation, or its silu and that one's slope, each unless its pointer is 0. */
// @ts-ignore: decorator
@inline
function finish(sum: v128, gated: bool, y: usize, lanes: i32, slope: usize): void {
  if (gated) {
    const p = sigmoidGiven(sum, decayOf(sum));
    if (slope) v128.store(slope, siluSlope(sum, p));
    sum = f32x4.mul(sum, p);
  }
  if (y) storeLanes(y, sum, lanes);
}

/** Four taps, the width that Mamba uses: the last rows stay in registers. */
function slideFour(
  from: usize, ldx: usize, length: i32, taps: usize, row: usize, gated: bool, y: usize, ldy: usize, lanes: i32, slope: usize,
): void {
  const w0 = v128.load(taps), w1 = v128.load(taps + row), w2 = v128.load(taps + 2 * row), w3 = v128.load(taps + 3 * row);
  const bias = v128.load(taps + 4 * row);
  const next: usize = y ? ldy : 0, slopes: usize = slope ? 16 : 0;
  let x0 = ZERO, x1 = ZERO, x2 = ZERO;
  for (let t = length; t > 0; t--) {
    const x3 = v128.load(from);
    finish(madd(x3, w3, madd(x2, w2, madd(x1, w1, madd(x0, w0, bias)))), gated, y, lanes, slope);
    x0 = x1;
    x1 = x2;
    x2 = x3;
    from += ldx;
    y += next;
    slope += slopes;
  }
}

/** Walks `length` rows of gradients back from the last; adds to the taps' gradients and writes dx unless it is 0. */
function slideBackFour(
  from: usize, ldx: usize, gradients: usize, length: i32, taps: usize, row: usize, partial: usize, to: usize, ld: usize, lanes: i32,
): void {
  let g1 = ZERO, g2 = ZERO, g3 = ZERO;
  let d0 = ZERO, d1 = ZERO, d2 = ZERO, d3 = ZERO;
  for (let t = length; t > 0; t--) {
    const g0 = v128.load(gradients), x = v128.load(from);
    d3 = madd(g0, x, d3);
    d2 = madd(g1, x, d2);
    d1 = madd(g2, x, d1);
    d0 = madd(g3, x, d0);
    if (to) {
      const near = madd(g0, v128.load(taps + 3 * row), f32x4.mul(g1, v128.load(taps + 2 * row)));
      storeLanes(to, madd(g3, v128.load(taps), madd(g2, v128.load(taps + row), near)), lanes);
      to -= ld;
    }
    g3 = g2;
    g2 = g1;
    g1 = g0;
    gradients -= 16;
    from -= ldx;
  }
  v128.store(partial, f32x4.add(v128.load(partial), d0));
  v128.store(partial + row, f32x4.add(v128.load(partial + row), d1));
  v128.store(partial + 2 * row, f32x4.add(v128.load(partial + 2 * row), d2));
  v128.store(partial + 3 * row, f32x4.add(v128.load(partial + 3 * row), d3));
}

/** Where the slopes of four channels of a segment lie among the saved ones; 0 where none are saved. */
// @ts-ignore: decorator
@inline
function savedAt(args: usize, start: i32, length: i32, channel: i32): usize {
  const saved = pointer(args, 14);
  const blocks = padded(word(args, 2)) >> 2;
  return saved ? saved + ((<usize>start * <usize>blocks + <usize>(channel >> 2) * <usize>length) << 4) : 0;
}

export function causalConv(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) pack(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const columns = word(args, 2), width = word(args, 3), gated = word(args, 4) != 0;
  const x = pointer(args, 6), ldx = pointer(args, 7), y = pointer(args, 12), ldy = pointer(args, 13);
  const row = (<usize>padded(columns)) << 2;
  const taps = scratch + <usize>(word(list, 2) * (width + 1)) * row;
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = word(segments, s), length = word(segments, s + 1) - start;
    for (let d = 0; d < columns; d += 4) {
      const at = (<usize>d) << 2;
      const from = x + <usize>start * ldx + at;
      const to = y ? y + <usize>start * ldy + at : 0;
      const slope = savedAt(args, start, length, d);
      if (width == 4) {
        slideFour(from, ldx, length, taps + at, row, gated, to, ldy, columns - d, slope);
        continue;
      }
      for (let t = 0; t < length; t++) {
        const sum = preactivation(from + <usize>t * ldx, ldx, taps + at, row, width, t);
        finish(sum, gated, to ? to + <usize>t * ldy : 0, columns - d, slope ? slope + ((<usize>t) << 4) : 0);
      }
    }
  }
}

export function causalConvBackward(args: usize, task: i32, first: bool, scratch: usize): void {
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const columns = word(args, 2), width = word(args, 3), groups = word(args, 5);
  const x = pointer(args, 6), ldx = pointer(args, 7), dx = pointer(args, 12), lddx = pointer(args, 13);
  const dy = pointer(args, 15), lddy = pointer(args, 16);
  const partial = pointer(args, 17) + <usize>task * pointer(args, 18);
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
      const slopes = savedAt(args, start, length, d);
      let bias = ZERO;
      let dys = dy + <usize>start * lddy + at;
      for (let t: usize = 0; t < <usize>length; t++) {
        let g = loadLanes(dys, columns - d);
        if (slopes) g = f32x4.mul(g, v128.load(slopes + (t << 4)));
        v128.store(before + (t << 4), g);
        bias = f32x4.add(bias, g);
        dys += lddy;
      }
      v128.store(partial + <usize>width * row + at, f32x4.add(v128.load(partial + <usize>width * row + at), bias));
      if (width == 4 && length > 0) {
        const end = <usize>(length - 1);
        const to = dx ? dx + (<usize>start + end) * lddx + at : 0;
        slideBackFour(xs + end * ldx, ldx, before + (end << 4), length, taps + at, row, partial + at, to, lddx, columns - d);
        continue;
      }
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
