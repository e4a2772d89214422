import type { CircuitDefinition, Simulator, SpecDefinition } from '../api/circuit';
import { evaluateSizings, randomSizings } from './sampling';

export interface Disagreement {
  /** Index of the sizing; the sizing itself, [P]. */
  readonly point: number;
  readonly parameters: Float64Array;
  /** Spec name, or `validity`. */
  readonly what: string;
  readonly first: string;
  readonly second: string;
  /** In the unit of the tolerance: dB, degrees or a share. */
  readonly difference: number;
}

export interface CrossCheck {
  readonly points: number;
  readonly bothValid: number;
  readonly disagreements: readonly Disagreement[];
  /** Largest difference by spec, over points valid for both. */
  readonly largest: Readonly<Record<string, number>>;
}

/** What two simulators may differ by: 0.1 dB for gains, 1 degree for phases, 1 % for the rest. */
export function tolerance(spec: SpecDefinition): { readonly limit: number; readonly unit: 'dB' | 'deg' | '' } {
  if (spec.kind === 'phase-margin') return { limit: 1, unit: 'deg' };
  if (spec.kind === 'gain' || spec.unit === 'dB') return { limit: 0.1, unit: 'dB' };
  return { limit: 0.01, unit: '' };
}

/** How far two readings of a spec are apart, in the unit of its tolerance. */
export function difference(spec: SpecDefinition, first: number, second: number): number {
  if (first === second) return 0;
  if (spec.kind === 'phase-margin' || spec.unit === 'dB') return Math.abs(first - second);
  if (spec.kind === 'gain') return Math.abs(20 * Math.log10(first / second));
  return Math.abs(first - second) / Math.max(Math.abs(first), Math.abs(second));
}

/** The same random sizings on two simulators, every disagreement listed. */
export async function crossCheck(
  circuit: CircuitDefinition,
  first: Simulator,
  second: Simulator,
  options: { readonly points: number; readonly seed: number },
): Promise<CrossCheck> {
  const sizings = randomSizings(circuit, { count: options.points, seed: options.seed, mapping: 'log' });
  const [one, other] = await Promise.all([evaluateSizings(circuit, first, sizings), evaluateSizings(circuit, second, sizings)]);
  const disagreements: Disagreement[] = [];
  const largest: Record<string, number> = {};
  let bothValid = 0;
  for (const [point, parameters] of sizings.entries()) {
    const [a, b] = [one[point]!.evaluation, other[point]!.evaluation];
    if (a.valid !== b.valid) {
      const describe = (e: typeof a) => (e.valid ? 'valid' : `${e.failure}: ${e.failureDetail}`);
      const difference = Number.NaN;
      disagreements.push({ point, parameters, what: 'validity', first: describe(a), second: describe(b), difference });
    }
    if (!a.valid || !b.valid) continue;
    bothValid++;
    for (const [i, spec] of circuit.specs.entries()) {
      const apart = difference(spec, a.measures[i]!, b.measures[i]!);
      largest[spec.name] = Math.max(largest[spec.name] ?? 0, apart);
      if (apart <= tolerance(spec).limit) continue;
      const [x, y] = [a.measures[i]!, b.measures[i]!].map((value) => value.toPrecision(6));
      disagreements.push({ point, parameters, what: spec.name, first: x!, second: y!, difference: apart });
    }
  }
  return { points: sizings.length, bothValid, disagreements, largest };
}
