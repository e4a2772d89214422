import type { Tensor } from '../graph';
import { checkGroups, checkSegments, ShapeError } from '../shape';

export interface ConvolutionOptions {
  readonly groups?: number;
  readonly activation?: 'none' | 'silu';
}

/**
 * Depthwise causal convolution over packed sequences: y[t, d] = f(bias[d] + Σ_j weight[d, j] · x[t − (K − 1) + j, d]),
 * nothing before a segment's start.
 *
 * @param x [R, D]
 * @param weight [G·D, K]
 * @param bias [G, D]
 * @param segments S + 1 starts over all rows
 */
export function causalConv(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  segments: Int32Array,
  options: ConvolutionOptions = {},
): Tensor {
  const { groups = 1, activation = 'none' } = options;
  checkGroups('causalConv', x, groups);
  checkSegments('causalConv', segments, x.rows);
  checkMembers('causalConv', segments, x.rows, groups);
  if (weight.rows !== groups * x.columns || bias.rows !== groups || bias.columns !== x.columns)
    throw new ShapeError(
      'causalConv',
      { x, weight, bias, groups },
      `weight [${groups * x.columns}, K] and bias [${groups}, ${x.columns}]`,
    );
  const own = segments.slice();
  const attributes = { groups, width: weight.columns, activation };
  return x.graph.addKernel('causal-conv', [x, weight, bias], [x], attributes, [own], ([dy]) =>
    x.graph.addKernel('causal-conv-backward', [x, weight, bias, dy!], [x, weight, bias], attributes, [own]),
  )[0]!;
}

export interface ScanOperands {
  /** [R, D] */
  readonly u: Tensor;
  /** Step sizes before softplus, bias included; [R, D]. */
  readonly delta: Tensor;
  /** [G·D, N] */
  readonly aLog: Tensor;
  /** [R, N] */
  readonly b: Tensor;
  /** [R, N] */
  readonly c: Tensor;
  /** [G, D] */
  readonly d: Tensor;
  /** Gate, [R, D]. */
  readonly z?: Tensor | null;
}

/** Mamba-1 selective scan over packed sequences (arXiv 2312.00752, algorithm 2); formulas in plan.ts. Gives [R, D]. */
export function selectiveScan(operands: ScanOperands, segments: Int32Array, groups = 1): Tensor {
  const { u, delta, aLog, b, c, d, z = null } = operands;
  checkGroups('selectiveScan', u, groups);
  checkSegments('selectiveScan', segments, u.rows);
  checkMembers('selectiveScan', segments, u.rows, groups);
  const { rows: R, columns: D } = u;
  const N = aLog.columns;
  const is = (tensor: Tensor, rows: number, columns: number) => tensor.rows === rows && tensor.columns === columns;
  const fits =
    is(delta, R, D) && is(aLog, groups * D, N) && is(b, R, N) && is(c, R, N) && is(d, groups, D) && (!z || is(z, R, D));
  if (!fits)
    throw new ShapeError(
      'selectiveScan',
      { u, delta, aLog, b, c, d, z, groups },
      `u, delta, z [${R}, ${D}], aLog [${groups * D}, N], b and c [${R}, N], d [${groups}, ${D}]`,
    );
  const own = segments.slice();
  const inputs = [u, delta, aLog, b, c, d, z];
  return u.graph.addKernel('selective-scan', inputs, [u], { groups }, [own], ([dy]) => {
    const shapes = z ? [u, delta, aLog, b, c, d, z] : [u, delta, aLog, b, c, d];
    const gradients = u.graph.addKernel('selective-scan-backward', [...inputs, dy!], shapes, { groups }, [own]);
    return z ? gradients : [...gradients, null];
  })[0]!;
}

/** A segment belongs to one member: members' first rows must be segment starts. */
function checkMembers(op: string, segments: Int32Array, rows: number, groups: number): void {
  if (groups === 1) return;
  const starts = new Set(segments);
  for (let g = 1; g < groups; g++)
    if (!starts.has((g * rows) / groups))
      throw new Error(
        `${op}: a segment crosses row ${(g * rows) / groups}, where member ${g} of ${groups} starts; ` +
          'expected each segment within one member',
      );
}
