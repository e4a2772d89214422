import type { KernelCall } from '../dispatch';
import { type Dependency, dependenciesOf } from './dependencies';
import { type Partitions, partitionsOf } from './partitions';
import { isBlock, schedule, type Unit } from './schedule';
import type { WideArena } from './tensors';

export interface Waves {
  /** Chains of each wave, in the order in which they run; a kernel that runs alone is a chain of one. */
  readonly chains: readonly (readonly (readonly number[])[])[];
  /** Of a kernel that is in a chain with others the first row of each part, and how many of the chain must be done one after another before it. */
  readonly parts: ReadonlyMap<number, { readonly starts: readonly number[]; readonly level: number }>;
  /** The wave of each kernel. */
  readonly of: Int32Array;
}

/**
 * For each kernel the wave that it runs in: kernels of one wave do not touch what another of it writes, unless both are in one
 * chain, part by part. With `chained` a kernel joins the chains before it where all that it needs of the last wave is made there,
 * or the chain after it where nobody else needs it before.
 */
export function wavesOf(calls: readonly KernelCall[], arena: WideArena, chained: boolean): Waves {
  const dependencies = dependenciesOf(calls, arena);
  const partitions = partitionsOf(chained ? calls : [], arena);
  const unitOf = withFormer(calls, dependencies, partitions);
  joinLater(unitOf, dependencies, partitions);
  const of = schedule(calls, dependencies, unitOf);
  const level = levelsOf(dependencies, unitOf);
  const chains: (readonly number[])[][] = Array.from({ length: Math.max(0, ...of.map((wave) => wave + 1)) }, () => []);
  const parts = new Map<number, { starts: readonly number[]; level: number }>();
  for (const { calls: own } of new Set(unitOf)) {
    chains[of[own[0]!]!]!.push([...own].sort((a, b) => level[a]! - level[b]! || a - b));
    if (own.length > 1) for (const c of own) parts.set(c, { starts: partitions.ofCall[c]!, level: level[c]! });
  }
  return { chains, parts, of };
}

/** For each kernel how many of its unit must be done one after another before it. */
function levelsOf(dependencies: readonly Dependency[][], unitOf: readonly Unit[]): Int32Array {
  const level = new Int32Array(unitOf.length);
  dependencies.forEach((list, c) => {
    for (const { call } of list) if (unitOf[call] === unitOf[c]) level[c] = Math.max(level[c]!, level[call]! + 1);
  });
  return level;
}

/** Whether no part of a kernel needs anything of another part of an earlier one; `edges` as in `Dependency`. */
function areLocal(partitions: Partitions, earlier: number, later: number, edges: Dependency['edges']): boolean {
  return edges.every(([mine, other]) => partitions.isLocal(later, mine) && partitions.isLocal(earlier, other));
}

/** Units of kernels in the earliest wave they can run in, each joined to what it needs of the wave before where it can be. */
function withFormer(calls: readonly KernelCall[], dependencies: readonly Dependency[][], partitions: Partitions): Unit[] {
  const unitOf: Unit[] = [];
  calls.forEach((call, c) => {
    const parts = isBlock(call) ? null : (partitions.ofCall[c] ?? null);
    const before = new Set(dependencies[c]!.map((dependency) => unitOf[dependency.call]!));
    const wave = Math.max(-1, ...[...before].map((unit) => unit.wave));
    const last = [...before].filter((unit) => unit.wave === wave);
    const local = dependencies[c]!.every(
      (dependency) => unitOf[dependency.call]!.wave < wave || areLocal(partitions, dependency.call, c, dependency.edges),
    );
    if (last.length > 0 && local && parts && last.every((unit) => unit.parts === parts.length))
      join(unitOf, { calls: [...last.flatMap((unit) => unit.calls), c], wave, parts: parts.length });
    else unitOf[c] = { calls: [c], wave: wave + 1, parts: parts?.length ?? null };
  });
  return unitOf;
}

/** A kernel that nobody needs before some chain does is done in it. */
function joinLater(unitOf: Unit[], dependencies: readonly Dependency[][], partitions: Partitions): void {
  const users: Dependency[][] = unitOf.map(() => []);
  dependencies.forEach((list, c) => {
    for (const { call, edges } of list) users[call]!.push({ call: c, edges });
  });
  for (let c = unitOf.length - 1; c >= 0; c--) {
    const unit = unitOf[c]!;
    const first = users[c]!.map(({ call }) => unitOf[call]!).reduce<Unit | null>((a, b) => (a && a.wave <= b.wave ? a : b), null);
    if (!first || unit.calls.length > 1 || first.calls.length === 1 || unit.parts === null || unit.parts !== first.parts)
      continue;
    const fits = users[c]!.every(({ call, edges }) =>
      unitOf[call] === first ? areLocal(partitions, c, call, edges) : unitOf[call]!.wave > first.wave,
    );
    if (fits) join(unitOf, { ...first, calls: [c, ...first.calls] });
  }
}

function join(unitOf: Unit[], unit: Unit): void {
  const joined = { ...unit, calls: [...unit.calls].sort((a, b) => a - b) };
  for (const call of joined.calls) unitOf[call] = joined;
}
