/**
 * Mamba-1 selective scan over packed segments and its gradient (arXiv 2312.00752, algorithm 2).
 *
 * Four channels lie side by side in a vector and the state index is an inner loop, so nothing is ever summed across
 * lanes in the forward pass, and only once a row in the backward pass. A is kept as -exp(aLog)·log2(e), transposed
 * to [N][D], so that a decay is one 2^x.
 *
 * Words: tasks (pointer), segments (pointer), D, N, groups, u, ldu, delta, lddelta, aLog, ldaLog, b, ldb, c, ldc,
 * d, ldd, z (0: none), ldz, y, ldy; backward then: dy, lddy, du, lddu, ddelta, ldddelta, db, lddb, dc, lddc,
 * dz, lddz, partial, partialStride, longest segment. A partial block holds dA as [N][D padded], then dd [D padded].
 */
import { get, ONE } from './constants';
import * as math from './math';
import { splat } from './math';
import { horizontalSum, laneMask, madd, padded, pointer, storeLanes, word, ZERO } from './vector';

// @ts-ignore: decorator
@inline
const LOG2E: f32 = 1.4426950408889634;

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

export function selectiveScan(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) packDecays(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const D = word(args, 2), N = word(args, 3), groups = word(args, 4);
  const ldu = pointer(args, 6), lddelta = pointer(args, 8), ldb = pointer(args, 12), ldc = pointer(args, 14);
  const ldz = pointer(args, 18), ldy = pointer(args, 20);
  const row = (<usize>padded(D)) << 2;
  const group = word(list, 2);
  const decays = scratch + <usize>(group * N) * row;
  const h = scratch + <usize>(groups * N) * row;
  const states = h + ((<usize>N) << 4);
  /** Per row of the segment: first the step, then the sum. */
  const steps = states;
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = <usize>word(segments, s), length = word(segments, s + 1) - <i32>start;
    for (let channel = 0; channel < D; channel += 4) {
      const at = (<usize>channel) << 2;
      const skip = v128.load(pointer(args, 15) + <usize>group * pointer(args, 16) + at);
      let u = pointer(args, 5) + start * ldu + at;
      let delta = pointer(args, 7) + start * lddelta + at;
      let b = pointer(args, 11) + start * ldb;
      let c = pointer(args, 13) + start * ldc;
      let z = pointer(args, 17) ? pointer(args, 17) + start * ldz + at : 0;
      let y = pointer(args, 19) + start * ldy + at;
      for (let state = h; state < states; state += 16) v128.store(state, ZERO);
      // Steps and gates in loops of their own: there nothing waits for anything, inside the recurrence all would wait.
      for (let t: usize = 0; t < <usize>length; t++) {
        v128.store(steps + (t << 4), math.softplus(v128.load(delta)));
        delta += lddelta;
      }
      let kept = steps;
      for (let t = 0; t < length; t++) {
        const step = v128.load(kept);
        const x = v128.load(u);
        const drive = f32x4.mul(step, x);
        let sum = f32x4.mul(skip, x);
        let a = decays + at;
        let bn = b, cn = c;
        for (let state = h; state < states; state += 16) {
          const decay = math.exp2Negative(f32x4.mul(step, v128.load(a)));
          const next = madd(decay, v128.load(state), f32x4.mul(drive, v128.load32_splat(bn)));
          v128.store(state, next);
          sum = madd(next, v128.load32_splat(cn), sum);
          a += row;
          bn += 4;
          cn += 4;
        }
        v128.store(kept, sum);
        kept += 16;
        u += ldu;
        b += ldb;
        c += ldc;
      }
      for (let t: usize = 0; t < <usize>length; t++) {
        let sum = v128.load(steps + (t << 4));
        if (z) {
          sum = f32x4.mul(sum, math.silu(v128.load(z)));
          z += ldz;
        }
        storeLanes(y, sum, D - channel);
        y += ldy;
      }
    }
  }
}

/**
 * A segment's states and decays are recomputed into scratch for four channels, then walked backwards. The gradients
 * of B and C gather in lanes over all channels and are folded once at the segment's end.
 */
