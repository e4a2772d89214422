import type { AgentCircuit } from '../api';
import { type Expectation, type Opinions, overMembers } from './ensemble';

/**
 * Sharpness of the chance that all specs hold: the end game is decided by the worst spec. More than in the actor's loss, which
 * needs a slope to follow where this needs an order only.
 */
const RANKING_SHARPNESS = 100;

/**
 * Expected worth of a predicted point under one member, as in `worthOf` of score.ts: a valid point by its distance and
 * half the chance that all specs hold, an invalid one -1.
 *
 * @param z measures of the point, from `offset`
 * @param goal targets, normalised
 */
export function worthOfPoint(
  circuit: AgentCircuit,
  z: Float64Array,
  offset: number,
  validity: number,
  goal: Float32Array,
): number {
  const { specs } = circuit.info;
  let squares = 0;
  let logChance = 0;
  for (let k = 0; k < specs.length; k++) {
    const { direction, transform } = specs[k]!;
    const { scale, center, spread } = transform;
    const difference = spread * (z[offset + k]! - goal[k]!);
    let violation: number;
    if (scale === 'log') violation = Math.tanh(0.5 * difference);
    else violation = difference / (Math.abs(center + spread * z[offset + k]!) + Math.abs(center + spread * goal[k]!) + 1e-6);
    if (direction === 'at-most') violation = -violation;
    squares += Math.min(0, violation) ** 2;
    logChance -= Math.log1p(Math.exp(-RANKING_SHARPNESS * violation));
  }
  return validity * (0.5 * Math.exp(logChance) - Math.sqrt(squares / specs.length) + 1) - 1;
}

/** Worth of sizing i under each member. */
export function worthAt(circuit: AgentCircuit, opinions: Opinions, i: number, goal: Float32Array): number[] {
  const s = circuit.info.specs.length;
  return opinions.z.map((z, g) => worthOfPoint(circuit, z, i * s, opinions.validity[g]![i]!, goal));
}

/** What the members together expect of sizing i. */
export function expectationAt({ z: opinions, validity }: Opinions, i: number, specs: number): Expectation {
  const z = new Float32Array(specs);
  const spread = new Float32Array(specs);
  for (let k = 0; k < specs; k++) {
    const over = overMembers(opinions.map((member) => member[i * specs + k]!));
    z[k] = over.mean;
    spread[k] = over.spread;
  }
  return { z, spread, validity: overMembers(validity.map((member) => member[i]!)).mean };
}
