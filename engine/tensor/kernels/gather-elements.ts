/**
 * Ragged reads and writes of a flat pool. Words: pool, pool length, slots, ldslots, x or y, its stride, rows,
 * triples (pointer), rowsPerTask. An address outside the pool reads NaN and writes nothing: slots are data, and data
 * must not reach other tensors.
 */
import { pointer, word } from './vector';

// @ts-ignore: decorator
@inline
function element(args: usize, r: i32): i64 {
  const triple = pointer(args, 7) + <usize>r * 12;
  const slot = <i64><i32>load<f32>(pointer(args, 2) + <usize>word(triple, 2) * pointer(args, 3));
  return <i64>word(triple, 0) + slot * <i64>word(triple, 1);
}

export function gatherElements(args: usize, task: i32, first: bool, scratch: usize): void {
  const length = <i64>word(args, 1), rowsPerTask = word(args, 8);
  const end = min(word(args, 6), (task + 1) * rowsPerTask);
  for (let r = task * rowsPerTask; r < end; r++) {
    const i = element(args, r);
    const value = i >= 0 && i < length ? load<f32>(pointer(args, 0) + ((<usize>i) << 2)) : f32.NaN;
    store<f32>(pointer(args, 4) + <usize>r * pointer(args, 5), value);
  }
}

/** One task: the last of several writes to one element is the last row's. */
export function scatterElements(args: usize, task: i32, first: bool, scratch: usize): void {
  const length = <i64>word(args, 1);
  for (let r = 0; r < word(args, 6); r++) {
    const i = element(args, r);
    if (i >= 0 && i < length) store<f32>(pointer(args, 0) + ((<usize>i) << 2), load<f32>(pointer(args, 4) + <usize>r * pointer(args, 5)));
  }
}
