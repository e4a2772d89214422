/**
 * Mamba-1 selective scan over packed segments and its gradient (arXiv 2312.00752, algorithm 2).
 *
 * Four channels lie side by side in a vector and the state index is an inner loop, so nothing is ever summed across
 * lanes in the forward pass, and only once a row in the backward pass. A is kept as -exp(aLog)·log2(e), transposed
 * to [N][D], so that a decay is one 2^x.
 *
 * What the gradient needs again of every row, and what is dear to compute, the forward pass saves for it: a record a row
 * and four channels, those of four channels of a segment one after the other.
 *
 * Words: tasks (pointer), segments (pointer), D, N, groups, u, ldu, delta, lddelta, aLog, ldaLog, b, ldb, c, ldc,
 * d, ldd, z (0: none), ldz, saved (forward 0: nobody wants it); forward then: y (0: saves only), ldy; backward: dy, lddy,
 * du, lddu, ddelta, ldddelta, db, lddb, dc, lddc, dz, lddz, partial, partialStride. A partial block holds dA as
 * [N][D padded], then dd [D padded].
 */
import {
  get, ATANH_1, ATANH_2, ATANH_3, ATANH_4, ATANH_5, EXP_1, EXP_2, EXP_3, EXP_4, EXP_NEGLIGIBLE, HALF, LN2_HIGH, LN2_LOW, LOG2_E, ONE, SIGN,
  EXP2_1, EXP2_2, EXP2_3, EXP2_4, EXP2_5, EXP2_6, EXP2_BOTTOM, ROUND, TWO,
} from './constants';
import * as math from './math';
import { splat } from './math';
import { madd, padded, pointer, storeLanes, word, ZERO } from './vector';

// @ts-ignore: decorator
@inline
const LOG2E: f32 = 1.4426950408889634;

/** A record of the forward pass, bytes; `SCAN_SAVED` of wasm/saved.ts. The first is the sum before the gate. */
// @ts-ignore: decorator
@inline
export const SAVED: usize = 64;
// @ts-ignore: decorator
@inline
export const STEP: usize = 16;
/** Of the step by delta: a sigmoid. Before it, e^-|delta|. */
// @ts-ignore: decorator
@inline
export const SLOPE: usize = 32;
/** The sigmoid of the gate; before it e^-|gate|, and before that, while states are computed, the drive. */
// @ts-ignore: decorator
@inline
export const GATE: usize = 48;
// @ts-ignore: decorator
@inline
export const DRIVE: usize = 48;

/** -exp(aLog)·log2(e) as [G][N][D padded]; lanes past D are zero. */
export function packDecays(args: usize, scratch: usize): void {
  const D = word(args, 2), N = word(args, 3), groups = word(args, 4);
  const aLog = pointer(args, 9), ldaLog = pointer(args, 10);
  const row = (<usize>padded(D)) << 2;
  memory.fill(scratch, 0, row * <usize>(groups * N));
  for (let g = 0; g < groups; g++) {
    for (let d = 0; d < D; d++) {
      const from = aLog + <usize>(g * D + d) * ldaLog;
      const to = scratch + <usize>(g * N) * row + ((<usize>d) << 2);
      for (let n = 0; n < N; n += 4) {
        const v = f32x4.mul(math.exp(v128.load(from + ((<usize>n) << 2))), splat(-LOG2E));
        const at = to + <usize>n * row;
        store<f32>(at, f32x4.extract_lane(v, 0));
        if (n + 1 < N) store<f32>(at + row, f32x4.extract_lane(v, 1));
        if (n + 2 < N) store<f32>(at + 2 * row, f32x4.extract_lane(v, 2));
        if (n + 3 < N) store<f32>(at + 3 * row, f32x4.extract_lane(v, 3));
      }
    }
  }
}

/**
 * e^-|x| of a column of four channels, into a place of the records. Apart from what is made of it: with an exponential, a logarithm
 * and a quotient in one loop, V8 spills most of their constants in every round.
 */
