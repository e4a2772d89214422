/**
 * Elementary functions on four f32 lanes, within 3.1 ulp (README.md lists what was measured). Polynomials are weighted
 * Chebyshev fits in float64, rounded to f32. NaN passes through. `pmin`/`pmax` are used for clamps since they are one instruction and keep a NaN in the
 * first operand.
 */
import {
  get, ATANH_1, ATANH_2, ATANH_3, ATANH_4, ATANH_5, BIAS, BIT_0, BIT_1, EXP2_1, EXP2_2, EXP2_3, EXP2_4, EXP2_5,
  EXP2_6, EXP2_BOTTOM, EXP_1, EXP_2, EXP_3, EXP_4, EXP_BOTTOM, EXP_NEGLIGIBLE, EXP_TOP, FOUR, HALF, HALF_PI, INFINITE, LEAST_NORMAL,
  LN2_HIGH, LN2_LOW, LOG2_E, LOG_1, LOG_2, LOG_3, MANTISSA, MINUS_HALF, MINUS_INFINITY, NOT_A_NUMBER, ONE,
  ROOT_HALF_BITS, ROUND, ROUND_BITS, SIGN, TANH_1, TANH_2, TANH_3, TANH_4, TANH_5, TANH_SMALL, TURN_1, TURN_2, TURN_3,
  TURN_4, TURN_5, TURN_6, TURN_7, TURN_8, TWENTY_THREE, TWO, TWO_23,
} from './constants';
import { madd, nmadd, ZERO } from './vector';

// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** 2^n for whole n in [-126, 127], from the bits of n + ROUND. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, get(BIAS)), 23);
}

/** e^x over the whole range, denormal results included. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, get(EXP_TOP)), get(EXP_BOTTOM));
  const t = madd(x, get(LOG2_E), get(ROUND));
  const n = f32x4.sub(t, get(ROUND));
  // ln 2 in two parts, the first with trailing zeros: n times it is exact.
  const r = nmadd(n, get(LN2_LOW), nmadd(n, get(LN2_HIGH), x));
  let g = madd(r, get(EXP_1), get(EXP_2));
  g = madd(r, g, get(EXP_3));
  g = madd(r, g, get(EXP_4));
  g = madd(r, g, get(HALF));
  const p = f32x4.add(madd(f32x4.mul(r, r), g, r), get(ONE));
  // In two factors, so that neither overflows: n reaches -150 and 128.
  const whole = i32x4.sub(t, get(ROUND_BITS));
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** e^x for x ≤ 0; 0 below -86.6, where results would leave the normal range. */
// @ts-ignore: decorator
@inline
function expNegative(x: v128): v128 {
  return expNegativeWith(
    x, get(LOG2_E), get(ROUND), get(LN2_HIGH), get(LN2_LOW), get(EXP_1), get(EXP_2), get(EXP_3), get(EXP_4), get(HALF), get(ONE),
    get(EXP_NEGLIGIBLE),
  );
}

/** The same with its constants as values, which a loop keeps in registers. */
// @ts-ignore: decorator
@inline
export function expNegativeWith(
  x: v128, log2e: v128, round: v128, high: v128, low: v128, c1: v128, c2: v128, c3: v128, c4: v128, half: v128, one: v128,
  negligible: v128,
): v128 {
  const t = madd(x, log2e, round);
  const n = f32x4.sub(t, round);
  const r = nmadd(n, low, nmadd(n, high, x));
  const q = f32x4.mul(r, r);
  const g = madd(q, madd(q, c1, madd(r, c2, c3)), madd(r, c4, half));
  const p = f32x4.add(madd(q, g, r), one);
  return v128.andnot(i32x4.add(p, i32x4.shl(t, 23)), f32x4.lt(x, negligible));
}

/** 2^x for x ≤ 0, within 3.1 ulp; anything below 2^-125 counts as that. */
// @ts-ignore: decorator
@inline
export function exp2Negative(x: v128): v128 {
  return exp2With(
    x, get(EXP2_BOTTOM), get(ROUND), get(EXP2_1), get(EXP2_2), get(EXP2_3), get(EXP2_4), get(EXP2_5), get(EXP2_6),
  );
}

/** The same with its constants as values, which a loop keeps in registers. */
// @ts-ignore: decorator
@inline
export function exp2With(
  x: v128, bottom: v128, round: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128,
): v128 {
  x = f32x4.pmax(x, bottom);
  const t = f32x4.add(x, round);
  const f = f32x4.sub(x, f32x4.sub(t, round));
  // Estrin's scheme: one multiplication more than Horner's, but processors look only so far ahead, so that latency
  // decides how many of these run side by side.
  const q = f32x4.mul(f, f);
  const p = madd(q, madd(q, madd(f, c1, c2), madd(f, c3, c4)), madd(f, c5, c6));
  return i32x4.add(p, i32x4.shl(t, 23));
}

/** 2 atanh(s) = ln((1+s)/(1-s)) for s² ≤ 1/9. */
// @ts-ignore: decorator
@inline
function twiceAtanhWide(s: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128): v128 {
  const q = f32x4.mul(s, s);
  const w = f32x4.mul(q, q);
  const p = madd(w, madd(w, c1, madd(q, c2, c3)), madd(q, c4, c5));
  const twice = f32x4.add(s, s);
  return madd(f32x4.mul(twice, q), p, twice);
}

