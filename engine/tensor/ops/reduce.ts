import type { Tensor } from '../graph';
import { checkGroups } from '../shape';
import { broadcastTo, mul } from './elementwise';
import { contiguous, reshape } from './view';

/** Sum over the rows of each group: x [G·R, C] → [G, C]. */
export function columnSum(x: Tensor, groups = 1): Tensor {
  checkGroups('columnSum', x, groups);
  if (x.rows === groups) return x;
  return x.graph.addKernel('column-sum', [x], [{ rows: groups, columns: x.columns }], { groups }, [], ([dy]) => [
    broadcastTo(dy!, x.rows, x.columns),
  ])[0]!;
}

/** Sum over columns: x [R, C] → [R, 1]. */
export function rowSum(x: Tensor): Tensor {
  if (x.columns === 1) return x;
  return x.graph.addKernel('row-sum', [x], [{ rows: x.rows, columns: 1 }], {}, [], ([dy]) => [
    broadcastTo(dy!, x.rows, x.columns),
  ])[0]!;
}

/** Sum of all elements: [1, 1]. */
export function sum(x: Tensor): Tensor {
  return x.columns === 1 ? columnSum(x) : rowSum(reshape(contiguous(x), 1, x.rows * x.columns));
}

/** Mean of all elements: [1, 1]. */
export function mean(x: Tensor): Tensor {
  return mul(sum(x), 1 / (x.rows * x.columns));
}
