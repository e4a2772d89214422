import type { View } from '../../plan';
import type { KernelCall } from '../dispatch';
import { PACKED } from './pack-weights';
import { overlaps, type WideArena } from './tensors';

export interface Dependency {
  /** The earlier kernel. */
  readonly call: number;
  /** Operands of the later and of the earlier one that touch each other, at least one of them writing. */
  readonly edges: (readonly [number, number])[];
}

/** For each kernel the earlier ones that must be done before it. */
export function dependenciesOf(calls: readonly KernelCall[], arena: WideArena): Dependency[][] {
  const seen = new Map<string, { call: number; operand: number; view: View; write: boolean }[]>();
  return calls.map((call, c) => {
    const before = new Map<number, Dependency>();
    const own = call.operands.flatMap((view, operand) => {
      if (!view || view.space === 'constant') return [];
      const write = call.shader.operands[operand]!.access === 'out';
      return [{ storage: view.space === 'arena' ? `${arena.at(view.offset)}` : view.group, operand, view, write }];
    });
    for (const { storage, operand, view, write } of own) {
      for (const other of seen.get(storage) ?? []) {
        // Pieces of a packed record lie between each other, but never on each other.
        if (storage === PACKED && write && other.write) continue;
        if (!(write || other.write) || !overlaps(view, other.view)) continue;
        const dependency = before.get(other.call) ?? { call: other.call, edges: [] };
        dependency.edges.push([operand, other.operand]);
        before.set(other.call, dependency);
      }
    }
    for (const { storage, operand, view, write } of own) {
      const list = seen.get(storage);
      if (list) list.push({ call: c, operand, view, write });
      else seen.set(storage, [{ call: c, operand, view, write }]);
    }
    return [...before.values()];
  });
}
