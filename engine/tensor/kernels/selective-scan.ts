/**
 * Mamba-1 selective scan over packed segments and its gradient (arXiv 2312.00752, algorithm 2).
 *
 * Four channels lie side by side in a vector and the state index is an inner loop, so nothing is ever summed across
 * lanes in the forward pass, and only once a row in the backward pass. A is kept as -exp(aLog)·log2(e), transposed
 * to [N][D], so that a decay is one 2^x.
 *
 * Words: tasks (pointer), segments (pointer), D, N, groups, u, ldu, delta, lddelta, aLog, ldaLog, b, ldb, c, ldc,
 * d, ldd, z (0: none), ldz, y, ldy; backward then: dy, lddy, du, lddu, ddelta, ldddelta, db, lddb, dc, lddc,
 * dz, lddz, partial, partialStride. A partial block holds dA as [N][D padded], then dd [D padded].
 */
import { get, EXP_1, EXP_2, EXP_3, EXP_4, EXP_NEGLIGIBLE, HALF, LN2_HIGH, LN2_LOW, LOG2_E, ONE, SIGN, EXP2_1, EXP2_2, EXP2_3, EXP2_4, EXP2_5, EXP2_6, EXP2_BOTTOM, ROUND } from './constants';
import * as math from './math';
import { splat } from './math';
import { horizontalSum, horizontalSums, laneMask, madd, padded, pointer, storeLanes, word, ZERO } from './vector';

// @ts-ignore: decorator
@inline
const LOG2E: f32 = 1.4426950408889634;

/** What a row of a segment keeps for four channels; bytes. The first is the sum before the gate, backwards its gradient. */
// @ts-ignore: decorator
@inline
const RECORD: usize = 96;
// @ts-ignore: decorator
@inline
const DRIVE: usize = 16;
// @ts-ignore: decorator
@inline
const STEP: usize = 32;
// @ts-ignore: decorator
@inline
const D_DRIVE: usize = 48;
// @ts-ignore: decorator
@inline
const D_STEP: usize = 64;
/** e^-|x| of delta, later of the gate, between two passes; the gradient's place until it is cleared. */
// @ts-ignore: decorator
@inline
const DECAY: usize = 64;
/** Of the step by delta: a sigmoid. */
// @ts-ignore: decorator
@inline
const SLOPE: usize = 80;

