import type { PackedBatch } from '../model/packed-batch';
import { type Executor, type Tensor, VariableGroup } from '../tensor';

/**
 * Real and synthetic buffers of all circuits in one flat pool on the device, so that sampling, relabelling and training
 * never leave it. A circuit owns `real + synthetic` slots of a width of its own; a slot holds one transition:
 * u [P], z [S], valid [1], action [P], next u [P], next z [S], next valid [1].
 */
export interface PoolCircuit {
  readonly parameters: number;
  readonly specs: number;
  readonly base: number;
  readonly width: number;
}

export interface ReplayPool {
  readonly group: VariableGroup;
  readonly circuits: readonly PoolCircuit[];
  readonly realCapacity: number;
  readonly syntheticCapacity: number;
}

export type PoolField = 'u' | 'z' | 'valid' | 'action' | 'nextU' | 'nextZ' | 'nextValid';

export interface Transition {
  readonly u: Float32Array;
  readonly z: Float32Array;
  readonly valid: boolean;
  readonly action: Float32Array;
  readonly nextU: Float32Array;
  readonly nextZ: Float32Array;
  readonly nextValid: boolean;
}

export function createReplayPool(
  sizes: readonly { readonly parameters: number; readonly specs: number }[],
  realCapacity: number,
  syntheticCapacity: number,
): ReplayPool {
  let base = 0;
  const circuits = sizes.map(({ parameters, specs }) => {
    const circuit = { parameters, specs, base, width: 3 * parameters + 2 * specs + 2 };
    base += circuit.width * (realCapacity + syntheticCapacity);
    return circuit;
  });
  const group = new VariableGroup('replay');
  group.add('pool', 1, base);
  return { group, circuits, realCapacity, syntheticCapacity };
}

/** Offset of a field in a slot. */
function offsetOf(circuit: PoolCircuit, field: PoolField): number {
  const { parameters: p, specs: s } = circuit;
  switch (field) {
    case 'u':
      return 0;
    case 'z':
      return p;
    case 'valid':
      return p + s;
    case 'action':
      return p + s + 1;
    case 'nextU':
      return 2 * p + s + 1;
    case 'nextZ':
      return 3 * p + s + 1;
    case 'nextValid':
      return 3 * p + 2 * s + 1;
  }
}

/** Rows that a field has in a batch. */
export function fieldRows(batch: PackedBatch, field: PoolField): number {
  if (field === 'valid' || field === 'nextValid') return batch.sequences;
  return field === 'z' || field === 'nextZ' ? batch.specRows : batch.parameterRows;
}

/**
 * Address triples (base, stride, sequence) that gather or scatter a field of a batch's transitions; the slot of each
 * sequence comes at run time.
 */
export function fieldTriples(pool: ReplayPool, batch: PackedBatch, field: PoolField): Int32Array {
  const triples = new Int32Array(3 * fieldRows(batch, field));
  const starts =
    field === 'valid' || field === 'nextValid'
      ? null
      : field === 'z' || field === 'nextZ'
        ? batch.specSegments
        : batch.parameterSegments;
  let at = 0;
  for (let s = 0; s < batch.sequences; s++) {
    const circuit = pool.circuits[batch.circuitOfSequence[s]!]!;
    const count = starts ? starts[s + 1]! - starts[s]! : 1;
    for (let k = 0; k < count; k++) {
      triples[at++] = circuit.base + offsetOf(circuit, field) + k;
      triples[at++] = circuit.width;
      triples[at++] = s;
    }
  }
  return triples;
}

/** Writes one transition into a slot (0 … real + synthetic - 1) of a circuit. */
export function writeTransition(executor: Executor, pool: ReplayPool, circuitIndex: number, slot: number, t: Transition): void {
  const circuit = pool.circuits[circuitIndex]!;
  const row = new Float32Array(circuit.width);
  row.set(t.u, offsetOf(circuit, 'u'));
  row.set(t.z, offsetOf(circuit, 'z'));
  row[offsetOf(circuit, 'valid')] = t.valid ? 1 : 0;
  row.set(t.action, offsetOf(circuit, 'action'));
  row.set(t.nextU, offsetOf(circuit, 'nextU'));
  row.set(t.nextZ, offsetOf(circuit, 'nextZ'));
  row[offsetOf(circuit, 'nextValid')] = t.nextValid ? 1 : 0;
  executor.write(pool.group.name, row, circuit.base + slot * circuit.width);
}

/** The tensors of a sampled batch of transitions. */
export type TransitionTensors = Readonly<Record<PoolField, Tensor>>;
