import type { View } from '../../plan';
import type { KernelCall } from '../dispatch';
import { PACKED } from './pack-weights';
import { partitionsOf } from './partitions';
import { overlaps, type WideArena } from './tensors';

/** Kernels that only sum up: they wait until their result is wanted, so that many of them run as one dispatch. */
const PATIENT: readonly string[] = ['column-sum', 'reduce'];
const isPatient = ({ shader, constants }: KernelCall) =>
  PATIENT.includes(shader.name) || (shader.name === 'matmul' && constants.VARIANT === 2);

/** Mamba blocks stay alone: two of them in a chain take longer than one after another. */
const isBlock = ({ shader }: KernelCall) => shader.name.startsWith('mamba-block');

/** Kernels in the order of their numbers: several are a chain, of which a workgroup runs one part of each. */
interface Unit {
  readonly calls: number[];
  readonly wave: number;
  /** First rows of the parts, where all of its kernels have as many. */
  readonly parts: number | null;
}

export interface Waves {
  /** Chains of each wave, in the order in which they run; a kernel that runs alone is a chain of one. */
  readonly chains: readonly (readonly (readonly number[])[])[];
  /** First row of each part of a kernel that is in a chain with others. */
  readonly parts: ReadonlyMap<number, readonly number[]>;
  /** The wave of each kernel. */
  readonly of: Int32Array;
}

/**
 * For each kernel the wave that it runs in: kernels of one wave do not touch what another of it writes, unless both are in one
 * chain, part by part. With `chained` a kernel joins the chains before it where all that it needs of the last wave is made there.
 */
export function wavesOf(calls: readonly KernelCall[], arena: WideArena, chained: boolean): Waves {
  const dependencies = dependenciesOf(calls, arena);
  const partitions = partitionsOf(chained ? calls : [], arena);
  const units: Unit[] = [];
  const unitOf: Unit[] = [];
  calls.forEach((_, c) => {
    const parts = isBlock(calls[c]!) ? null : (partitions.ofCall[c] ?? null);
    const before = new Set(dependencies[c]!.map(({ call }) => unitOf[call]!));
    const wave = Math.max(-1, ...[...before].map((unit) => unit.wave));
    const last = [...before].filter((unit) => unit.wave === wave);
    const local = dependencies[c]!.every(
      ({ call, edges }) =>
        unitOf[call]!.wave < wave ||
        edges.every(([mine, other]) => partitions.isLocal(c, mine) && partitions.isLocal(call, other)),
    );
    if (last.length > 0 && local && parts && last.every((unit) => unit.parts === parts.length)) {
      const joined: Unit = { calls: [...last.flatMap((unit) => unit.calls), c].sort((a, b) => a - b), wave, parts: parts.length };
      for (const unit of last) units.splice(units.indexOf(unit), 1);
      units.push(joined);
      for (const call of joined.calls) unitOf[call] = joined;
    } else {
      unitOf[c] = { calls: [c], wave: wave + 1, parts: parts?.length ?? null };
      units.push(unitOf[c]!);
    }
  });

  const last = Math.max(0, ...units.map((unit) => unit.wave));
  const of = Int32Array.from(calls, (_, c) => unitOf[c]!.wave);
  const latest = new Int32Array(calls.length).fill(last);
  for (let c = calls.length - 1; c >= 0; c--) {
    if (isPatient(calls[c]!)) of[c] = latest[c]!;
    for (const { call } of dependencies[c]!) latest[call] = Math.min(latest[call]!, of[c]! - 1);
  }
  const chains: number[][][] = Array.from({ length: calls.length === 0 ? 0 : last + 1 }, () => []);
  for (const unit of units) chains[of[unit.calls[0]!]!]!.push(unit.calls);
  const inChains = units.filter((unit) => unit.calls.length > 1).flatMap((unit) => unit.calls);
  return { chains, parts: new Map(inChains.map((c) => [c, partitions.ofCall[c]!])), of };
}

interface Dependency {
  /** The earlier kernel. */
  readonly call: number;
  /** Operands of the later and of the earlier one that touch each other, at least one of them writing. */
  readonly edges: (readonly [number, number])[];
}

/** For each kernel the earlier ones that must be done before it. */
function dependenciesOf(calls: readonly KernelCall[], arena: WideArena): Dependency[][] {
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
