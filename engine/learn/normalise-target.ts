import type { AgentCircuit } from '../api';

/** Targets as the networks' numbers, each moved beyond itself by `margin` of violation. Mirrors `withMargin` in score.ts. */
export function normaliseTarget(circuit: AgentCircuit, target: Float64Array, margin: number): Float32Array {
  const z = circuit.toZ(target);
  return z.map((value, i) => {
    const { direction, transform } = circuit.info.specs[i]!;
    const sign = direction === 'at-least' ? 1 : -1;
    const offset = transform.scale === 'log' ? Math.log((1 + margin) / (1 - margin)) : 2 * margin * Math.abs(target[i]!);
    return value + (sign * offset) / transform.spread;
  });
}
