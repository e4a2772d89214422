/**
 * The fused elementwise kernel: a straight-line program run over tiles of at most 512 elements, so that every register
 * stays in the first-level cache. An instruction is one loop over a tile.
 *
 * Registers are numbered inputs first, then instructions; a pointer each lies at the start of scratch, then the slots
 * the encoder assigned by liveness. A contiguous `full` input is read where it lies, a contiguous output written there.
 *
 * Words: rows (a group), columns, taskRows, tasksDown (a group), taskColumns, tasksAcross, tileRows, tileColumns,
 *   inputs, instructions, outputs, slots offset;
 *   input ×: pointer, stride, kind, slot (-1: in place);
 *   instruction ×: op, a, b, c (or the value's bits), slot, output (index + 1 when written in place, else 0);
 *   output ×: pointer, stride, register, in place.
 */
import { get, ONE } from './constants';
import * as math from './math';
import { splat } from './math';
import { pointer, storeLanes, word, ZERO } from './vector';

// @ts-ignore: decorator
@inline
const HEAD: i32 = 12;
// @ts-ignore: decorator
@inline
const TILE_BYTES: i32 = 2048;

const FULL: i32 = 0;
const ROW: i32 = 1;
const COLUMN: i32 = 2;
const SCALAR: i32 = 3;

// The order is the encoder's table in engine/tensor/wasm/elementwise.ts.
enum Op {
  constant, neg, abs, exp, log, sqrt, square, reciprocal, tanh, sigmoid, softplus, silu, relu, step, floor,
  add, sub, mul, div, max, min, less, select,
}

// @ts-ignore: decorator
@inline
function unaryOf(op: i32, x: v128): v128 {
  if (op == Op.neg) return f32x4.neg(x);
  if (op == Op.abs) return f32x4.abs(x);
  if (op == Op.exp) return math.exp(x);
  if (op == Op.log) return math.log(x);
  if (op == Op.sqrt) return f32x4.sqrt(x);
  if (op == Op.square) return f32x4.mul(x, x);
  if (op == Op.reciprocal) return f32x4.div(get(ONE), x);
  if (op == Op.tanh) return math.tanh(x);
  if (op == Op.sigmoid) return math.sigmoid(x);
  if (op == Op.softplus) return math.softplus(x);
  if (op == Op.silu) return math.silu(x);
  if (op == Op.relu) return f32x4.max(x, ZERO);
  if (op == Op.step) return v128.and(f32x4.gt(x, ZERO), get(ONE));
  return f32x4.floor(x);
}

// @ts-ignore: decorator
@inline
function binaryOf(op: i32, x: v128, y: v128): v128 {
  if (op == Op.add) return f32x4.add(x, y);
  if (op == Op.sub) return f32x4.sub(x, y);
  if (op == Op.mul) return f32x4.mul(x, y);
  if (op == Op.div) return f32x4.div(x, y);
  if (op == Op.max) return f32x4.max(x, y);
  if (op == Op.min) return f32x4.min(x, y);
  return v128.and(f32x4.lt(x, y), get(ONE));
}

/** Inlined with a constant `op`, so each gets a loop without a branch. The tail writes lane by lane. */
// @ts-ignore: decorator
@inline
function unary(op: i32, to: usize, a: usize, count: i32): void {
  let i = count;
  for (; i >= 4; i -= 4) {
    v128.store(to, unaryOf(op, v128.load(a)));
    to += 16;
    a += 16;
  }
  if (i) storeLanes(to, unaryOf(op, v128.load(a)), i);
}

// @ts-ignore: decorator
@inline
function binary(op: i32, to: usize, a: usize, b: usize, count: i32): void {
  let i = count;
  for (; i >= 4; i -= 4) {
    v128.store(to, binaryOf(op, v128.load(a), v128.load(b)));
    to += 16;
    a += 16;
    b += 16;
  }
  if (i) storeLanes(to, binaryOf(op, v128.load(a), v128.load(b)), i);
}

function select(to: usize, c: usize, a: usize, b: usize, count: i32): void {
  for (let i = count; i > 0; i -= 4) {
    const chosen = v128.bitselect(v128.load(a), v128.load(b), f32x4.gt(v128.load(c), ZERO));
    storeLanes(to, chosen, i);
    to += 16;
    a += 16;
    b += 16;
    c += 16;
  }
}

function execute(op: i32, to: usize, a: usize, b: usize, c: usize, count: i32): void {
  switch (op) {
    case Op.neg: unary(Op.neg, to, a, count); break;
    case Op.abs: unary(Op.abs, to, a, count); break;
    case Op.exp: unary(Op.exp, to, a, count); break;
    case Op.log: unary(Op.log, to, a, count); break;
    case Op.sqrt: unary(Op.sqrt, to, a, count); break;
    case Op.square: unary(Op.square, to, a, count); break;
    case Op.reciprocal: unary(Op.reciprocal, to, a, count); break;
    case Op.tanh: unary(Op.tanh, to, a, count); break;
    case Op.sigmoid: unary(Op.sigmoid, to, a, count); break;
    case Op.softplus: unary(Op.softplus, to, a, count); break;
    case Op.silu: unary(Op.silu, to, a, count); break;
    case Op.relu: unary(Op.relu, to, a, count); break;
    case Op.step: unary(Op.step, to, a, count); break;
    case Op.floor: unary(Op.floor, to, a, count); break;
    case Op.add: binary(Op.add, to, a, b, count); break;
    case Op.sub: binary(Op.sub, to, a, b, count); break;
    case Op.mul: binary(Op.mul, to, a, b, count); break;
    case Op.div: binary(Op.div, to, a, b, count); break;
    case Op.max: binary(Op.max, to, a, b, count); break;
    case Op.min: binary(Op.min, to, a, b, count); break;
    case Op.less: binary(Op.less, to, a, b, count); break;
    case Op.select: select(to, c, a, b, count); break;
  }
}

