/**
 * Packed attention within segments: softmax(q·kᵀ/√E)·v for every head, and its gradient. A task is a run of segments,
 * listed as (first, end, unused). Scratch holds one row of weights (forward) or two (backward).
 * Words: tasks (pointer), segments (pointer), heads, E, q, ldq, k, ldk, v, ldv, y, ldy; backward then:
 * dq, lddq, dk, lddk, dv, lddv, longest segment, with dy at y.
 */
import { exp, splat } from './math';
import { horizontalSum, loadLanes, madd, padded, pointer, storeLanes, word, ZERO } from './vector';

function dot(a: usize, b: usize, length: i32): f32 {
  let s = ZERO;
  for (let j = 0; j < length; j += 4) {
    const at = (<usize>j) << 2;
    s = madd(loadLanes(a + at, length - j), loadLanes(b + at, length - j), s);
  }
  return horizontalSum(s);
}

/** to += factor · from */
function accumulate(to: usize, from: usize, factor: f32, length: i32): void {
  const f = splat(factor);
  for (let j = 0; j < length; j += 4) {
    const at = (<usize>j) << 2;
    storeLanes(to + at, madd(f, v128.load(from + at), v128.load(to + at)), length - j);
  }
}

function clear(to: usize, length: i32): void {
  memory.fill(to, 0, (<usize>length) << 2);
}

/** Softmax of q·k/√E over the segment's keys, into `weights`. */
function probabilities(q: usize, k: usize, ldk: usize, length: i32, E: i32, weights: usize): void {
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>E);
  let top: f32 = -Infinity;
  for (let j = 0; j < length; j++) {
    const score = dot(q, k + <usize>j * ldk, E) * scale;
    store<f32>(weights + ((<usize>j) << 2), score);
    top = max(top, score);
  }
  let sum = ZERO;
  for (let j = 0; j < length; j += 4) {
    const at = weights + ((<usize>j) << 2);
    v128.store(at, exp(f32x4.sub(v128.load(at), splat(top))));
    sum = f32x4.add(sum, loadLanes(at, length - j));
  }
  const total = splat(horizontalSum(sum));
  for (let j = 0; j < length; j += 4) {
    const at = weights + ((<usize>j) << 2);
    v128.store(at, f32x4.div(v128.load(at), total));
  }
}

export function attention(args: usize, task: i32, first: bool, scratch: usize): void {
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const heads = word(args, 2), E = word(args, 3);
  const ldq = pointer(args, 5), ldk = pointer(args, 7), ldv = pointer(args, 9), ldy = pointer(args, 11);
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = <usize>word(segments, s), length = word(segments, s + 1) - <i32>start;
    for (let head = 0; head < heads; head++) {
      const at = (<usize>(head * E)) << 2;
      const k = pointer(args, 6) + start * ldk + at, v = pointer(args, 8) + start * ldv + at;
      for (let i: usize = 0; i < <usize>length; i++) {
        probabilities(pointer(args, 4) + (start + i) * ldq + at, k, ldk, length, E, scratch);
        const y = pointer(args, 10) + (start + i) * ldy + at;
        clear(y, E);
        for (let j = 0; j < length; j++) accumulate(y, v + <usize>j * ldv, load<f32>(scratch + ((<usize>j) << 2)), E);
      }
    }
  }
}

export function attentionBackward(args: usize, task: i32, first: bool, scratch: usize): void {
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const heads = word(args, 2), E = word(args, 3);
  const ldq = pointer(args, 5), ldk = pointer(args, 7), ldv = pointer(args, 9), lddy = pointer(args, 11);
  const lddq = pointer(args, 13), lddk = pointer(args, 15), lddv = pointer(args, 17);
  const slopes = scratch + ((<usize>padded(word(args, 18))) << 2);
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>E);
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = <usize>word(segments, s), length = word(segments, s + 1) - <i32>start;
    for (let head = 0; head < heads; head++) {
      const at = (<usize>(head * E)) << 2;
      const k = pointer(args, 6) + start * ldk + at, v = pointer(args, 8) + start * ldv + at;
      const dk = pointer(args, 14) + start * lddk + at, dv = pointer(args, 16) + start * lddv + at;
      for (let j: usize = 0; j < <usize>length; j++) {
        clear(dk + j * lddk, E);
        clear(dv + j * lddv, E);
      }
      for (let i: usize = 0; i < <usize>length; i++) {
        const q = pointer(args, 4) + (start + i) * ldq + at;
        const dy = pointer(args, 10) + (start + i) * lddy + at;
        const dq = pointer(args, 12) + (start + i) * lddq + at;
        probabilities(q, k, ldk, length, E, scratch);
        let mean: f32 = 0;
        for (let j: usize = 0; j < <usize>length; j++) {
          const p = load<f32>(scratch + (j << 2));
          const slope = dot(dy, v + j * ldv, E);
          store<f32>(slopes + (j << 2), slope);
          mean += p * slope;
          accumulate(dv + j * lddv, dy, p, E);
        }
        clear(dq, E);
        for (let j: usize = 0; j < <usize>length; j++) {
          const ds = load<f32>(scratch + (j << 2)) * (load<f32>(slopes + (j << 2)) - mean) * scale;
          accumulate(dq, k + j * ldk, ds, E);
          accumulate(dk + j * lddk, q, ds, E);
        }
      }
    }
  }
}
