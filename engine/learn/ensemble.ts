import type { AgentCircuit } from '../api';
import { fitKernelRegression, type KernelRegression } from './kernel-regression';
import { solveRidge } from './linear-regression';
import type { Point } from './memory';
import { type Programs, RANK_CHUNK } from './programs';

/** What each member of the ensemble says of n sizings of one circuit. */
export interface Opinions {
  /** Normalised measures: member g, sizing i, spec s at [g][i · S + s]. */
  readonly z: readonly Float64Array[];
  /** Chance of being valid: [g][i]. */
  readonly validity: readonly Float64Array[];
}

/**
 * What the real results near a point add to what the networks say. Per spec either the networks' own misses are
 * smoothed and added, or, where that predicts left-out results better, a linear trend and what it misses stand in for
 * the networks: few points on a smooth function are a regression's strength, many circuits at once are the networks'.
 */
export interface Correction {
  readonly misses: KernelRegression | null;
  readonly trend: Trend | null;
  /** Of each spec: whether the trend stands in for the networks. */
  readonly byTrend: readonly boolean[];
  readonly validity: KernelRegression | null;
}

interface Trend {
  /** S · (P + 1) coefficients, the constant last. */
  readonly coefficients: Float64Array;
  readonly rest: KernelRegression;
}

/** The networks' raw opinions of sizings. */
export async function askNetworks(
  programs: Programs,
  circuit: AgentCircuit,
  sizings: readonly Float32Array[],
  members: number,
): Promise<Opinions> {
  const { index, parameters, specs } = circuit.info;
  const program = programs.predict[index]!;
  const p = parameters.length;
  const s = specs.length;
  const z = Array.from({ length: members }, () => new Float64Array(sizings.length * s));
  const validity = Array.from({ length: members }, () => new Float64Array(sizings.length));
  for (let first = 0; first < sizings.length; first += RANK_CHUNK) {
    const count = Math.min(RANK_CHUNK, sizings.length - first);
    const u = new Float32Array(RANK_CHUNK * p);
    for (let i = 0; i < count; i++) u.set(sizings[first + i]!, i * p);
    program.write('u', u);
    program.run();
    const allZ = await program.read('z');
    const allValidity = await program.read('validity');
    for (let g = 0; g < members; g++) {
      z[g]!.set(allZ.subarray(g * RANK_CHUNK * s, g * RANK_CHUNK * s + count * s), first * s);
      validity[g]!.set(allValidity.subarray(g * RANK_CHUNK, g * RANK_CHUNK + count), first);
    }
  }
  return { z, validity };
}

/** Learns from the real points, the `most` nearest to `near` where there are more. */
export async function learnCorrection(
  programs: Programs,
  circuit: AgentCircuit,
  points: readonly Point[],
  near: Float32Array | null,
  members: number,
  most: number,
): Promise<Correction> {
  const kept = nearest(points, near, most);
  const said = await askNetworks(
    programs,
    circuit,
    kept.map(({ u }) => u),
    members,
  );
  const s = circuit.info.specs.length;
  const valid = kept.flatMap((point, i) => (point.valid ? [i] : []));
  const sizings = valid.map((i) => kept[i]!.u);
  const misses = new Float64Array(valid.length * members * s);
  for (const [row, i] of valid.entries()) {
    for (let g = 0; g < members; g++) {
      for (let k = 0; k < s; k++) misses[(row * members + g) * s + k] = kept[i]!.z[k]! - said.z[g]![i * s + k]!;
    }
  }
  const doubts = new Float64Array(kept.length * members);
  for (const [i, point] of kept.entries()) {
    for (let g = 0; g < members; g++) doubts[i * members + g] = (point.valid ? 1 : 0) - said.validity[g]![i]!;
  }
  const ofNetworks = fitKernelRegression(sizings, misses, members * s);
  const trend = fitTrend(
    sizings,
    valid.map((i) => kept[i]!.z),
    s,
  );
  const networkError = (k: number) => {
    let sum = 0;
    for (let g = 0; g < members; g++) sum += ofNetworks ? ofNetworks.errors[g * s + k]! : Number.POSITIVE_INFINITY;
    return sum / members;
  };
  return {
    misses: ofNetworks,
    trend,
    byTrend: Array.from({ length: s }, (_, k) => trend !== null && trend.rest.errors[k]! < networkError(k)),
    validity: fitKernelRegression(
      kept.map(({ u }) => u),
      doubts,
      members,
    ),
  };
}

