/**
 * Philox4x32-10 (Salmon et al., 2011): counter (i >> 2, step, stream, 0), key (seed, 0), a vector of four words a block.
 * Words: state, y, ldy, rows, columns, stream, normal, blocksPerTask. Elements count row-major.
 */
import * as math from './math';
import { splat } from './math';
import { pointer, word } from './vector';

/** The four words of one counter. */
export function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): v128 {
  for (let round = 0; round < 10; round++) {
    const p0 = <u64>c0 * 0xd2511f53;
    const p1 = <u64>c2 * 0xcd9e8d57;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  let v = i32x4.splat(c0);
  v = i32x4.replace_lane(v, 1, c1);
  v = i32x4.replace_lane(v, 2, c2);
  return i32x4.replace_lane(v, 3, c3);
}

export function random(args: usize, task: i32, first: bool, scratch: usize): void {
  const state = pointer(args, 0), ldy = pointer(args, 2);
  const columns = word(args, 4), total = word(args, 3) * columns;
  const seed = <u32>load<f32>(state) | (<u32>load<f32>(state, 4) << 16);
  const step = <u32>load<f32>(state, 8);
  const perTask = word(args, 7);
  const end = min((total + 3) >> 2, (task + 1) * perTask);
  for (let block = task * perTask; block < end; block++) {
    const bits = philox(block, step, word(args, 5), 0, seed, 0);
    let v = f32x4.mul(
      f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), splat(0.5)),
      splat(5.9604644775390625e-8),
    );
    // The largest bits round up to 1 in f32; the interval is open.
    v = f32x4.pmin(v, splat(0.99999994));
    if (word(args, 6)) {
      // (u0, u0, u2, u2) under the root; the turns v1 and v3 as cosine then sine.
      const radius = f32x4.sqrt(f32x4.mul(splat(-2), math.log(v128.shuffle<f32>(v, v, 0, 0, 2, 2))));
      const turns = v128.shuffle<f32>(v, v, 1, 1, 3, 3);
      const both = v128.shuffle<f32>(math.cosTurn(turns), math.sinTurn(turns), 0, 5, 2, 7);
      v = f32x4.mul(radius, both);
    }
    const start = block << 2;
    let row = start / columns, column = start - row * columns;
    for (let lane = 0; lane < 4 && start + lane < total; lane++) {
      store<f32>(pointer(args, 1) + <usize>row * ldy + ((<usize>column) << 2), f32x4.extract_lane(v, 0));
      v = v128.shuffle<f32>(v, v, 1, 2, 3, 0);
      if (++column == columns) {
        column = 0;
        row++;
      }
    }
  }
}
