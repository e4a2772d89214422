import { differentiate } from '../autodiff';
import type { Tensor } from '../graph';
import type { Activation } from '../plan';
import { checkGroups, ShapeError } from '../shape';
import { mul, silu, square, step, sub } from './elementwise';
import { columnSum } from './reduce';

export interface LinearOptions {
  /** Networks stacked along rows. */
  readonly groups?: number;
  readonly activation?: Activation;
}

/**
 * f(x·Wᵀ + bias), for each of G groups.
 *
 * @param x [G·M, K]
 * @param w [G·N, K]
 * @param bias [G, N], or null
 * @returns [G·M, N]
 */
export function linear(x: Tensor, w: Tensor, bias: Tensor | null, options: LinearOptions = {}): Tensor {
  const { groups = 1, activation = 'none' } = options;
  checkGroups('linear', x, groups);
  if (w.columns !== x.columns || w.rows % groups !== 0)
    throw new ShapeError('linear', { x, w, groups }, 'w [groups·N, K] with K the columns of x');
  const n = w.rows / groups;
  if (bias && (bias.rows !== groups || bias.columns !== n))
    throw new ShapeError('linear', { w, bias, groups }, `bias [${groups}, ${n}]`);
  const attributes = { variant: 'nt' as const, groups, m: x.rows / groups, n, k: x.columns, activation };
  const shape = { rows: x.rows, columns: n };
  const inputs = [x, w, bias];
  const [y] = x.graph.addKernel(
    'matmul',
    inputs,
    [shape],
    attributes,
    [],
    ([dy], needs) => {
      const g = throughActivation(dy!, y!, activation, () => linear(x, w, bias, { groups }));
      return [
        needs[0] ? matmul(g, w, 'nn', groups) : null,
        needs[1] ? matmul(g, x, 'tn', groups) : null,
        needs[2] ? columnSum(g, groups) : null,
      ];
    },
    'linear',
  );
  return y!;
}

/** Gradient before the activation, from that after it; only silu needs its input again. */
function throughActivation(dy: Tensor, y: Tensor, activation: Activation, preactivation: () => Tensor): Tensor {
  switch (activation) {
    case 'none':
      return dy;
    case 'relu':
      return mul(dy, step(y));
    case 'tanh':
      return mul(dy, sub(1, square(y)));
    case 'silu': {
      const x = preactivation();
      return differentiate(silu(x), x, dy);
    }
  }
}

/**
 * Matrix products of each of G groups: `nt` A·Bᵀ, `nn` A·B, `tn` Aᵀ·B.
 *
 * @param a `nt`, `nn`: [G·m, k]; `tn`: [G·k, m]
 * @param b `nt`: [G·n, k]; `nn`, `tn`: [G·k, n]
 * @returns [G·m, n]
 */
export function matmul(a: Tensor, b: Tensor, variant: 'nt' | 'nn' | 'tn' = 'nn', groups = 1): Tensor {
  checkGroups('matmul', a, groups);
  const m = variant === 'tn' ? a.columns : a.rows / groups;
  const k = variant === 'tn' ? a.rows / groups : a.columns;
  const n = variant === 'nt' ? b.rows / groups : b.columns;
  const fits = variant === 'nt' ? b.columns === k && Number.isInteger(n) : b.rows === groups * k;
  if (!fits)
    throw new ShapeError(`matmul ${variant}`, { a, b, groups }, variant === 'nt' ? `b [groups·n, ${k}]` : `b [${groups * k}, n]`);
  const attributes = { variant, groups, m, n, k, activation: 'none' as const };
  const shape = { rows: groups * m, columns: n };
  return a.graph.addKernel('matmul', [a, b, null], [shape], attributes, [], ([dy], needs) => {
    const da = () =>
      variant === 'nt'
        ? matmul(dy!, b, 'nn', groups)
        : variant === 'nn'
          ? matmul(dy!, b, 'nt', groups)
          : matmul(b, dy!, 'nt', groups);
    const db = () =>
      variant === 'nt'
        ? matmul(dy!, a, 'tn', groups)
        : variant === 'nn'
          ? matmul(a, dy!, 'tn', groups)
          : matmul(a, dy!, 'nn', groups);
    return [needs[0] ? da() : null, needs[1] ? db() : null, null];
  })[0]!;
}
