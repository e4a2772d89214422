import type { AgentCircuit } from '../api';
import { fitKernelRegression, type KernelRegression } from './kernel-regression';
import type { Point } from './memory';
import { type Programs, RANK_CHUNK } from './programs';

/** What each member of the ensemble says of n sizings of one circuit. */
export interface Opinions {
  /** Normalised measures: member g, sizing i, spec s at [g][i · S + s]. */
  readonly z: readonly Float64Array[];
  /** Chance of being valid: [g][i]. */
  readonly validity: readonly Float64Array[];
}

/** What the networks leave over of the real results near a point; added to what they say. */
export interface Correction {
  readonly measures: KernelRegression | null;
  readonly validity: KernelRegression | null;
}

/** Points that a correction holds at most; its cost grows with the third power. */
const MOST_POINTS = 300;

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

/**
 * Learns what the networks miss at real points (those nearest to `near` where there are too many). A network smooths
 * over its data; in the end game, where a target is missed by a thousandth, what it left over decides. The correction
 * goes to each member alone, so that the members agree where something was simulated and differ where nothing was.
 */
export async function learnCorrection(
  programs: Programs,
  circuit: AgentCircuit,
  points: readonly Point[],
  near: Float32Array | null,
  members: number,
): Promise<Correction> {
  const kept = nearest(points, near);
  const said = await askNetworks(
    programs,
    circuit,
    kept.map(({ u }) => u),
    members,
  );
  const s = circuit.info.specs.length;
  const valid = kept.flatMap((point, i) => (point.valid ? [i] : []));
  const misses = new Float64Array(valid.length * members * s);
  valid.forEach((i, row) => {
    for (let g = 0; g < members; g++) {
      for (let k = 0; k < s; k++) misses[(row * members + g) * s + k] = kept[i]!.z[k]! - said.z[g]![i * s + k]!;
    }
  });
  const doubts = new Float64Array(kept.length * members);
  kept.forEach((point, i) => {
    for (let g = 0; g < members; g++) doubts[i * members + g] = (point.valid ? 1 : 0) - said.validity[g]![i]!;
  });
  return {
    measures: fitKernelRegression(
      valid.map((i) => kept[i]!.u),
      misses,
      members * s,
    ),
    validity: fitKernelRegression(
      kept.map(({ u }) => u),
      doubts,
      members,
    ),
  };
}

/** Opinions with the correction added. */
export function corrected(
  opinions: Opinions,
  correction: Correction | null,
  sizings: readonly Float32Array[],
  specs: number,
): Opinions {
  if (!correction) return opinions;
  const members = opinions.z.length;
  const dz = new Float64Array(members * specs);
  const dv = new Float64Array(members);
  for (const [i, u] of sizings.entries()) {
    correction.measures?.addTo(u, dz.fill(0));
    correction.validity?.addTo(u, dv.fill(0));
    for (let g = 0; g < members; g++) {
      for (let k = 0; k < specs; k++) opinions.z[g]![i * specs + k]! += dz[g * specs + k]!;
      opinions.validity[g]![i] = Math.max(0, Math.min(1, opinions.validity[g]![i]! + dv[g]!));
    }
  }
  return opinions;
}

function nearest(points: readonly Point[], near: Float32Array | null): readonly Point[] {
  if (points.length <= MOST_POINTS || !near) return points.slice(-MOST_POINTS);
  const distance = ({ u }: Point) => u.reduce((sum, x, i) => sum + (x - near[i]!) ** 2, 0);
  return points
    .map((point, i) => ({ point, i, far: distance(point) }))
    .sort((a, b) => a.far - b.far || a.i - b.i)
    .slice(0, MOST_POINTS)
    .map(({ point }) => point);
}
