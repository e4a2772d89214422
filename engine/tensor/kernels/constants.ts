/**
 * Vector constants of math.ts, at fixed addresses below the control block. V8 rebuilds a v128 literal out of integer
 * moves at every use, inside loops too; a load from a fixed address is one instruction. With literals the selective
 * scan took several times as long. Numbered ones are polynomial coefficients, in the order they are used.
 */

// @ts-ignore: decorator
@inline
export function get(at: usize): v128 {
  return v128.load(at);
}

// @ts-ignore: decorator
@inline
function splat(value: f32): v128 {
  return f32x4.splat(value);
}

// @ts-ignore: decorator
@inline
export const BIAS: usize = 64;
// @ts-ignore: decorator
@inline
export const EXP_TOP: usize = 80;
// @ts-ignore: decorator
@inline
export const EXP_BOTTOM: usize = 96;
// @ts-ignore: decorator
@inline
export const LOG2_E: usize = 112;
// @ts-ignore: decorator
@inline
export const ROUND: usize = 128;
// @ts-ignore: decorator
@inline
export const LN2_HIGH: usize = 144;
// @ts-ignore: decorator
@inline
export const LN2_LOW: usize = 160;
// @ts-ignore: decorator
@inline
export const EXP_1: usize = 176;
// @ts-ignore: decorator
@inline
export const EXP_2: usize = 192;
// @ts-ignore: decorator
@inline
export const EXP_3: usize = 208;
// @ts-ignore: decorator
@inline
export const EXP_4: usize = 224;
// @ts-ignore: decorator
@inline
export const HALF: usize = 240;
// @ts-ignore: decorator
@inline
export const ONE: usize = 256;
// @ts-ignore: decorator
@inline
export const ROUND_BITS: usize = 272;
// @ts-ignore: decorator
@inline
export const EXP2_BOTTOM: usize = 288;
// @ts-ignore: decorator
@inline
export const EXP2_1: usize = 304;
// @ts-ignore: decorator
@inline
export const EXP2_2: usize = 320;
// @ts-ignore: decorator
@inline
export const EXP2_3: usize = 336;
// @ts-ignore: decorator
@inline
export const EXP2_4: usize = 352;
// @ts-ignore: decorator
@inline
export const EXP2_5: usize = 368;
// @ts-ignore: decorator
@inline
export const EXP2_6: usize = 384;
// @ts-ignore: decorator
@inline
export const ATANH_1: usize = 400;
// @ts-ignore: decorator
@inline
export const ATANH_2: usize = 416;
// @ts-ignore: decorator
@inline
export const ATANH_3: usize = 432;
// @ts-ignore: decorator
@inline
export const ATANH_4: usize = 448;
// @ts-ignore: decorator
@inline
export const ATANH_5: usize = 464;
// @ts-ignore: decorator
@inline
export const LEAST_NORMAL: usize = 480;
// @ts-ignore: decorator
@inline
export const TWO_23: usize = 496;
// @ts-ignore: decorator
@inline
export const ROOT_HALF_BITS: usize = 512;
// @ts-ignore: decorator
@inline
export const TWENTY_THREE: usize = 528;
// @ts-ignore: decorator
@inline
export const MANTISSA: usize = 544;
// @ts-ignore: decorator
@inline
export const LOG_1: usize = 560;
// @ts-ignore: decorator
@inline
export const LOG_2: usize = 576;
// @ts-ignore: decorator
@inline
export const LOG_3: usize = 592;
// @ts-ignore: decorator
@inline
export const MINUS_INFINITY: usize = 608;
// @ts-ignore: decorator
@inline
export const NOT_A_NUMBER: usize = 624;
// @ts-ignore: decorator
@inline
export const INFINITE: usize = 640;
// @ts-ignore: decorator
@inline
export const TWO: usize = 656;
// @ts-ignore: decorator
@inline
export const TANH_1: usize = 672;
// @ts-ignore: decorator
@inline
export const TANH_2: usize = 688;
// @ts-ignore: decorator
@inline
export const TANH_3: usize = 704;
// @ts-ignore: decorator
@inline
export const TANH_4: usize = 720;
// @ts-ignore: decorator
@inline
export const TANH_5: usize = 736;
// @ts-ignore: decorator
@inline
export const SIGN: usize = 752;
// @ts-ignore: decorator
@inline
export const TANH_SMALL: usize = 768;
// @ts-ignore: decorator
@inline
export const FOUR: usize = 784;
// @ts-ignore: decorator
@inline
export const HALF_PI: usize = 800;
// @ts-ignore: decorator
@inline
export const TURN_1: usize = 816;
// @ts-ignore: decorator
@inline
export const TURN_2: usize = 832;
// @ts-ignore: decorator
@inline
export const TURN_3: usize = 848;
// @ts-ignore: decorator
@inline
export const TURN_4: usize = 864;
// @ts-ignore: decorator
@inline
export const TURN_5: usize = 880;
// @ts-ignore: decorator
@inline
export const TURN_6: usize = 896;
// @ts-ignore: decorator
@inline
export const TURN_7: usize = 912;
// @ts-ignore: decorator
@inline
export const TURN_8: usize = 928;
// @ts-ignore: decorator
@inline
export const MINUS_HALF: usize = 944;
// @ts-ignore: decorator
@inline
export const BIT_0: usize = 960;
// @ts-ignore: decorator
@inline
export const BIT_1: usize = 976;
// @ts-ignore: decorator
@inline
export const EXP_NEGLIGIBLE: usize = 992;

