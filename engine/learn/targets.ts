import type { CircuitInfo, SpecDefinition } from '../api';

/** What an ensemble expects of a sizing: measures and their spread over the members, normalised; chance of validity. */
export interface Prediction {
  readonly z: Float32Array;
  readonly spread: Float32Array;
  readonly validity: number;
}

/** A raw measure as the networks' number (see MeasureTransform). */
export function normalisedMeasure(spec: SpecDefinition, value: number): number {
  const { scale, center, spread, floor } = spec.transform;
  const x = scale === 'log' ? Math.log(Math.max(value, floor ?? Number.MIN_VALUE)) : value;
  return Math.max(-4, Math.min(4, (x - center) / spread));
}

/** Targets as the networks' numbers, each moved beyond itself by `margin` of violation. Mirrors `withMargin` in score.ts. */
export function normaliseTarget(circuit: CircuitInfo, target: Float64Array, margin: number): Float32Array {
  return Float32Array.from(circuit.specs, (spec, i) => {
    const sign = spec.direction === 'at-least' ? 1 : -1;
    const value = target[i]!;
    const { scale, spread } = spec.transform;
    const offset = scale === 'log' ? Math.log((1 + margin) / (1 - margin)) : 2 * margin * Math.abs(value);
    return normalisedMeasure(spec, value) + (sign * offset) / spread;
  });
}
