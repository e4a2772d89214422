/** Helpers over four f32 lanes. Reads may run past a row's end (memory keeps slack behind it); writes never do. */

export const ZERO: v128 = i64x2(0, 0);

// @ts-ignore: decorator
@inline
export function word(at: usize, index: i32): i32 {
  return load<i32>(at + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function pointer(at: usize, index: i32): usize {
  return <usize>load<u32>(at + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function float(at: usize, index: i32): f32 {
  return load<f32>(at + ((<usize>index) << 2));
}

/** All ones in the first `lanes` lanes. */
// @ts-ignore: decorator
@inline
export function laneMask(lanes: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(lanes));
}

/** Four floats, those past `lanes` as zero. */
// @ts-ignore: decorator
@inline
export function loadLanes(at: usize, lanes: i32): v128 {
  return lanes >= 4 ? v128.load(at) : v128.and(v128.load(at), laneMask(lanes));
}

// @ts-ignore: decorator
@inline
export function storeLanes(at: usize, value: v128, lanes: i32): void {
  if (lanes >= 4) {
    v128.store(at, value);
  } else if (lanes > 0) {
    store<f32>(at, f32x4.extract_lane(value, 0));
    if (lanes > 1) store<f32>(at, f32x4.extract_lane(value, 1), 4);
    if (lanes > 2) store<f32>(at, f32x4.extract_lane(value, 2), 8);
  }
}

// @ts-ignore: decorator
@inline
export function horizontalSum(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** The sums of four vectors' lanes, side by side. */
// @ts-ignore: decorator
@inline
export function horizontalSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** a·b + c; in the relaxed binaries one instruction that rounds once, where the processor has it. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a·b, likewise. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** Elements rounded up to whole vectors. */
// @ts-ignore: decorator
@inline
export function padded(count: i32): i32 {
  return (count + 3) & ~3;
}
