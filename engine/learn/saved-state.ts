import type { AgentState } from '../api';
import { OhmbaError } from '../base';
import type { Executor, VariableGroup } from '../tensor';
import type { CircuitMemory, Point } from './memory';
import type { ReplayPool } from './replay-pool';

/** Tensors of a saved state by name, while it is gathered. */
export type SavedTensors = Map<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

/** Reads every variable of these groups as `group.variable`. */
export async function saveGroups(executor: Executor, groups: readonly VariableGroup[], into: SavedTensors): Promise<void> {
  for (const group of groups) {
    const values = await executor.read(group.name);
    for (const { name, rows, columns, offset } of group.variables)
      into.set(`${group.name}.${name}`, { shape: [rows, columns], values: values.slice(offset, offset + rows * columns) });
  }
}

export function restoreGroups(executor: Executor, groups: readonly VariableGroup[], from: AgentState['tensors']): void {
  for (const group of groups) {
    const values = new Float32Array(group.length);
    for (const { name, rows, columns, offset } of group.variables)
      values.set(tensorOf(from, `${group.name}.${name}`, rows * columns), offset);
    executor.write(group.name, values);
  }
}

/** Reads the filled slots of both buffers of every circuit; nothing ever reads the others. */
export async function savePool(
  executor: Executor,
  pool: ReplayPool,
  memories: readonly CircuitMemory[],
  into: SavedTensors,
): Promise<void> {
  for (const { name, offset, rows, width } of filledParts(pool, memories)) {
    const values = rows > 0 ? await executor.read(pool.group.name, offset, rows * width) : new Float32Array();
    into.set(name, { shape: [rows, width], values });
  }
}

/** @param memories with their counts as they were when the pool was saved */
export function restorePool(
  executor: Executor,
  pool: ReplayPool,
  memories: readonly CircuitMemory[],
  from: AgentState['tensors'],
): void {
  for (const { name, offset, rows, width } of filledParts(pool, memories)) {
    const values = tensorOf(from, name, rows * width);
    if (rows > 0) executor.write(pool.group.name, values, offset);
  }
}

function filledParts(pool: ReplayPool, memories: readonly CircuitMemory[]) {
  const { realCapacity, syntheticCapacity } = pool;
  return memories.flatMap(({ circuit, real, synthetic }, c) => {
    const { base, width } = pool.circuits[c]!;
    return [
      { name: `replay.real.${circuit.id}`, offset: base, rows: Math.min(real, realCapacity), width },
      {
        name: `replay.synthetic.${circuit.id}`,
        offset: base + realCapacity * width,
        rows: Math.min(synthetic, syntheticCapacity),
        width,
      },
    ];
  });
}

/** Points side by side, [points, P + S + 1]: u, z, valid. */
export function packPoints(points: readonly Point[], parameters: number, specs: number) {
  const width = parameters + specs + 1;
  const values = new Float32Array(points.length * width);
  for (const [i, { u, z, valid }] of points.entries()) {
    values.set(u, i * width);
    values.set(z, i * width + parameters);
    values[(i + 1) * width - 1] = valid ? 1 : 0;
  }
  return { shape: [points.length, width], values };
}

export function unpackPoints(from: AgentState['tensors'], name: string, parameters: number, specs: number): Point[] {
  const width = parameters + specs + 1;
  const values = tensorOf(from, name, null);
  return Array.from({ length: values.length / width }, (_, i) => {
    const row = values.subarray(i * width, (i + 1) * width);
    return { u: row.slice(0, parameters), z: row.slice(parameters, width - 1), valid: row[width - 1] === 1 };
  });
}

function tensorOf(from: AgentState['tensors'], name: string, length: number | null): Float32Array {
  const tensor = from.get(name);
  if (tensor && (length === null || tensor.values.length === length)) return tensor.values;
  throw new OhmbaError({
    what: `the saved state has ${tensor ? `${tensor.values.length} values` : 'nothing'} for ${name}`,
    expected: length === null ? 'a tensor of that name' : `${length} values`,
    todo: 'resume with the circuits, hyper-parameters and version of Ohmba that it was saved with',
  });
}