function fitTrend(sizings: readonly Float32Array[], z: readonly Float32Array[], specs: number): Trend | null {
  if (sizings.length < 4) return null;
  const p = sizings[0]!.length;
  const rows = sizings.map((u) => Float64Array.from([...u, 1]));
  const coefficients = solveRidge(
    rows,
    z.map((values) => Float64Array.from(values)),
    specs,
    1e-3,
  );
  const rest = new Float64Array(sizings.length * specs);
  for (const [i, row] of rows.entries()) {
    for (let k = 0; k < specs; k++) {
      let value = z[i]![k]!;
      for (let c = 0; c <= p; c++) value -= coefficients[k * (p + 1) + c]! * row[c]!;
      rest[i * specs + k] = value;
    }
  }
  const regression = fitKernelRegression(sizings, rest, specs);
  return regression && { coefficients, rest: regression };
}

/** Opinions with the correction applied. */
export function corrected(
  opinions: Opinions,
  correction: Correction | null,
  sizings: readonly Float32Array[],
  specs: number,
): Opinions {
  if (!correction) return opinions;
  const { misses, trend, byTrend, validity } = correction;
  const members = opinions.z.length;
  const added = new Float64Array(members * specs);
  const stated = new Float64Array(specs);
  const doubt = new Float64Array(members);
  const anyNetwork = byTrend.includes(false);
  for (const [i, u] of sizings.entries()) {
    if (anyNetwork) misses?.addTo(u, added.fill(0));
    const left = trend && byTrend.includes(true) ? Math.sqrt(trend.rest.addTo(u, trendAt(trend, u, stated))) : 0;
    validity?.addTo(u, doubt.fill(0));
    for (let g = 0; g < members; g++) {
      for (let k = 0; k < specs; k++) {
        // The trend has no members; what it does not know moves each member its own way.
        if (byTrend[k]) opinions.z[g]![i * specs + k] = stated[k]! + side(g, k) * left * trend!.rest.scales[k]!;
        else opinions.z[g]![i * specs + k]! += added[g * specs + k]!;
      }
      opinions.validity[g]![i] = Math.max(0, Math.min(1, opinions.validity[g]![i]! + doubt[g]!));
    }
  }
  return opinions;
}

function trendAt({ coefficients }: Trend, u: Float32Array, into: Float64Array): Float64Array {
  const p = u.length;
  for (let k = 0; k < into.length; k++) {
    let value = coefficients[k * (p + 1) + p]!;
    for (let c = 0; c < p; c++) value += coefficients[k * (p + 1) + c]! * u[c]!;
    into[k] = value;
  }
  return into;
}

/** ±1, the signs of a Walsh function: over four members each spec is raised twice and lowered twice. */
function side(member: number, spec: number): number {
  const shared = (member + 1) & ((spec % 3) + 1);
  return (shared & 1) ^ ((shared >> 1) & 1) ? 1 : -1;
}

function nearest(points: readonly Point[], near: Float32Array | null, most: number): readonly Point[] {
  if (points.length <= most || !near) return points.slice(-most);
  const distance = ({ u }: Point) => u.reduce((sum, x, i) => sum + (x - near[i]!) ** 2, 0);
  return points
    .map((point, i) => ({ point, i, far: distance(point) }))
    .sort((a, b) => a.far - b.far || a.i - b.i)
    .slice(0, most)
    .map(({ point }) => point);
}