/** -exp(aLog)·log2(e) as [G][N][D padded]; lanes past D are zero. */
function packDecays(args: usize, scratch: usize): void {
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
 * e^-|x| of a column of four channels, into the records. Apart from what is made of it: with an exponential, a logarithm
 * and a quotient in one loop, V8 spills most of their constants in every round.
 */
function magnitudeRun(x: usize, ld: usize, length: i32, records: usize): void {
  const sign = get(SIGN), log2e = get(LOG2_E), round = get(ROUND), high = get(LN2_HIGH), low = get(LN2_LOW);
  const c1 = get(EXP_1), c2 = get(EXP_2), c3 = get(EXP_3), c4 = get(EXP_4);
  for (let t = length; t > 0; t--) {
    const e = math.expNegativeWith(
      v128.or(v128.load(x), sign), log2e, round, high, low, c1, c2, c3, c4, get(HALF), get(ONE), get(EXP_NEGLIGIBLE),
    );
    v128.store(records, e, DECAY);
    records += RECORD;
    x += ld;
  }
}

/** to[t] = 2^(step_t·a) for every row. Nothing waits for anything, and the constants stay in registers. */
function decayRun(records: usize, length: i32, a: v128, to: usize, stride: usize): void {
  const bottom = get(EXP2_BOTTOM), round = get(ROUND);
  const c1 = get(EXP2_1), c2 = get(EXP2_2), c3 = get(EXP2_3), c4 = get(EXP2_4), c5 = get(EXP2_5), c6 = get(EXP2_6);
  for (let t = length; t > 0; t--) {
    v128.store(to, math.exp2With(f32x4.mul(v128.load(records, STEP), a), bottom, round, c1, c2, c3, c4, c5, c6));
    records += RECORD;
    to += stride;
  }
}

/** Decays of the states of a block, [length][block]. */
function decayBlock(records: usize, length: i32, a: usize, row: usize, block: i32, to: usize): void {
  for (let n = 0; n < block; n++) {
    decayRun(records, length, v128.load(a), to, (<usize>block) << 4);
    a += row;
    to += 16;
  }
}

/** The recurrence of four states, which stay in registers; adds C·h to the sums. With `keep`, states are stored. */
// @ts-ignore: decorator
@inline
function recurFour(length: i32, decays: usize, records: usize, b: usize, ldb: usize, c: usize, ldc: usize, keep: bool, states: usize): void {
  let h0 = ZERO, h1 = ZERO, h2 = ZERO, h3 = ZERO;
  for (let t = length; t > 0; t--) {
    const drive = v128.load(records, DRIVE);
    h0 = madd(v128.load(decays), h0, f32x4.mul(drive, v128.load32_splat(b)));
    h1 = madd(v128.load(decays, 16), h1, f32x4.mul(drive, v128.load32_splat(b, 4)));
    if (keep) {
      v128.store(states, h0);
      v128.store(states, h1, 16);
    }
    h2 = madd(v128.load(decays, 32), h2, f32x4.mul(drive, v128.load32_splat(b, 8)));
    h3 = madd(v128.load(decays, 48), h3, f32x4.mul(drive, v128.load32_splat(b, 12)));
    if (keep) {
      v128.store(states, h2, 32);
      v128.store(states, h3, 48);
      states += 64;
    }
    const low = madd(h0, v128.load32_splat(c), f32x4.mul(h1, v128.load32_splat(c, 4)));
    const high = madd(h2, v128.load32_splat(c, 8), f32x4.mul(h3, v128.load32_splat(c, 12)));
    v128.store(records, f32x4.add(v128.load(records), f32x4.add(low, high)));
    decays += 64;
    records += RECORD;
    b += ldb;
    c += ldc;
  }
}

/** The same for one state: what is left where N is not a multiple of four. */
// @ts-ignore: decorator
@inline
function recurOne(length: i32, decays: usize, records: usize, b: usize, ldb: usize, c: usize, ldc: usize, keep: bool, states: usize): void {
  let h = ZERO;
  for (let t = length; t > 0; t--) {
    h = madd(v128.load(decays), h, f32x4.mul(v128.load(records, DRIVE), v128.load32_splat(b)));
    if (keep) {
      v128.store(states, h);
      states += 16;
    }
    v128.store(records, madd(h, v128.load32_splat(c), v128.load(records)));
    decays += 16;
    records += RECORD;
    b += ldb;
    c += ldc;
  }
}

export function selectiveScan(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) packDecays(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const D = word(args, 2), N = word(args, 3), groups = word(args, 4);
  const ldu = pointer(args, 6), lddelta = pointer(args, 8), ldb = pointer(args, 12), ldc = pointer(args, 14);
  const ldz = pointer(args, 18), ldy = pointer(args, 20);
  const row = (<usize>padded(D)) << 2;
  const group = word(list, 2);
  const rates = scratch + <usize>(group * N) * row;
  const records = scratch + <usize>(groups * N) * row;
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = <usize>word(segments, s), length = word(segments, s + 1) - <i32>start;
    const end = records + <usize>length * RECORD, decays = end;
    const b = pointer(args, 11) + start * ldb, c = pointer(args, 13) + start * ldc;
    for (let channel = 0; channel < D; channel += 4) {
      const at = (<usize>channel) << 2;
      const skip = v128.load(pointer(args, 15) + <usize>group * pointer(args, 16) + at);
      let u = pointer(args, 5) + start * ldu + at;
      let delta = pointer(args, 7) + start * lddelta + at;
      magnitudeRun(delta, lddelta, length, records);
      for (let record = records; record < end; record += RECORD) {
        const step = math.softplusGiven(v128.load(delta), v128.load(record, DECAY)), x = v128.load(u);
        v128.store(record, step, STEP);
        v128.store(record, f32x4.mul(step, x), DRIVE);
        v128.store(record, f32x4.mul(skip, x));
        delta += lddelta;
        u += ldu;
      }
      let n = 0;
      for (; n + 4 <= N; n += 4) {
        const state = (<usize>n) << 2;
        decayBlock(records, length, rates + <usize>n * row + at, row, 4, decays);
        recurFour(length, decays, records, b + state, ldb, c + state, ldc, false, 0);
      }
      for (; n < N; n++) {
        const state = (<usize>n) << 2;
        decayBlock(records, length, rates + <usize>n * row + at, row, 1, decays);
        recurOne(length, decays, records, b + state, ldb, c + state, ldc, false, 0);
      }
      let z = pointer(args, 17) ? pointer(args, 17) + start * ldz + at : 0;
      let y = pointer(args, 19) + start * ldy + at;
      const lanes = D - channel;
      if (z) magnitudeRun(z, ldz, length, records);
      for (let record = records; record < end; record += RECORD) {
        let sum = v128.load(record);
        if (z) {
          const gate = v128.load(z);
          sum = f32x4.mul(sum, f32x4.mul(gate, math.sigmoidGiven(gate, v128.load(record, DECAY))));
          z += ldz;
        }
        storeLanes(y, sum, lanes);
        y += ldy;
      }
    }
  }
}