/** ln x; -∞ at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  // Denormals are scaled into the normal range first.
  const tiny = f32x4.lt(x, get(LEAST_NORMAL));
  const y = v128.bitselect(f32x4.mul(x, get(TWO_23)), x, tiny);
  // Mantissa in [√½, √2), by an offset that carries into the exponent from √½ upwards.
  const shifted = i32x4.sub(y, get(ROOT_HALF_BITS));
  const exponent = f32x4.sub(
    f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)),
    v128.and(get(TWENTY_THREE), tiny),
  );
  const m = i32x4.add(v128.and(shifted, get(MANTISSA)), get(ROOT_HALF_BITS));
  const d = f32x4.sub(m, get(ONE));
  const s = f32x4.div(d, f32x4.add(m, get(ONE)));
  const q = f32x4.mul(s, s);
  let p = madd(q, get(LOG_1), get(LOG_2));
  p = madd(q, p, get(LOG_3));
  p = madd(q, p, get(ATANH_5));
  // With w = d²/2: ln m = d - (w - s·(w + 2q·p)), since 2s = d - s·d; keeps the leading term exact.
  const w = f32x4.mul(f32x4.mul(d, d), get(HALF));
  const tail = f32x4.mul(s, madd(f32x4.add(q, q), p, w));
  const low = f32x4.sub(madd(exponent, get(LN2_LOW), tail), w);
  let result = madd(exponent, get(LN2_HIGH), f32x4.add(low, d));
  result = v128.bitselect(get(MINUS_INFINITY), result, f32x4.eq(x, ZERO));
  result = v128.bitselect(get(NOT_A_NUMBER), result, f32x4.lt(x, ZERO));
  // +∞ and NaN are their own logarithm.
  return v128.bitselect(result, x, f32x4.lt(x, get(INFINITE)));
}

/** e^-|x|: what sigmoid, silu and softplus share. It never overflows. */
// @ts-ignore: decorator
@inline
export function decayOf(x: v128): v128 {
  return expNegative(v128.or(x, get(SIGN)));
}

/** 1/(1 + e^-x), given e = e^-|x|. */
// @ts-ignore: decorator
@inline
export function sigmoidGiven(x: v128, e: v128): v128 {
  return f32x4.div(v128.bitselect(e, get(ONE), i32x4.shr_s(x, 31)), f32x4.add(get(ONE), e));
}

/** max(x, 0) + ln(1 + e^-|x|), given e = e^-|x|. */
// @ts-ignore: decorator
@inline
export function softplusGiven(x: v128, e: v128): v128 {
  return softplusWith(x, e, get(TWO), get(ATANH_1), get(ATANH_2), get(ATANH_3), get(ATANH_4), get(ATANH_5));
}

/** The same with its constants as values, which a loop keeps in registers. */
// @ts-ignore: decorator
@inline
export function softplusWith(x: v128, e: v128, two: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128): v128 {
  // ln(1 + e) for e in [0, 1].
  return f32x4.add(f32x4.pmax(x, ZERO), twiceAtanhWide(f32x4.div(e, f32x4.add(e, two)), c1, c2, c3, c4, c5));
}

// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return sigmoidGiven(x, decayOf(x));
}

// @ts-ignore: decorator
@inline
export function silu(x: v128): v128 {
  return f32x4.mul(x, sigmoid(x));
}

/** silu's slope σ·(1 + x·(1 - σ)), given p = σ(x). */
// @ts-ignore: decorator
@inline
export function siluSlope(x: v128, p: v128): v128 {
  return f32x4.mul(p, madd(x, f32x4.sub(get(ONE), p), get(ONE)));
}

// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  return softplusGiven(x, decayOf(x));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const q = f32x4.mul(x, x);
  let p = madd(q, get(TANH_1), get(TANH_2));
  p = madd(q, p, get(TANH_3));
  p = madd(q, p, get(TANH_4));
  p = madd(q, p, get(TANH_5));
  const small = madd(f32x4.mul(x, q), p, x);
  const e = exp(f32x4.add(magnitude, magnitude));
  const large = f32x4.sub(get(ONE), f32x4.div(get(TWO), f32x4.add(e, get(ONE))));
  const signed = v128.or(large, v128.and(x, get(SIGN)));
  return v128.bitselect(small, signed, f32x4.lt(magnitude, get(TANH_SMALL)));
}

/** sin(2πv) for v in [0, 1]. */
// @ts-ignore: decorator
@inline
export function sinTurn(v: v128): v128 {
  return turn(v, 0);
}

/** cos(2πv) for v in [0, 1]. */
// @ts-ignore: decorator
@inline
export function cosTurn(v: v128): v128 {
  return turn(v, 1);
}

/** The sine of a turn advanced by `quarters`. The reduction is exact, since 4v is. */
// @ts-ignore: decorator
@inline
function turn(v: v128, quarters: i32): v128 {
  const y = f32x4.mul(v, get(FOUR));
  const t = f32x4.add(y, get(ROUND));
  const a = f32x4.mul(f32x4.sub(y, f32x4.sub(t, get(ROUND))), get(HALF_PI));
  const q = f32x4.mul(a, a);
  let s = madd(q, get(TURN_1), get(TURN_2));
  s = madd(q, s, get(TURN_3));
  s = madd(q, s, get(TURN_4));
  s = madd(f32x4.mul(q, a), s, a);
  let c = madd(q, get(TURN_5), get(TURN_6));
  c = madd(q, c, get(TURN_7));
  c = madd(q, c, get(TURN_8));
  c = madd(q, c, get(MINUS_HALF));
  c = madd(q, c, get(ONE));
  const quadrant = i32x4.add(t, i32x4.splat(quarters));
  const odd = i32x4.eq(v128.and(quadrant, get(BIT_0)), get(BIT_0));
  const sign = i32x4.shl(v128.and(quadrant, get(BIT_1)), 30);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}
