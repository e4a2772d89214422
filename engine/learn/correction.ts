import type { AgentCircuit } from '../api';
import { type Kernel, mean } from '../base';
import { askNetworks, type Opinions, overMembers } from './ensemble';
import { fitKernelRegression, type KernelRegression } from './kernel-regression';
import { type MeasureRegression, regressMeasures } from './measure-regression';
import type { Point } from './memory';
import type { Programs } from './programs';

/**
 * What the real results near a point add to what the networks say. Per spec either the networks' own misses are
 * smoothed and added, or, where that predicts left-out results better, a regression on real results stands in for
 * the networks: few points on a smooth function are a regression's strength, many circuits at once are the networks'.
 */
export interface Correction {
  readonly misses: KernelRegression | null;
  /** Of each spec: what stands in for the networks; null where they are better. */
  readonly measures: readonly (MeasureRegression | null)[];
  readonly validity: ValidityCorrection;
}

/** Added to each member's chance (a column a member), or to `base` (one column) where that predicts left-out results better. */
interface ValidityCorrection {
  readonly base: number | null;
  readonly added: KernelRegression | null;
}

/**
 * Learns from real points.
 * @param points nearest to where it matters first
 * @param kernels one a spec; empty where too few are valid for them
 */
export async function learnCorrection(
  programs: Programs,
  circuit: AgentCircuit,
  points: readonly Point[],
  kernels: readonly Kernel[],
  members: number,
): Promise<Correction> {
  const all = points.map(({ u }) => u);
  const said = await askNetworks(programs, circuit, all, members);
  const s = circuit.info.specs.length;
  const valid = points.flatMap((point, i) => (point.valid ? [i] : []));
  const sizings = valid.map((i) => points[i]!.u);
  const missed = new Float64Array(valid.length * members * s);
  for (const [row, i] of valid.entries()) {
    for (let g = 0; g < members; g++) {
      for (let k = 0; k < s; k++) missed[(row * members + g) * s + k] = points[i]!.z[k]! - said.z[g]![i * s + k]!;
    }
  }
  const misses = fitKernelRegression(sizings, missed, members * s);
  const regressions = regressMeasures(
    sizings,
    valid.map((i) => points[i]!.z),
    kernels,
  );
  const networkError = (k: number) => {
    let sum = 0;
    for (let g = 0; g < members; g++) sum += misses ? misses.errors[g * s + k]! : Number.POSITIVE_INFINITY;
    return sum / members;
  };
  return {
    misses,
    measures: Array.from({ length: s }, (_, k) => {
      const regression = regressions[k] ?? null;
      return regression && regression.error < networkError(k) ? regression : null;
    }),
    validity: correctValidity(points, said, members),
  };
}

function correctValidity(points: readonly Point[], said: Opinions, members: number): ValidityCorrection {
  const all = points.map(({ u }) => u);
  const seen = points.map(({ valid }) => (valid ? 1 : 0));
  const base = seen.reduce((sum: number, one) => sum + one, 0) / seen.length;
  const doubts = new Float64Array(points.length * members);
  for (const [i, one] of seen.entries()) for (let g = 0; g < members; g++) doubts[i * members + g] = one - said.validity[g]![i]!;
  const ofNetworks = fitKernelRegression(all, doubts, members);
  const alone = fitKernelRegression(
    all,
    Float64Array.from(seen, (one) => one - base),
    1,
  );
  const error = (regression: KernelRegression | null) => (regression ? mean([...regression.errors]) : Number.POSITIVE_INFINITY);
  return error(alone) < error(ofNetworks) ? { base, added: alone } : { base: null, added: ofNetworks };
}

/** What is believed of sizings: the networks' opinions with the correction applied. Networks that no spec needs are not asked. */
export async function correctedOpinions(
  programs: Programs,
  circuit: AgentCircuit,
  sizings: readonly Float32Array[],
  correction: Correction | null,
  members: number,
): Promise<Opinions> {
  if (!correction) return askNetworks(programs, circuit, sizings, members);
  const { misses, measures, validity } = correction;
  const specs = circuit.info.specs.length;
  const needed = validity.base === null || measures.includes(null);
  const opinions = needed ? await askNetworks(programs, circuit, sizings, members) : noOpinions(sizings.length, specs, members);
  const added = new Float64Array(members * specs);
  const doubt = new Float64Array(members);
  const sides = memberSides(members);
  for (const [i, u] of sizings.entries()) {
    if (measures.includes(null)) misses?.addTo(u, added.fill(0));
    for (const [k, measure] of measures.entries()) {
      // A regression has no members; what it does not know moves each member its own way.
      const stated = measure?.meanAt(u) ?? 0;
      const left = measure?.deviationAt(u) ?? 0;
      for (let g = 0; g < members; g++) {
        if (measure) opinions.z[g]![i * specs + k] = stated + sides[k % sides.length]![g]! * left;
        else opinions.z[g]![i * specs + k]! += added[g * specs + k]!;
      }
    }
    validity.added?.addTo(u, doubt.fill(0));
    for (let g = 0; g < members; g++) {
      const chance = validity.base === null ? opinions.validity[g]![i]! + doubt[g]! : validity.base + doubt[0]!;
      opinions.validity[g]![i] = Math.max(0, Math.min(1, chance));
    }
  }
  return opinions;
}

function noOpinions(count: number, specs: number, members: number): Opinions {
  return {
    z: Array.from({ length: members }, () => new Float64Array(count * specs)),
    validity: Array.from({ length: members }, () => new Float64Array(count)),
  };
}

/**
 * How far each member is moved, in standard deviations: the signs of a Walsh function, so that over four members every spec is
 * raised twice and lowered twice, and two specs are not always moved together. Where members are so few that all would be moved
 * alike they take turns. Mean 0 and variance 1 over the members, whatever their number; 0 for a single one.
 *
 * @returns by pattern, of which specs take one after the other, then by member
 */
export function memberSides(members: number): readonly Float64Array[] {
  return [1, 2, 3].map((pattern) => {
    const signs = Array.from({ length: members }, (_, member) => {
      const shared = (member + 1) & pattern;
      return (shared & 1) ^ (shared >> 1) ? 1 : -1;
    });
    const own = new Set(signs).size > 1 ? signs : signs.map((_, member) => (member % 2 ? -1 : 1));
    const { mean: centre, spread } = overMembers(own);
    return Float64Array.from(own, (sign) => (spread > 0 ? (sign - centre) / spread : 0));
  });
}
