import type { AgentCircuit } from '../api';
import type { Opinions } from './ensemble';
import type { Prediction } from './targets';

/** Sharpness of the chance that all specs hold: the end game is decided by the worst spec. */
const SHARPNESS = 100;

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
    logChance -= Math.log1p(Math.exp(-SHARPNESS * violation));
  }
  return validity * (0.5 * Math.exp(logChance) - Math.sqrt(squares / specs.length) + 1) - 1;
}

/** Worth of sizing i under each member. */
export function worthAt(circuit: AgentCircuit, opinions: Opinions, i: number, goal: Float32Array): number[] {
  const s = circuit.info.specs.length;
  return opinions.z.map((z, g) => worthOfPoint(circuit, z, i * s, opinions.validity[g]![i]!, goal));
}

/** Mean and spread over the members for sizing i. */
export function predictionOf(opinions: Opinions, i: number, specs: number): Prediction {
  const members = opinions.z.length;
  const z = new Float32Array(specs);
  const spread = new Float32Array(specs);
  for (let k = 0; k < specs; k++) {
    const mean = opinions.z.reduce((sum, member) => sum + member[i * specs + k]!, 0) / members;
    z[k] = mean;
    spread[k] = Math.sqrt(opinions.z.reduce((sum, member) => sum + (member[i * specs + k]! - mean) ** 2, 0) / members);
  }
  return { z, spread, validity: opinions.validity.reduce((sum, member) => sum + member[i]!, 0) / members };
}
