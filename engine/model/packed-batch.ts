import { repeatSegments, segmentStarts } from './segments';

/** What networks know of a circuit: how many tokens it has, and a description of each. */
export interface CircuitTokens {
  readonly parameters: number;
  readonly specs: number;
  /** Static features of its tokens in packed order (see `tokenCount`), [tokenCount, features], row-major. */
  readonly features: Float32Array;
}

/** Tokens of a sequence in packed order: circuit, parameters, specs, circuit again (a causal layer reads it last). */
export function tokenCount(circuit: CircuitTokens): number {
  return circuit.parameters + circuit.specs + 2;
}

/**
 * A batch of sequences of several circuits, packed without padding: how many of each circuit, and where everything is.
 * Sequences are ordered by circuit. Per-parameter tensors have one row per parameter of each sequence, in that order
 * ("parameter rows"); per-spec tensors likewise ("spec rows"); per-sequence tensors one row each.
 */
export interface PackedBatch {
  readonly circuits: readonly CircuitTokens[];
  readonly sequences: number;
  readonly parameterRows: number;
  readonly specRows: number;
  /** Tokens in all. */
  readonly rows: number;
  readonly circuitOfSequence: Int32Array;
  /** Starts of the sequences among the tokens, parameter rows and spec rows. */
  readonly segments: Int32Array;
  readonly parameterSegments: Int32Array;
  readonly specSegments: Int32Array;
  readonly sequenceOfSpec: Int32Array;
  /** Token row of each parameter row, of each spec row, and of the last token of each sequence. */
  readonly tokenOfParameter: Int32Array;
  readonly tokenOfSpec: Int32Array;
  readonly lastToken: Int32Array;
  /** Row of each token in the stacked static features of `circuits`. */
  readonly featureOfToken: Int32Array;
}

/** @param counts sequences of each circuit, 0 allowed; at least one in all */
export function packBatch(circuits: readonly CircuitTokens[], counts: readonly number[]): PackedBatch {
  if (counts.length !== circuits.length || !counts.some((count) => count > 0)) {
    throw new Error(
      `packBatch: ${circuits.length} circuits with counts [${counts.join(', ')}]; expected one count a circuit, one of them > 0`,
    );
  }
  const sequenceCircuits = counts.flatMap((count, c) => Array.from({ length: count }, () => c));
  const of = (pick: (circuit: CircuitTokens) => number) => segmentStarts(sequenceCircuits.map((c) => pick(circuits[c]!)));
  const segments = of(tokenCount);
  const parameterSegments = of((circuit) => circuit.parameters);
  const specSegments = of((circuit) => circuit.specs);
  const sequences = sequenceCircuits.length;
  const rows = segments[sequences]!;
  const parameterRows = parameterSegments[sequences]!;
  const specRows = specSegments[sequences]!;
  const featureBase = segmentStarts(circuits.map(tokenCount));

  const sequenceOfSpec = new Int32Array(specRows);
  const tokenOfParameter = new Int32Array(parameterRows);
  const tokenOfSpec = new Int32Array(specRows);
  const lastToken = new Int32Array(sequences);
  const featureOfToken = new Int32Array(rows);
  sequenceCircuits.forEach((c, s) => {
    const circuit = circuits[c]!;
    const first = segments[s]!;
    for (let k = 0; k < circuit.parameters; k++) {
      tokenOfParameter[parameterSegments[s]! + k] = first + 1 + k;
    }
    for (let k = 0; k < circuit.specs; k++) {
      sequenceOfSpec[specSegments[s]! + k] = s;
      tokenOfSpec[specSegments[s]! + k] = first + 1 + circuit.parameters + k;
    }
    lastToken[s] = segments[s + 1]! - 1;
    for (let k = 0; k < tokenCount(circuit); k++) featureOfToken[first + k] = featureBase[c]! + k;
  });

  return {
    circuits,
    sequences,
    parameterRows,
    specRows,
    rows,
    circuitOfSequence: Int32Array.from(sequenceCircuits),
    segments,
    parameterSegments,
    specSegments,
    sequenceOfSpec,
    tokenOfParameter,
    tokenOfSpec,
    lastToken,
    featureOfToken,
  };
}

/** Row indices of `rows` rows once more for each member: 0 … rows-1, 0 … rows-1, … */
export function repeatedRows(rows: number, members: number): Int32Array {
  return Int32Array.from({ length: rows * members }, (_, i) => i % rows);
}

/** The indices of one member, shifted for each of `members` blocks of `rows` rows. */
export function memberRows(indices: Int32Array, rows: number, members: number): Int32Array {
  const all = new Int32Array(indices.length * members);
  for (let g = 0; g < members; g++) {
    for (let i = 0; i < indices.length; i++) all[g * indices.length + i] = g * rows + indices[i]!;
  }
  return all;
}

/** The batch of all members' sequences, member by member, each with the counts of `batch`. */
export function stackMembers(batch: PackedBatch, members: number): PackedBatch {
  const shifted = (indices: Int32Array, by: number) => memberRows(indices, by, members);
  const starts = (segments: Int32Array) => repeatSegments(segments, members);
  const repeated = (values: Int32Array) => {
    const all = new Int32Array(values.length * members);
    for (let g = 0; g < members; g++) all.set(values, g * values.length);
    return all;
  };
  return {
    circuits: batch.circuits,
    sequences: batch.sequences * members,
    parameterRows: batch.parameterRows * members,
    specRows: batch.specRows * members,
    rows: batch.rows * members,
    circuitOfSequence: repeated(batch.circuitOfSequence),
    segments: starts(batch.segments),
    parameterSegments: starts(batch.parameterSegments),
    specSegments: starts(batch.specSegments),
    sequenceOfSpec: shifted(batch.sequenceOfSpec, batch.sequences),
    tokenOfParameter: shifted(batch.tokenOfParameter, batch.rows),
    tokenOfSpec: shifted(batch.tokenOfSpec, batch.rows),
    lastToken: shifted(batch.lastToken, batch.rows),
    featureOfToken: repeated(batch.featureOfToken),
  };
}
