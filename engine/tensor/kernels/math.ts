/**
 * Elementary functions on four f32 lanes, 1-2 ulp. Polynomials are weighted Chebyshev fits in float64, rounded to
 * f32. NaN passes through. `pmin`/`pmax` are used for clamps since they are one instruction and keep a NaN in the
 * first operand.
 */
import { madd } from './vector';

/** 1.5·2^23: adding it rounds to a whole number, which is then in the low bits. */
// @ts-ignore: decorator
@inline
const ROUND: f32 = 12582912.0;

// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** 2^n for whole n in [-126, 127], from the bits of n + ROUND. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x over the whole range, denormal results included. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, splat(89.0)), splat(-104.0));
  const t = f32x4.add(f32x4.mul(x, splat(1.44269504)), splat(ROUND));
  const n = f32x4.sub(t, splat(ROUND));
  // ln 2 in two parts, the first with trailing zeros: n times it is exact.
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, splat(0.693359375))), f32x4.mul(n, splat(-2.12194440e-4)));
  let g = madd(r, splat(0.0013893930008634925), splat(0.008363724686205387));
  g = madd(r, g, splat(0.04166695475578308));
  g = madd(r, g, splat(0.16666573286056519));
  g = madd(r, g, splat(0.5));
  const p = f32x4.add(madd(f32x4.mul(r, r), g, r), splat(1.0));
  // In two factors, so that neither overflows: n reaches -150 and 128.
  const whole = i32x4.sub(t, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** 2^x for x ≤ 0, about 2 ulp; anything below 2^-125 counts as that. The scan's inner loop. */
// @ts-ignore: decorator
@inline
export function exp2Negative(x: v128): v128 {
  x = f32x4.pmax(x, splat(-125.0));
  const t = f32x4.add(x, splat(ROUND));
  const f = f32x4.sub(x, f32x4.sub(t, splat(ROUND)));
  let p = madd(f, splat(0.0013266970636323094), splat(0.009675459936261177));
  p = madd(f, p, splat(0.05550742521882057));
  p = madd(f, p, splat(0.24022121727466583));
  p = madd(f, p, splat(0.6931469440460205));
  p = madd(f, p, splat(1.0000001192092896));
  return i32x4.add(p, i32x4.shl(t, 23));
}

/** 2 atanh(s) = ln((1+s)/(1-s)) for s² ≤ 1/9. */
// @ts-ignore: decorator
@inline
function twiceAtanhWide(s: v128): v128 {
  const q = f32x4.mul(s, s);
  let p = madd(q, splat(0.11609403789043427), splat(0.10853898525238037));
  p = madd(q, p, splat(0.14296136796474457));
  p = madd(q, p, splat(0.19999854266643524));
  p = madd(q, p, splat(0.3333333432674408));
  const twice = f32x4.add(s, s);
  return madd(f32x4.mul(twice, q), p, twice);
}

/** ln x; -∞ at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  // Denormals are scaled into the normal range first.
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const y = v128.bitselect(f32x4.mul(x, splat(8388608.0)), x, tiny);
  // Mantissa in [√½, √2), by an offset that carries into the exponent from √½ upwards.
  const shifted = i32x4.sub(y, i32x4.splat(0x3f3504f3));
  const exponent = f32x4.sub(
    f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)),
    v128.and(splat(23.0), tiny),
  );
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const d = f32x4.sub(m, splat(1.0));
  const s = f32x4.div(d, f32x4.add(m, splat(1.0)));
  const q = f32x4.mul(s, s);
  let p = madd(q, splat(0.1167016550898552), splat(0.14275230467319489));
  p = madd(q, p, splat(0.20000062882900238));
  p = madd(q, p, splat(0.3333333432674408));
  // With w = d²/2: ln m = d - (w - s·(w + 2q·p)), since 2s = d - s·d; keeps the leading term exact.
  const w = f32x4.mul(f32x4.mul(d, d), splat(0.5));
  const tail = f32x4.mul(s, madd(f32x4.add(q, q), p, w));
  const low = f32x4.sub(madd(exponent, splat(-2.12194440e-4), tail), w);
  let result = madd(exponent, splat(0.693359375), f32x4.add(low, d));
  result = v128.bitselect(splat(-Infinity), result, f32x4.eq(x, splat(0)));
  result = v128.bitselect(splat(NaN), result, f32x4.lt(x, splat(0)));
  // +∞ and NaN are their own logarithm.
  return v128.bitselect(result, x, f32x4.lt(x, splat(Infinity)));
}

// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(splat(1.0), f32x4.add(splat(1.0), exp(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function silu(x: v128): v128 {
  return f32x4.div(x, f32x4.add(splat(1.0), exp(f32x4.neg(x))));
}

/** ln(1 + e) for e in [0, 1]. */
// @ts-ignore: decorator
@inline
function log1pUnit(e: v128): v128 {
  return twiceAtanhWide(f32x4.div(e, f32x4.add(e, splat(2.0))));
}

/** max(x, 0) + ln(1 + e^-|x|). */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.max(x, splat(0)), log1pUnit(exp(f32x4.neg(f32x4.abs(x)))));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const q = f32x4.mul(x, x);
  let p = madd(q, splat(-0.006088857538998127), splat(0.020990971475839615));
  p = madd(q, p, splat(-0.053849369287490845));
  p = madd(q, p, splat(0.13332757353782654));
  p = madd(q, p, splat(-0.333333283662796));
  const small = madd(f32x4.mul(x, q), p, x);
  const e = exp(f32x4.add(magnitude, magnitude));
  const large = f32x4.sub(splat(1.0), f32x4.div(splat(2.0), f32x4.add(e, splat(1.0))));
  const signed = v128.or(large, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(small, signed, f32x4.lt(magnitude, splat(0.625)));
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
  const y = f32x4.mul(v, splat(4.0));
  const t = f32x4.add(y, splat(ROUND));
  const a = f32x4.mul(f32x4.sub(y, f32x4.sub(t, splat(ROUND))), splat(1.5707963267948966));
  const q = f32x4.mul(a, a);
  let s = madd(q, splat(2.7557319223985893e-6), splat(-1.984126984126984e-4));
  s = madd(q, s, splat(8.333333333333333e-3));
  s = madd(q, s, splat(-1.6666666666666666e-1));
  s = madd(f32x4.mul(q, a), s, a);
  let c = madd(q, splat(-2.755731922398589e-7), splat(2.48015873015873e-5));
  c = madd(q, c, splat(-1.388888888888889e-3));
  c = madd(q, c, splat(4.1666666666666664e-2));
  c = madd(q, c, splat(-0.5));
  c = madd(q, c, splat(1.0));
  const quadrant = i32x4.add(t, i32x4.splat(quarters));
  const odd = i32x4.eq(v128.and(quadrant, i32x4.splat(1)), i32x4.splat(1));
  const sign = i32x4.shl(v128.and(quadrant, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}
