import type { Initialiser } from '../tensor';

/** A source of uniform numbers in [0, 1). The engine's random streams fit. */
export interface UniformSource {
  uniform(): number;
}

/** U(-bound, bound). */
export function uniformWithin(random: UniformSource, bound: number): Initialiser {
  return (target) => {
    for (let i = 0; i < target.length; i++) target[i] = (2 * random.uniform() - 1) * bound;
  };
}

/** The usual linear-layer initialisation, U(±1/√fanIn), times `gain`. */
export function linearInitialiser(random: UniformSource, fanIn: number, gain = 1): Initialiser {
  return uniformWithin(random, gain / Math.sqrt(fanIn));
}

export function filledWith(value: number): Initialiser {
  return (target) => {
    target.fill(value);
  };
}
