import type { Node, Tensor } from './graph';
import { addUp, type SliceGradient, zerosLike } from './slice-gradients';

/**
 * Reverse mode: derivatives of a scalar with respect to tensors of its graph, as tensors of the same graph. Only what
 * leads from `wrt` to `loss` is differentiated; what does not reach the loss has zero gradient.
 *
 * @param loss [1, 1]
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.rows !== 1 || loss.columns !== 1)
    throw new Error(`gradients: the loss is [${loss.rows}, ${loss.columns}]; expected a scalar [1, 1], as from mean or sum`);
  return backward(loss, loss.graph.scalar(1), wrt).map((gradient, i) => gradient ?? zerosLike(wrt[i]!));
}

/** The gradient of `x` when that of `y`, which depends on it, is `dy`. */
export function differentiate(y: Tensor, x: Tensor, dy: Tensor): Tensor {
  return backward(y, dy, [x])[0] ?? zerosLike(x);
}

interface Pending {
  readonly whole: Tensor[];
  readonly slices: SliceGradient[];
}

function backward(y: Tensor, dy: Tensor, wrt: readonly Tensor[]): (Tensor | null)[] {
  const { nodes } = y.graph;
  const last = y.node.id;
  const leads = leadingFrom(wrt, nodes, last);
  const pending = new Map<Tensor, Pending>();
  const pendingOf = (tensor: Tensor): Pending => {
    let entry = pending.get(tensor);
    if (!entry) {
      entry = { whole: [], slices: [] };
      pending.set(tensor, entry);
    }
    return entry;
  };
  const found = new Map<Tensor, Tensor>();
  const settle = (tensor: Tensor): Tensor | null => {
    const entry = pending.get(tensor);
    if (!entry) return null;
    const total = addUp(tensor, entry.whole, entry.slices);
    found.set(tensor, total);
    return total;
  };
  pendingOf(y).whole.push(dy);

  for (let id = last; id >= 0; id--) {
    const node = nodes[id]!;
    if (!leads.has(node) || !node.outputs.some((output) => pending.has(output))) continue;
    const arriving = node.outputs.map(settle);
    const { body, inputs } = node;
    const needs = inputs.map((input) => input !== null && (leads.has(input.node) || wrt.includes(input)));
    if (!needs.includes(true)) continue;
    if (body.kind === 'slice') {
      const { row, column } = body;
      pendingOf(inputs[0]!).slices.push({ row, column, gradient: arriving[0]! });
      continue;
    }
    if (!node.gradient)
      throw new Error(`gradients: "${node.label}" has no derivative; keep it out of the loss with stopGradient`);
    const complete = node.outputs.length === 1 ? arriving : arriving.map((g, i) => g ?? zerosLike(node.outputs[i]!));
    node.gradient(complete, needs).forEach((gradient, i) => {
      if (gradient && needs[i]) pendingOf(inputs[i]!).whole.push(gradient);
    });
  }
  return wrt.map((tensor) => found.get(tensor) ?? null);
}

/** Nodes up to `last` that compute from any of `sources`, their own nodes included. */
function leadingFrom(sources: readonly Tensor[], nodes: readonly Node[], last: number): Set<Node> {
  const leads = new Set<Node>(sources.map((tensor) => tensor.node));
  for (let id = 0; id <= last; id++) {
    const node = nodes[id]!;
    if (node.body.kind !== 'stop' && node.inputs.some((input) => input !== null && leads.has(input.node))) leads.add(node);
  }
  return leads;
}