export function selectiveScanBackward(args: usize, task: i32, first: bool, scratch: usize): void {
  if (first) packDecays(args, scratch);
  const list = pointer(args, 0) + <usize>task * 12;
  const segments = pointer(args, 1);
  const D = word(args, 2), N = word(args, 3), groups = word(args, 4);
  const ldu = pointer(args, 6), lddelta = pointer(args, 8), ldb = pointer(args, 12), ldc = pointer(args, 14);
  const ldz = pointer(args, 18), lddy = pointer(args, 22), lddu = pointer(args, 24), ldddelta = pointer(args, 26);
  const lddz = pointer(args, 32);
  const longest = <usize>word(args, 35);
  const row = (<usize>padded(D)) << 2;
  const group = word(list, 2);
  const decays = scratch + <usize>(group * N) * row;
  const vectors = (<usize>N) << 4;
  const carry = scratch + <usize>(groups * N) * row;
  const dA = carry + vectors;
  const zeros = dA + vectors;
  // Per row of the segment: states, decays, gradients of B and C in lanes, the step, and what `cores` says below.
  const states = zeros + vectors;
  const kept = states + longest * vectors;
  const dbLanes = kept + longest * vectors;
  const dcLanes = dbLanes + longest * vectors;
  const steps = dcLanes + longest * vectors;
  // In turn: the sum before the gate, its gradient, the step's gradient.
  const cores = steps + (longest << 4);
  const partial = pointer(args, 33) + <usize>task * pointer(args, 34);
  memory.fill(partial, 0, <usize>(N + 1) * row);
  memory.fill(zeros, 0, vectors);
  for (let s = word(list, 0); s < word(list, 1); s++) {
    const start = <usize>word(segments, s), length = word(segments, s + 1) - <i32>start;
    const b = pointer(args, 11) + start * ldb;
    const c = pointer(args, 13) + start * ldc;
    memory.fill(dbLanes, 0, <usize>length * vectors);
    memory.fill(dcLanes, 0, <usize>length * vectors);
    for (let channel = 0; channel < D; channel += 4) {
      const at = (<usize>channel) << 2;
      const lanes = D - channel;
      const mask = laneMask(lanes);
      const skip = v128.load(pointer(args, 15) + <usize>group * pointer(args, 16) + at);
      const u = pointer(args, 5) + start * ldu + at;
      const delta = pointer(args, 7) + start * lddelta + at;
      const z = pointer(args, 17) ? pointer(args, 17) + start * ldz + at : 0;
      const dy = pointer(args, 21) + start * lddy + at;

      for (let t: usize = 0; t < <usize>length; t++) {
        v128.store(steps + (t << 4), math.softplus(v128.and(v128.load(delta + t * lddelta), mask)));
      }
      let previous = zeros;
      for (let t: usize = 0; t < <usize>length; t++) {
        const step = v128.load(steps + (t << 4));
        const x = v128.and(v128.load(u + t * ldu), mask);
        const drive = f32x4.mul(step, x);
        let sum = f32x4.mul(skip, x);
        let a = decays + at;
        let bn = b + t * ldb, cn = c + t * ldc;
        const offset = t * vectors;
        let state = states + offset;
        let keep = kept + offset;
        const end = state + vectors;
        while (state < end) {
          const decay = math.exp2Negative(f32x4.mul(step, v128.load(a)));
          v128.store(keep, decay);
          const next = madd(decay, v128.load(previous), f32x4.mul(drive, v128.load32_splat(bn)));
          v128.store(state, next);
          sum = madd(next, v128.load32_splat(cn), sum);
          a += row;
          bn += 4;
          cn += 4;
          keep += 16;
          previous += 16;
          state += 16;
        }
        previous = states + offset;
        v128.store(cores + (t << 4), sum);
      }

      // The gradient before the gate takes the sum's place; again free of the recurrence.
      for (let i: usize = 0; i < <usize>length; i++) {
        let g = v128.and(v128.load(dy + i * lddy), mask);
        if (z) {
          const gate = v128.load(z + i * ldz);
          const p = math.sigmoid(gate);
          const slope = f32x4.mul(p, madd(gate, f32x4.sub(get(ONE), p), get(ONE)));
          if (pointer(args, 31)) {
            const dz = f32x4.mul(f32x4.mul(g, v128.load(cores + (i << 4))), slope);
            storeLanes(pointer(args, 31) + (start + i) * lddz + at, dz, lanes);
          }
          // Masked again: a NaN in a lane past the edge would spread into the gradients of B and C.
          g = v128.and(f32x4.mul(g, f32x4.mul(gate, p)), mask);
        }
        v128.store(cores + (i << 4), g);
      }

      for (let n: usize = 0; n < vectors * 2; n += 16) v128.store(carry + n, ZERO);
      let dSkip = ZERO;
      for (let t = length - 1; t >= 0; t--) {
        const i = <usize>t;
        const x = v128.and(v128.load(u + i * ldu), mask);
        const step = v128.load(steps + (i << 4));
        const g = v128.load(cores + (i << 4));
        dSkip = madd(g, x, dSkip);
        const drive = f32x4.mul(step, x);
        let dStep = ZERO, dDrive = ZERO;
        let a = decays + at;
        let bn = b + i * ldb, cn = c + i * ldc;
        const offset = i * vectors;
        let before = t > 0 ? states + offset - vectors : zeros;
        const after = states + offset, keep = kept + offset, dbn = dbLanes + offset, dcn = dcLanes + offset;
        for (let n: usize = 0; n < vectors; n += 16) {
          const dh = madd(g, v128.load32_splat(cn), v128.load(carry + n));
          v128.store(dcn + n, madd(g, v128.load(after + n), v128.load(dcn + n)));
          v128.store(dbn + n, madd(dh, drive, v128.load(dbn + n)));
          dDrive = madd(dh, v128.load32_splat(bn), dDrive);
          const back = f32x4.mul(dh, v128.load(keep + n));
          v128.store(carry + n, back);
          const dExponent = f32x4.mul(back, v128.load(before));
          dStep = madd(dExponent, v128.load(a), dStep);
          v128.store(dA + n, madd(dExponent, step, v128.load(dA + n)));
          before += 16;
          a += row;
          bn += 4;
          cn += 4;
        }
        // The decays carry a factor log2(e) that the exponent's gradient must lose.
        const total = madd(dDrive, x, f32x4.mul(dStep, splat(0.6931471805599453)));
        v128.store(cores + (i << 4), total);
        if (pointer(args, 23)) {
          storeLanes(pointer(args, 23) + (start + i) * lddu + at, madd(g, skip, f32x4.mul(dDrive, step)), lanes);
        }
      }
      if (pointer(args, 25)) {
        for (let i: usize = 0; i < <usize>length; i++) {
          const slope = math.sigmoid(v128.load(delta + i * lddelta));
          const to = pointer(args, 25) + (start + i) * ldddelta + at;
          storeLanes(to, f32x4.mul(v128.load(cores + (i << 4)), slope), lanes);
        }
      }
      for (let n = 0; n < N; n++) {
        const to = partial + <usize>n * row + at;
        v128.store(to, f32x4.add(v128.load(to), v128.load(dA + ((<usize>n) << 4))));
      }
      const to = partial + <usize>N * row + at;
      v128.store(to, f32x4.add(v128.load(to), dSkip));
    }
    fold(pointer(args, 27), start, pointer(args, 28), dbLanes, length, N);
    fold(pointer(args, 29), start, pointer(args, 30), dcLanes, length, N);
  }
}

/** [length][N] vectors summed over their lanes into rows of `to`. */
function fold(to: usize, start: usize, ld: usize, lanes: usize, length: i32, N: i32): void {
  if (!to) return;
  for (let t: usize = 0; t < <usize>length; t++) {
    let out = to + (start + t) * ld;
    for (let n = 0; n < N; n++) {
      store<f32>(out, horizontalSum(v128.load(lanes)));
      lanes += 16;
      out += 4;
    }
  }
}