/**
 * One state walked backwards: carries dL/dh, adds to the gradients of B and C (in lanes), of the drive and of the step.
 * Pointers are at the segment's last row and step back; before its first row of
 * states lies one of zeros. Returns the gradient of the state's rate.
 */
function retreat(
  length: i32, a: v128, before: usize, decays: usize, stride: usize, records: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  folds: usize, foldStride: usize, foldGap: usize,
): v128 {
  let carry = ZERO, dA = ZERO;
  let h = v128.load(before);
  for (let t = length; t > 0; t--) {
    const g = v128.load(records);
    const dh = madd(g, v128.load32_splat(c), carry);
    v128.store(folds + foldGap, madd(g, h, v128.load(folds + foldGap)));
    v128.store(folds, madd(dh, v128.load(records, DRIVE), v128.load(folds)));
    v128.store(records, madd(dh, v128.load32_splat(b), v128.load(records, D_DRIVE)), D_DRIVE);
    carry = f32x4.mul(dh, v128.load(decays));
    before -= stride;
    h = v128.load(before);
    const dExponent = f32x4.mul(carry, h);
    dA = madd(dExponent, v128.load(records, STEP), dA);
    v128.store(records, madd(dExponent, a, v128.load(records, D_STEP)), D_STEP);
    decays -= stride;
    records -= RECORD;
    folds -= foldStride;
    b -= ldb;
    c -= ldc;
  }
  return dA;
}

/** Two states of a block at once. The gradients of their rates go to `dA`. */
function retreatTwo(
  length: i32, a0: v128, a1: v128, before: usize, decays: usize, stride: usize, records: usize, b: usize, ldb: usize, c: usize,
  ldc: usize, folds: usize, foldStride: usize, foldGap: usize, dA: usize, row: usize,
): void {
  let carry0 = ZERO, carry1 = ZERO, dA0 = ZERO, dA1 = ZERO;
  let h0 = v128.load(before), h1 = v128.load(before, 16);
  for (let t = length; t > 0; t--) {
    const g = v128.load(records);
    const dc = folds + foldGap;
    v128.store(dc, madd(g, h0, v128.load(dc)));
    v128.store(dc, madd(g, h1, v128.load(dc, 16)), 16);
    const dh0 = madd(g, v128.load32_splat(c), carry0), dh1 = madd(g, v128.load32_splat(c, 4), carry1);
    const drive = v128.load(records, DRIVE);
    v128.store(folds, madd(dh0, drive, v128.load(folds)));
    v128.store(folds, madd(dh1, drive, v128.load(folds, 16)), 16);
    const dDrive = madd(dh0, v128.load32_splat(b), v128.load(records, D_DRIVE));
    v128.store(records, madd(dh1, v128.load32_splat(b, 4), dDrive), D_DRIVE);
    carry0 = f32x4.mul(dh0, v128.load(decays));
    carry1 = f32x4.mul(dh1, v128.load(decays, 16));
    before -= stride;
    h0 = v128.load(before);
    h1 = v128.load(before, 16);
    const e0 = f32x4.mul(carry0, h0), e1 = f32x4.mul(carry1, h1);
    v128.store(records, madd(e1, a1, madd(e0, a0, v128.load(records, D_STEP))), D_STEP);
    const step = v128.load(records, STEP);
    dA0 = madd(e0, step, dA0);
    dA1 = madd(e1, step, dA1);
    decays -= stride;
    records -= RECORD;
    folds -= foldStride;
    b -= ldb;
    c -= ldc;
  }
  v128.store(dA, f32x4.add(v128.load(dA), dA0));
  v128.store(dA + row, f32x4.add(v128.load(dA + row), dA1));
}