function fill(to: usize, value: f32, count: i32): void {
  const v = splat(value);
  for (let i = 0; i < count; i += 4) {
    v128.store(to, v);
    to += 16;
  }
}

function copyRow(to: usize, from: usize, columns: i32): void {
  let i = columns;
  for (; i >= 4; i -= 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  if (i > 0) storeLanes(to, v128.load(from), i);
}

// @ts-ignore: decorator
@inline
function slotAt(args: usize, scratch: usize, slot: i32): usize {
  return scratch + <usize>word(args, 11) + <usize>slot * TILE_BYTES;
}

export function elementwise(args: usize, task: i32, first: bool, scratch: usize): void {
  const rows = word(args, 0), columns = word(args, 1);
  const taskRows = word(args, 2), tasksDown = word(args, 3), taskColumns = word(args, 4), tasksAcross = word(args, 5);
  const tileRows = word(args, 6), tileColumns = word(args, 7);
  const inputs = word(args, 8), instructions = word(args, 9), outputs = word(args, 10);
  const inputAt = args + HEAD * 4, programAt = inputAt + <usize>inputs * 16, outputAt = programAt + <usize>instructions * 24;

  const block = task / tasksAcross;
  const left = (task - block * tasksAcross) * taskColumns, right = min(columns, left + taskColumns);
  const group = block / tasksDown;
  const top = (block - group * tasksDown) * taskRows, bottom = min(rows, top + taskRows);

  // What is the same in every tile. Constants and scalars outlive the task; the row broadcasts hold for one group.
  for (let i = 0; i < inputs; i++) {
    const input = inputAt + <usize>i * 16;
    const slot = slotAt(args, scratch, word(input, 3));
    if (word(input, 3) >= 0) store<u32>(scratch + ((<usize>i) << 2), <u32>slot);
    if (first && word(input, 2) == SCALAR) fill(slot, load<f32>(pointer(input, 0)), 512);
    if (word(input, 2) == ROW && tileColumns == columns) {
      const from = pointer(input, 0) + <usize>group * pointer(input, 1);
      for (let r = 0; r < tileRows; r++) copyRow(slot + ((<usize>(r * columns)) << 2), from, columns);
    }
  }
  for (let j = 0; j < instructions; j++) {
    const at = programAt + <usize>j * 24;
    const slot = slotAt(args, scratch, word(at, 4));
    store<u32>(scratch + ((<usize>(inputs + j)) << 2), <u32>slot);
    if (first && word(at, 0) == Op.constant) fill(slot, load<f32>(at, 4), 512);
  }

  for (let y = top; y < bottom; y += tileRows) {
    const height = min(tileRows, bottom - y);
    const row = <usize>(group * rows + y);
    for (let x = left; x < right; x += tileColumns) {
      const width = min(tileColumns, right - x);
      const count = height * width;
      const offset = (<usize>x) << 2;
      for (let i = 0; i < inputs; i++) {
        const input = inputAt + <usize>i * 16;
        const stride = pointer(input, 1);
        const kind = word(input, 2);
        const register = scratch + ((<usize>i) << 2);
        if (kind == FULL) {
          let from = pointer(input, 0) + row * stride + offset;
          if (word(input, 3) < 0) {
            store<u32>(register, <u32>from);
          } else {
            let to = slotAt(args, scratch, word(input, 3));
            for (let r = 0; r < height; r++) {
              copyRow(to, from, width);
              from += stride;
              to += (<usize>width) << 2;
            }
          }
        } else if (kind == COLUMN) {
          let to = slotAt(args, scratch, word(input, 3));
          let from = pointer(input, 0) + row * stride;
          for (let r = 0; r < height; r++) {
            const v = splat(load<f32>(from));
            let w = width;
            for (; w >= 4; w -= 4) {
              v128.store(to, v);
              to += 16;
            }
            storeLanes(to, v, w);
            to += (<usize>w) << 2;
            from += stride;
          }
        } else if (kind == ROW && tileColumns != columns) {
          copyRow(slotAt(args, scratch, word(input, 3)), pointer(input, 0) + <usize>group * stride + offset, width);
        }
      }
      for (let j = 0; j < instructions; j++) {
        const at = programAt + <usize>j * 24;
        const op = word(at, 0);
        if (op == Op.constant) continue;
        let to: usize;
        const direct = word(at, 5);
        if (direct) {
          const output = outputAt + <usize>(direct - 1) * 16;
          to = pointer(output, 0) + row * pointer(output, 1) + offset;
          store<u32>(scratch + ((<usize>(inputs + j)) << 2), <u32>to);
        } else {
          to = pointer(scratch, inputs + j);
        }
        execute(op, to, pointer(scratch, word(at, 1)), pointer(scratch, word(at, 2)), pointer(scratch, word(at, 3)), count);
      }
      for (let o = 0; o < outputs; o++) {
        const output = outputAt + <usize>o * 16;
        if (word(output, 3)) continue;
        const stride = pointer(output, 1);
        let from = pointer(scratch, word(output, 2));
        let to = pointer(output, 0) + row * stride + offset;
        for (let r = 0; r < height; r++) {
          copyRow(to, from, width);
          to += stride;
          from += (<usize>width) << 2;
        }
      }
    }
  }
}
