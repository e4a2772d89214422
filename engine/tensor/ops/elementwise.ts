import type { ElementwiseName, GradientRule, Graph, Tensor } from '../graph';
import { literalOf } from '../graph';
import type { BinaryName, UnaryName } from '../plan';
import { ShapeError } from '../shape';
import { broadcastOver, commonShape } from './broadcast';
import { columnSum, rowSum, sum } from './reduce';

export type TensorOrNumber = Tensor | number;

export const neg = (x: Tensor): Tensor => unary('neg', x, (dy) => neg(dy));
/** |x|; its derivative at 0 is 0. */
export const abs = (x: Tensor): Tensor => unary('abs', x, (dy) => mul(dy, sub(less(0, x), less(x, 0))));
export const exp = (x: Tensor): Tensor => unary('exp', x, (dy, y) => mul(dy, y));
export const log = (x: Tensor): Tensor => unary('log', x, (dy) => div(dy, x));
export const sqrt = (x: Tensor): Tensor => unary('sqrt', x, (dy, y) => div(mul(dy, 0.5), y));
export const square = (x: Tensor): Tensor => unary('square', x, (dy) => mul(mul(dy, 2), x));
export const reciprocal = (x: Tensor): Tensor => unary('reciprocal', x, (dy, y) => neg(mul(dy, square(y))));
export const tanh = (x: Tensor): Tensor => unary('tanh', x, (dy, y) => mul(dy, sub(1, square(y))));
export const sigmoid = (x: Tensor): Tensor => unary('sigmoid', x, (dy, y) => mul(dy, mul(y, sub(1, y))));
/** log(1 + exp x). */
export const softplus = (x: Tensor): Tensor => unary('softplus', x, (dy) => mul(dy, sigmoid(x)));
/** x · sigmoid(x). */
export const silu = (x: Tensor): Tensor =>
  unary('silu', x, (dy) => {
    const s = sigmoid(x);
    return mul(dy, mul(s, add(mul(x, sub(1, s)), 1)));
  });
export const relu = (x: Tensor): Tensor => unary('relu', x, (dy) => mul(dy, step(x)));
/** 1 where x > 0, else 0. No gradient. */
export const step = (x: Tensor): Tensor => unary('step', x, () => null);
/** Largest whole number not above x. No gradient. */
export const floor = (x: Tensor): Tensor => unary('floor', x, () => null);

export function add(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  if (isNumber(b, 0) && typeof a !== 'number') return a;
  if (isNumber(a, 0) && typeof b !== 'number') return b;
  return binary('add', a, b, (dy) => [dy, dy]);
}

export function sub(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  if (isNumber(b, 0) && typeof a !== 'number') return a;
  return binary('sub', a, b, (dy, _y, needs) => [dy, needs[1] ? neg(dy) : null]);
}

export function mul(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  if (isNumber(b, 1) && typeof a !== 'number') return a;
  if (isNumber(a, 1) && typeof b !== 'number') return b;
  return binary('mul', a, b, (dy, _y, needs) => [needs[0] ? mul(dy, b) : null, needs[1] ? mul(dy, a) : null]);
}

export function div(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  if (isNumber(b, 1) && typeof a !== 'number') return a;
  return binary('div', a, b, (dy, y, needs) => [needs[0] ? div(dy, b) : null, needs[1] ? neg(div(mul(dy, y), b)) : null]);
}

/** The larger of two; where they tie, the gradient goes to `a`. */
export function maximum(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  return binary('max', a, b, (dy) => [mul(dy, sub(1, less(a, b))), mul(dy, less(a, b))]);
}

/** The smaller of two; where they tie, the gradient goes to `a`. */
export function minimum(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  return binary('min', a, b, (dy) => [mul(dy, sub(1, less(b, a))), mul(dy, less(b, a))]);
}

/** 1 where a < b, else 0. No gradient. */
export function less(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  return binary('less', a, b, () => [null, null]);
}

/** `a` where `condition` > 0, else `b`. */
export function select(condition: Tensor, a: TensorOrNumber, b: TensorOrNumber): Tensor {
  const shape = commonShape('select', { condition, a, b });
  return pointwise('select', [condition, a, b], shape, (dy, _y, needs) => [
    null,
    needs[1] ? select(condition, dy, 0) : null,
    needs[2] ? select(condition, 0, dy) : null,
  ]);
}

/** x within [low, high]; the gradient passes inside the bounds, themselves included, and is 0 outside. */
export function clamp(x: Tensor, low: TensorOrNumber, high: TensorOrNumber): Tensor {
  return minimum(maximum(x, low), high);
}

/** Repeats `x` over a larger shape; fused into whatever reads it elementwise. */
export function broadcastTo(x: Tensor, rows: number, columns: number): Tensor {
  if (x.rows === rows && x.columns === columns) return x;
  if (broadcastOver(x, { rows, columns }) === null)
    throw new ShapeError('broadcastTo', { x, rows, columns }, 'x to be [1, 1], [R, 1], [1, C] or [G, C] of the shape asked for');
  return pointwise('identity', [x], { rows, columns }, (dy) => [dy]);
}

type UnaryRule = (dy: Tensor, y: Tensor) => Tensor | null;
type PointwiseRule = (dy: Tensor, y: Tensor, needs: readonly boolean[]) => readonly (Tensor | null)[];

function unary(op: UnaryName, x: Tensor, rule: UnaryRule): Tensor {
  return pointwise(op, [x], x, (dy, y) => [rule(dy, y)]);
}

function binary(op: BinaryName, a: TensorOrNumber, b: TensorOrNumber, rule: PointwiseRule): Tensor {
  return pointwise(op, [a, b], commonShape(op, { a, b }), rule);
}

function isNumber(operand: TensorOrNumber, value: number): boolean {
  return operand === value;
}

/** `rule` works with operands at the full shape; here their gradients are summed back to the shapes they came in. */
function pointwise(
  op: ElementwiseName,
  operands: readonly TensorOrNumber[],
  shape: { readonly rows: number; readonly columns: number },
  rule: PointwiseRule,
): Tensor {
  const tensors = operands.filter((operand) => typeof operand !== 'number');
  const graph: Graph | undefined = tensors[0]?.graph;
  if (!graph) throw new Error(`${op}: at least one operand must be a tensor; compute numbers outside the graph`);
  // Which operands became inputs; the others are numbers of the program and have no gradient.
  const isInput = operands.map((operand) => typeof operand !== 'number' && literalOf(operand) === null);
  let y: Tensor | undefined;
  const gradient: GradientRule = ([dy], needs) => {
    let next = 0;
    const needed = isInput.map((input) => (input ? needs[next++]! : false));
    const parts = rule(dy!, y!, needed);
    const gradients: (Tensor | null)[] = [];
    operands.forEach((operand, i) => {
      if (!isInput[i]) return;
      const part = parts[i] ?? null;
      gradients.push(part && needed[i] ? sumTo(part, operand as Tensor, shape) : null);
    });
    return gradients;
  };
  y = graph.addElementwise(op, op, operands, { rows: shape.rows, columns: shape.columns }, gradient).outputs[0]!;
  return y;
}

/** Sums a gradient over the points that read one element of `operand`. */
function sumTo(gradient: Tensor, operand: Tensor, shape: { readonly rows: number; readonly columns: number }): Tensor {
  const how = broadcastOver(operand, shape);
  if (how === 'full') return gradient;
  const full = broadcastTo(gradient, shape.rows, shape.columns);
  if (how === 'scalar') return sum(full);
  return how === 'column' ? rowSum(full) : columnSum(full, operand.rows);
}
