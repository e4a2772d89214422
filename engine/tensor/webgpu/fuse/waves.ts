import type { View } from '../../plan';
import type { KernelCall } from '../dispatch';
import { PACKED } from './pack-weights';
import { overlaps, type WideArena } from './tensors';

/** Kernels that only sum up: they wait until their result is wanted, so that many of them run as one dispatch. */
const PATIENT: readonly string[] = ['column-sum', 'reduce'];
const isPatient = ({ shader, constants }: KernelCall) =>
  PATIENT.includes(shader.name) || (shader.name === 'matmul' && constants.VARIANT === 2);

/** For each kernel the wave that it runs in: kernels of one wave do not touch what another of it writes. */
export function wavesOf(calls: readonly KernelCall[], arena: WideArena): Int32Array {
  const before = dependencies(calls, arena);
  const waves = new Int32Array(calls.length);
  let last = 0;
  calls.forEach((_, c) => {
    for (const b of before[c]!) waves[c] = Math.max(waves[c]!, waves[b]! + 1);
    last = Math.max(last, waves[c]!);
  });
  const latest = new Int32Array(calls.length).fill(last);
  for (let c = calls.length - 1; c >= 0; c--) {
    if (isPatient(calls[c]!)) waves[c] = latest[c]!;
    for (const b of before[c]!) latest[b] = Math.min(latest[b]!, waves[c]! - 1);
  }
  return waves;
}

/** For each kernel the earlier ones that must be done before it. */
function dependencies(calls: readonly KernelCall[], arena: WideArena): number[][] {
  const seen = new Map<string, { readonly call: number; readonly view: View; readonly write: boolean }[]>();
  return calls.map((call, c) => {
    const before = new Set<number>();
    const own = call.operands.flatMap((view, i) => {
      if (!view || view.space === 'constant') return [];
      const write = call.shader.operands[i]!.access === 'out';
      return [{ storage: view.space === 'arena' ? `${arena.at(view.offset)}` : view.group, view, write }];
    });
    for (const { storage, view, write } of own) {
      for (const other of seen.get(storage) ?? []) {
        // Pieces of a packed record lie between each other, but never on each other.
        if (storage === PACKED && write && other.write) continue;
        if ((write || other.write) && !before.has(other.call) && overlaps(view, other.view)) before.add(other.call);
      }
    }
    for (const { storage, view, write } of own) {
      const list = seen.get(storage);
      if (list) list.push({ call: c, view, write });
      else seen.set(storage, [{ call: c, view, write }]);
    }
    return [...before];
  });
}