/**
 * A segment's decays and states are recomputed into scratch for four channels, then walked backwards. The gradients
 * of B and C gather in lanes over all channels and are folded once at the segment's end.
 */
export function selectiveScanBackward(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) packDecays(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const D = word(args, 2), N = word(args, 3), groups = word(args, 4);
  const ldu = pointer(args, 6), lddelta = pointer(args, 8), ldb = pointer(args, 12), ldc = pointer(args, 14);
  const ldz = pointer(args, 18), lddy = pointer(args, 22), lddu = pointer(args, 24), ldddelta = pointer(args, 26);
  const dzs = pointer(args, 31), lddz = pointer(args, 32);
  const row = (<usize>padded(D)) << 2;
  const group = word(list, 2);
  const rates = scratch + <usize>(group * N) * row;
  const vectors = (<usize>N) << 4;
  const records = scratch + <usize>(groups * N) * row;
  const partial = pointer(args, 33) + <usize>task * pointer(args, 34);
  memory.fill(partial, 0, <usize>(N + 1) * row);
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = <usize>word(segments, s), length = word(segments, s + 1) - <i32>start;
    if (length == 0) continue;
    const end = records + <usize>length * RECORD, last = end - RECORD;
    // Blocks of states are [row][block], with a row of zeros in front; decays the same without it.
    const states = end;
    const decays = states + <usize>(length + 1) * vectors;
    const folds = decays + <usize>length * vectors, gap = <usize>length * vectors;
    const b = pointer(args, 11) + start * ldb, lastB = b + <usize>(length - 1) * ldb;
    const c = pointer(args, 13) + start * ldc, lastC = c + <usize>(length - 1) * ldc;
    memory.fill(folds, 0, gap * 2);
    for (let channel = 0; channel < D; channel += 4) {
      const at = (<usize>channel) << 2;
      const lanes = D - channel;
      const mask = laneMask(lanes);
      const skip = v128.load(pointer(args, 15) + <usize>group * pointer(args, 16) + at);
      const us = pointer(args, 5) + start * ldu + at;
      const wanted = partial + at;

      let u = us;
      let delta = pointer(args, 7) + start * lddelta + at;
      magnitudeRun(delta, lddelta, length, records);
      for (let record = records; record < end; record += RECORD) {
        // Masked: a NaN in a lane past the edge would spread into the gradients of B and C.
        const raw = v128.and(v128.load(delta), mask), x = v128.and(v128.load(u), mask);
        const e = v128.and(v128.load(record, DECAY), mask);
        const step = math.softplusGiven(raw, e);
        v128.store(record, step, STEP);
        v128.store(record, f32x4.mul(step, x), DRIVE);
        v128.store(record, f32x4.mul(skip, x));
        v128.store(record, math.sigmoidGiven(raw, e), SLOPE);
        delta += lddelta;
        u += ldu;
      }

      let n = 0;
      for (; n + 4 <= N; n += 4) {
        const state = (<usize>n) << 2;
        const block = states + <usize>(length + 1) * (state << 2), kept = decays + <usize>length * (state << 2);
        for (let i: usize = 0; i < 64; i += 16) v128.store(block + i, ZERO);
        decayBlock(records, length, rates + <usize>n * row + at, row, 4, kept);
        recurFour(length, kept, records, b + state, ldb, c + state, ldc, true, block + 64);
      }
      for (; n < N; n++) {
        const state = (<usize>n) << 2;
        const block = states + <usize>(length + 1) * (state << 2), kept = decays + <usize>length * (state << 2);
        v128.store(block, ZERO);
        decayBlock(records, length, rates + <usize>n * row + at, row, 1, kept);
        recurOne(length, kept, records, b + state, ldb, c + state, ldc, true, block + 16);
      }

      // The gradient before the gate takes the sum's place.
      let dy = pointer(args, 21) + start * lddy + at;
      let z = pointer(args, 17) ? pointer(args, 17) + start * ldz + at : 0;
      let dz = dzs + start * lddz + at;
      let dSkip = ZERO;
      u = us;
      if (z) magnitudeRun(z, ldz, length, records);
      for (let record = records; record < end; record += RECORD) {
        let g = v128.and(v128.load(dy), mask);
        if (z) {
          const gate = v128.load(z);
          const p = math.sigmoidGiven(gate, v128.load(record, DECAY));
          if (dzs) storeLanes(dz, f32x4.mul(f32x4.mul(g, v128.load(record)), math.siluSlope(gate, p)), lanes);
          g = v128.and(f32x4.mul(g, f32x4.mul(gate, p)), mask);
          z += ldz;
          dz += lddz;
        }
        v128.store(record, g);
        v128.store(record, ZERO, D_DRIVE);
        v128.store(record, ZERO, D_STEP);
        dSkip = madd(g, v128.load(u), dSkip);
        dy += lddy;
        u += ldu;
      }
      const dSkips = wanted + <usize>N * row;
      v128.store(dSkips, f32x4.add(v128.load(dSkips), dSkip));

      n = 0;
      for (; n + 4 <= N; n += 4) {
        const state = (<usize>n) << 2;
        const before = states + <usize>(length + 1) * (state << 2) + ((<usize>length) << 6);
        const kept = decays + <usize>length * (state << 2) + ((<usize>(length - 1)) << 6);
        for (let half: usize = 0; half < 2; half++) {
          const shift = half << 5, floats = state + (half << 3);
          const a = rates + <usize>(n + (<i32>half << 1)) * row + at;
          retreatTwo(
            length, v128.load(a), v128.load(a + row), before + shift, kept + shift, 64, last, lastB + floats, ldb,
            lastC + floats, ldc, folds + gap - vectors + (floats << 2), vectors, gap,
            wanted + <usize>(n + (<i32>half << 1)) * row, row,
          );
        }
      }
      for (; n < N; n++) {
        const state = (<usize>n) << 2;
        const before = states + <usize>(length + 1) * (state << 2) + ((<usize>length) << 4);
        const kept = decays + <usize>length * (state << 2) + ((<usize>(length - 1)) << 4);
        const dA = retreat(
          length, v128.load(rates + <usize>n * row + at), before, kept, 16, last, lastB + state, ldb, lastC + state, ldc,
          folds + gap - vectors + (state << 2), vectors, gap,
        );
        const to = wanted + <usize>n * row;
        v128.store(to, f32x4.add(v128.load(to), dA));
      }

      let du = pointer(args, 23) + start * lddu + at;
      let ddelta = pointer(args, 25) + start * ldddelta + at;
      u = us;
      for (let record = records; record < end; record += RECORD) {
        const dDrive = v128.load(record, D_DRIVE);
        // The rates carry a factor log2(e) that the exponent's gradient must lose.
        const total = madd(dDrive, v128.load(u), f32x4.mul(v128.load(record, D_STEP), splat(0.6931471805599453)));
        if (pointer(args, 25)) storeLanes(ddelta, f32x4.mul(total, v128.load(record, SLOPE)), lanes);
        if (pointer(args, 23)) {
          storeLanes(du, madd(v128.load(record), skip, f32x4.mul(dDrive, v128.load(record, STEP))), lanes);
        }
        u += ldu;
        du += lddu;
        ddelta += ldddelta;
      }
    }
    fold(pointer(args, 27), start, pointer(args, 28), folds, length, N);
    fold(pointer(args, 29), start, pointer(args, 30), folds + gap, length, N);
  }
}

/** [length][N] vectors summed over their lanes into rows of `to`. */
function fold(to: usize, start: usize, ld: usize, lanes: usize, length: i32, N: i32): void {
  if (!to) return;
  for (let t: usize = 0; t < <usize>length; t++) {
    let out = to + (start + t) * ld;
    let n = N;
    for (; n >= 4; n -= 4) {
      v128.store(out, horizontalSums(v128.load(lanes), v128.load(lanes, 16), v128.load(lanes, 32), v128.load(lanes, 48)));
      lanes += 64;
      out += 16;
    }
    for (; n > 0; n--) {
      store<f32>(out, horizontalSum(v128.load(lanes)));
      lanes += 16;
      out += 4;
    }
  }
}
