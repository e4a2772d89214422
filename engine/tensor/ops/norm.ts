import type { Tensor } from '../graph';
import { checkGroups, ShapeError } from '../shape';
import { columnSum } from './reduce';

/** x / sqrt(mean(x²) + eps) · weight over each row: x [G·R, C], weight [G, C]. */
export function rmsNorm(x: Tensor, weight: Tensor, options: { readonly groups?: number; readonly eps?: number } = {}): Tensor {
  const { groups = 1, eps = 1e-5 } = options;
  checkGroups('rmsNorm', x, groups);
  if (weight.rows !== groups || weight.columns !== x.columns)
    throw new ShapeError('rmsNorm', { x, weight, groups }, `weight [${groups}, ${x.columns}]`);
  return x.graph.addKernel('rms-norm', [x, weight], [x], { groups, eps }, [], ([dy], needs) => {
    const [dx, p] = x.graph.addKernel('rms-norm-backward', [x, weight, dy!], [x, x], { groups, eps });
    return [dx!, needs[1] ? columnSum(p!, groups) : null];
  })[0]!;
}