function magnitudeRun(x: usize, ld: usize, length: i32, to: usize): void {
  const sign = get(SIGN), log2e = get(LOG2_E), round = get(ROUND), high = get(LN2_HIGH), low = get(LN2_LOW);
  const c1 = get(EXP_1), c2 = get(EXP_2), c3 = get(EXP_3), c4 = get(EXP_4);
  for (let t = length; t > 0; t--) {
    const e = math.expNegativeWith(
      v128.or(v128.load(x), sign), log2e, round, high, low, c1, c2, c3, c4, get(HALF), get(ONE), get(EXP_NEGLIGIBLE),
    );
    v128.store(to, e);
    to += SAVED;
    x += ld;
  }
}

/** Steps, drives and what skips the states, from delta and e^-|delta|. With `saves`, the steps' slopes too. */
function stepRun(delta: usize, lddelta: usize, u: usize, ldu: usize, length: i32, skip: v128, saves: bool, records: usize): void {
  const two = get(TWO), c1 = get(ATANH_1), c2 = get(ATANH_2), c3 = get(ATANH_3), c4 = get(ATANH_4), c5 = get(ATANH_5);
  for (let t = length; t > 0; t--) {
    const raw = v128.load(delta), e = v128.load(records, SLOPE), x = v128.load(u);
    const step = math.softplusWith(raw, e, two, c1, c2, c3, c4, c5);
    v128.store(records, step, STEP);
    v128.store(records, f32x4.mul(step, x), DRIVE);
    v128.store(records, f32x4.mul(skip, x));
    if (saves) v128.store(records, math.sigmoidGiven(raw, e), SLOPE);
    records += SAVED;
    delta += lddelta;
    u += ldu;
  }
}

/** to[t] = 2^(step_t·a) for every row. Nothing waits for anything, and the constants stay in registers. */
function decayRun(records: usize, record: usize, length: i32, a: v128, to: usize, stride: usize): void {
  const bottom = get(EXP2_BOTTOM), round = get(ROUND);
  const c1 = get(EXP2_1), c2 = get(EXP2_2), c3 = get(EXP2_3), c4 = get(EXP2_4), c5 = get(EXP2_5), c6 = get(EXP2_6);
  for (let t = length; t > 0; t--) {
    v128.store(to, math.exp2With(f32x4.mul(v128.load(records, STEP), a), bottom, round, c1, c2, c3, c4, c5, c6));
    records += record;
    to += stride;
  }
}

/** Decays of the states of a block, [length][block]. */
export function decayBlock(records: usize, record: usize, length: i32, a: usize, row: usize, block: i32, to: usize): void {
  for (let n = 0; n < block; n++) {
    decayRun(records, record, length, v128.load(a), to, (<usize>block) << 4);
    a += row;
    to += 16;
  }
}

/** The recurrence of four states, which stay in registers; adds C·h to the sums. */
function recurFour(length: i32, decays: usize, records: usize, b: usize, ldb: usize, c: usize, ldc: usize): void {
  let h0 = ZERO, h1 = ZERO, h2 = ZERO, h3 = ZERO;
  for (let t = length; t > 0; t--) {
    const drive = v128.load(records, DRIVE);
    h0 = madd(v128.load(decays), h0, f32x4.mul(drive, v128.load32_splat(b)));
    h1 = madd(v128.load(decays, 16), h1, f32x4.mul(drive, v128.load32_splat(b, 4)));
    h2 = madd(v128.load(decays, 32), h2, f32x4.mul(drive, v128.load32_splat(b, 8)));
    h3 = madd(v128.load(decays, 48), h3, f32x4.mul(drive, v128.load32_splat(b, 12)));
    const low = madd(h0, v128.load32_splat(c), f32x4.mul(h1, v128.load32_splat(c, 4)));
    const high = madd(h2, v128.load32_splat(c, 8), f32x4.mul(h3, v128.load32_splat(c, 12)));
    v128.store(records, f32x4.add(v128.load(records), f32x4.add(low, high)));
    decays += 64;
    records += SAVED;
    b += ldb;
    c += ldc;
  }
}