/** Writes the table. The host calls it once, before anything else. */
export function initialise(): void {
  v128.store(BIAS, i32x4.splat(127));
  v128.store(EXP_TOP, splat(89.0));
  v128.store(EXP_BOTTOM, splat(-104.0));
  v128.store(LOG2_E, splat(1.44269504));
  v128.store(ROUND, splat(12582912.0));
  v128.store(LN2_HIGH, splat(0.693359375));
  v128.store(LN2_LOW, splat(-2.12194440e-4));
  v128.store(EXP_1, splat(0.0013893930008634925));
  v128.store(EXP_2, splat(0.008363724686205387));
  v128.store(EXP_3, splat(0.04166695475578308));
  v128.store(EXP_4, splat(0.16666573286056519));
  v128.store(HALF, splat(0.5));
  v128.store(ONE, splat(1.0));
  v128.store(ROUND_BITS, i32x4.splat(0x4b400000));
  v128.store(EXP2_BOTTOM, splat(-125.0));
  v128.store(EXP2_1, splat(0.0013266970636323094));
  v128.store(EXP2_2, splat(0.009675459936261177));
  v128.store(EXP2_3, splat(0.05550742521882057));
  v128.store(EXP2_4, splat(0.24022121727466583));
  v128.store(EXP2_5, splat(0.6931469440460205));
  v128.store(EXP2_6, splat(1.0000001192092896));
  v128.store(ATANH_1, splat(0.11609403789043427));
  v128.store(ATANH_2, splat(0.10853898525238037));
  v128.store(ATANH_3, splat(0.14296136796474457));
  v128.store(ATANH_4, splat(0.19999854266643524));
  v128.store(ATANH_5, splat(0.3333333432674408));
  v128.store(LEAST_NORMAL, splat(1.17549435e-38));
  v128.store(TWO_23, splat(8388608.0));
  v128.store(ROOT_HALF_BITS, i32x4.splat(0x3f3504f3));
  v128.store(TWENTY_THREE, splat(23.0));
  v128.store(MANTISSA, i32x4.splat(0x007fffff));
  v128.store(LOG_1, splat(0.1167016550898552));
  v128.store(LOG_2, splat(0.14275230467319489));
  v128.store(LOG_3, splat(0.20000062882900238));
  v128.store(MINUS_INFINITY, splat(-Infinity));
  v128.store(NOT_A_NUMBER, splat(NaN));
  v128.store(INFINITE, splat(Infinity));
  v128.store(TWO, splat(2.0));
  v128.store(TANH_1, splat(-0.006088857538998127));
  v128.store(TANH_2, splat(0.020990971475839615));
  v128.store(TANH_3, splat(-0.053849369287490845));
  v128.store(TANH_4, splat(0.13332757353782654));
  v128.store(TANH_5, splat(-0.333333283662796));
  v128.store(SIGN, i32x4.splat(0x80000000));
  v128.store(TANH_SMALL, splat(0.625));
  v128.store(FOUR, splat(4.0));
  v128.store(HALF_PI, splat(1.5707963267948966));
  v128.store(TURN_1, splat(2.7557319223985893e-6));
  v128.store(TURN_2, splat(-1.984126984126984e-4));
  v128.store(TURN_3, splat(8.333333333333333e-3));
  v128.store(TURN_4, splat(-1.6666666666666666e-1));
  v128.store(TURN_5, splat(-2.755731922398589e-7));
  v128.store(TURN_6, splat(2.48015873015873e-5));
  v128.store(TURN_7, splat(-1.388888888888889e-3));
  v128.store(TURN_8, splat(4.1666666666666664e-2));
  v128.store(MINUS_HALF, splat(-0.5));
  v128.store(BIT_0, i32x4.splat(1));
  v128.store(BIT_1, i32x4.splat(2));
  v128.store(EXP_NEGLIGIBLE, splat(-86.6));
}
