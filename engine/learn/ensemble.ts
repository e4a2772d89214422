import type { AgentCircuit } from '../api';
import { type Programs, RANK_CHUNK } from './programs';

/** What each member of the ensemble says of n sizings of one circuit. */
export interface Opinions {
  /** Normalised measures: member g, sizing i, spec s at [g][i · S + s]. */
  readonly z: readonly Float64Array[];
  /** Chance of being valid: [g][i]. */
  readonly validity: readonly Float64Array[];
}

/** What an ensemble expects of a sizing: measures and their spread over the members, normalised; chance of validity. */
export interface Expectation {
  readonly z: Float32Array;
  readonly spread: Float32Array;
  readonly validity: number;
}

/** Mean over the members of an ensemble, and how far they are apart (standard deviation). */
export function overMembers(values: readonly number[]): { readonly mean: number; readonly spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, spread: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
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
  const said: Promise<readonly [z: Float32Array, validity: Float32Array]>[] = [];
  for (let first = 0; first < sizings.length; first += RANK_CHUNK) {
    const count = Math.min(RANK_CHUNK, sizings.length - first);
    const u = new Float32Array(RANK_CHUNK * p);
    for (let i = 0; i < count; i++) u.set(sizings[first + i]!, i * p);
    program.write('u', u);
    program.run();
    // All chunks are under way before the first is waited for: a device answers late, however little it was asked.
    said.push(Promise.all([program.read('z'), program.read('validity')]));
  }
  for (const [chunk, [allZ, allValidity]] of (await Promise.all(said)).entries()) {
    const first = chunk * RANK_CHUNK;
    const count = Math.min(RANK_CHUNK, sizings.length - first);
    for (let g = 0; g < members; g++) {
      z[g]!.set(allZ.subarray(g * RANK_CHUNK * s, g * RANK_CHUNK * s + count * s), first * s);
      validity[g]!.set(allValidity.subarray(g * RANK_CHUNK, g * RANK_CHUNK + count), first);
    }
  }
  return { z, validity };
}