/** The same for one state: what is left where N is not a multiple of four. */
function recurOne(length: i32, decays: usize, records: usize, b: usize, ldb: usize, c: usize, ldc: usize): void {
  let h = ZERO;
  for (let t = length; t > 0; t--) {
    h = madd(v128.load(decays), h, f32x4.mul(v128.load(records, DRIVE), v128.load32_splat(b)));
    v128.store(records, madd(h, v128.load32_splat(c), v128.load(records)));
    decays += 16;
    records += SAVED;
    b += ldb;
    c += ldc;
  }
}

/** Where the records of four channels of a segment lie among the saved ones. */
// @ts-ignore: decorator
@inline
export function savedAt(args: usize, start: usize, length: i32, channel: i32): usize {
  const blocks = <usize>(padded(word(args, 2)) >> 2);
  return pointer(args, 19) + (start * blocks + <usize>(channel >> 2) * <usize>length) * SAVED;
}

export function selectiveScan(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) packDecays(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const D = word(args, 2), N = word(args, 3), groups = word(args, 4);
  const ldu = pointer(args, 6), lddelta = pointer(args, 8), ldb = pointer(args, 12), ldc = pointer(args, 14);
  const ldz = pointer(args, 18), ys = pointer(args, 20), ldy = pointer(args, 21);
  const saves = pointer(args, 19) != 0;
  const row = (<usize>padded(D)) << 2;
  const group = word(list, 2);
  const rates = scratch + <usize>(group * N) * row;
  const own = scratch + <usize>(groups * N) * row;
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = <usize>word(segments, s), length = word(segments, s + 1) - <i32>start;
    const decays = own + <usize>length * SAVED;
    const b = pointer(args, 11) + start * ldb, c = pointer(args, 13) + start * ldc;
    for (let channel = 0; channel < D; channel += 4) {
      const at = (<usize>channel) << 2;
      const records = saves ? savedAt(args, start, length, channel) : own, end = records + <usize>length * SAVED;
      const skip = v128.load(pointer(args, 15) + <usize>group * pointer(args, 16) + at);
      const u = pointer(args, 5) + start * ldu + at;
      const delta = pointer(args, 7) + start * lddelta + at;
      magnitudeRun(delta, lddelta, length, records + SLOPE);
      stepRun(delta, lddelta, u, ldu, length, skip, saves, records);
      let n = 0;
      for (; n + 4 <= N; n += 4) {
        const state = (<usize>n) << 2;
        decayBlock(records, SAVED, length, rates + <usize>n * row + at, row, 4, decays);
        recurFour(length, decays, records, b + state, ldb, c + state, ldc);
      }
      for (; n < N; n++) {
        const state = (<usize>n) << 2;
        decayBlock(records, SAVED, length, rates + <usize>n * row + at, row, 1, decays);
        recurOne(length, decays, records, b + state, ldb, c + state, ldc);
      }
      const lanes = D - channel;
      let z = pointer(args, 17) ? pointer(args, 17) + start * ldz + at : 0;
      let y = ys + start * ldy + at;
      if (z) magnitudeRun(z, ldz, length, records + GATE);
      for (let record = records; record < end; record += SAVED) {
        let sum = v128.load(record);
        if (z) {
          const gate = v128.load(z), p = math.sigmoidGiven(gate, v128.load(record, GATE));
          if (saves) v128.store(record, p, GATE);
          sum = f32x4.mul(sum, f32x4.mul(gate, p));
          z += ldz;
        }
        if (ys) {
          storeLanes(y, sum, lanes);
          y += ldy;
        }
      }
    }
  }
}
