/** The gradient of the selective scan; words and what is saved in selective-scan.ts. */
import { decayBlock, DRIVE, GATE, packDecays, SAVED, savedAt, SLOPE, STEP } from './selective-scan';
import * as math from './math';
import { splat } from './math';
import { horizontalSum, horizontalSums, laneMask, madd, padded, pointer, storeLanes, word, ZERO } from './vector';

/** A record of the backward pass. The first is the gradient of the sum. */
// @ts-ignore: decorator
@inline
const RECORD: usize = 80;
// @ts-ignore: decorator
@inline
const D_DRIVE: usize = 32;
// @ts-ignore: decorator
@inline
const D_STEP: usize = 64;

/** The states of a block of four once more, stored for the way back. */
function restoreFour(length: i32, decays: usize, records: usize, b: usize, ldb: usize, states: usize): void {
  let h0 = ZERO, h1 = ZERO, h2 = ZERO, h3 = ZERO;
  for (let t = length; t > 0; t--) {
    const drive = v128.load(records, DRIVE);
    h0 = madd(v128.load(decays), h0, f32x4.mul(drive, v128.load32_splat(b)));
    h1 = madd(v128.load(decays, 16), h1, f32x4.mul(drive, v128.load32_splat(b, 4)));
    v128.store(states, h0);
    v128.store(states, h1, 16);
    h2 = madd(v128.load(decays, 32), h2, f32x4.mul(drive, v128.load32_splat(b, 8)));
    h3 = madd(v128.load(decays, 48), h3, f32x4.mul(drive, v128.load32_splat(b, 12)));
    v128.store(states, h2, 32);
    v128.store(states, h3, 48);
    states += 64;
    decays += 64;
    records += RECORD;
    b += ldb;
  }
}

function restoreOne(length: i32, decays: usize, records: usize, b: usize, ldb: usize, states: usize): void {
  let h = ZERO;
  for (let t = length; t > 0; t--) {
    h = madd(v128.load(decays), h, f32x4.mul(v128.load(records, DRIVE), v128.load32_splat(b)));
    v128.store(states, h);
    states += 16;
    decays += 16;
    records += RECORD;
    b += ldb;
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
 * A segment's decays and states are recomputed into scratch for four channels from the saved steps, then walked backwards. The gradients
 * of B and C gather in lanes over all channels and are folded once at the segment's end.
 */
export function selectiveScanBackward(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) packDecays(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const D = word(args, 2), N = word(args, 3), groups = word(args, 4);
  const ldu = pointer(args, 6), ldb = pointer(args, 12), ldc = pointer(args, 14);
  const zs = pointer(args, 17), ldz = pointer(args, 18), dys = pointer(args, 20), lddy = pointer(args, 21);
  const lddu = pointer(args, 23), ldddelta = pointer(args, 25), dzs = pointer(args, 30), lddz = pointer(args, 31);
  const row = (<usize>padded(D)) << 2;
  const group = word(list, 2);
  const rates = scratch + <usize>(group * N) * row;
  const vectors = (<usize>N) << 4;
  const records = scratch + <usize>(groups * N) * row;
  const partial = pointer(args, 32) + <usize>task * pointer(args, 33);
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

      const saved = savedAt(args, start, length, channel);
      let u = us, record = records;
      let z = zs ? zs + start * ldz + at : 0;
      let dz = dzs + start * lddz + at;
      let dy = dys + start * lddy + at;
      let dSkip = ZERO;
      for (let from = saved; record < end; from += SAVED) {
        // Masked: a NaN in a lane past the edge would spread into the gradients of B and C.
        const x = v128.and(v128.load(u), mask), step = v128.and(v128.load(from, STEP), mask);
        let g = v128.and(v128.load(dy), mask);
        if (z) {
          const gate = v128.load(z), p = v128.load(from, GATE);
          if (dzs) storeLanes(dz, f32x4.mul(f32x4.mul(g, v128.load(from)), math.siluSlope(gate, p)), lanes);
          g = v128.and(f32x4.mul(g, f32x4.mul(gate, p)), mask);
          z += ldz;
          dz += lddz;
        }
        v128.store(record, g);
        v128.store(record, step, STEP);
        v128.store(record, f32x4.mul(step, x), DRIVE);
        v128.store(record, ZERO, D_DRIVE);
        v128.store(record, ZERO, D_STEP);
        dSkip = madd(g, x, dSkip);
        dy += lddy;
        u += ldu;
        record += RECORD;
      }
      const dSkips = wanted + <usize>N * row;
      v128.store(dSkips, f32x4.add(v128.load(dSkips), dSkip));

      let n = 0;
      for (; n + 4 <= N; n += 4) {
        const state = (<usize>n) << 2;
        const block = states + <usize>(length + 1) * (state << 2), kept = decays + <usize>length * (state << 2);
        for (let i: usize = 0; i < 64; i += 16) v128.store(block + i, ZERO);
        decayBlock(records, RECORD, length, rates + <usize>n * row + at, row, 4, kept);
        restoreFour(length, kept, records, b + state, ldb, block + 64);
      }
      for (; n < N; n++) {
        const state = (<usize>n) << 2;
        const block = states + <usize>(length + 1) * (state << 2), kept = decays + <usize>length * (state << 2);
        v128.store(block, ZERO);
        decayBlock(records, RECORD, length, rates + <usize>n * row + at, row, 1, kept);
        restoreOne(length, kept, records, b + state, ldb, block + 16);
      }

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

      let du = pointer(args, 22) + start * lddu + at;
      let ddelta = pointer(args, 24) + start * ldddelta + at;
      u = us;
      record = records;
      for (let from = saved; record < end; from += SAVED) {
        const dDrive = v128.load(record, D_DRIVE);
        // The rates carry a factor log2(e) that the exponent's gradient must lose.
        const total = madd(dDrive, v128.load(u), f32x4.mul(v128.load(record, D_STEP), splat(0.6931471805599453)));
        if (pointer(args, 24)) storeLanes(ddelta, f32x4.mul(total, v128.load(from, SLOPE)), lanes);
        if (pointer(args, 22)) {
          storeLanes(du, madd(v128.load(record), skip, f32x4.mul(dDrive, v128.load(record, STEP))), lanes);
        }
        u += ldu;
        du += lddu;
        ddelta += ldddelta;
        record += RECORD;
      }
    }
    fold(pointer(args, 26), start, pointer(args, 27), folds, length, N);
    fold(pointer(args, 28), start, pointer(args, 29), folds + gap, length, N);
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
