import type { KernelCall } from '../dispatch';
import type { Dependency } from './dependencies';

/** Kernels that a workgroup runs one after another, by their numbers; or one kernel. */
export interface Unit {
  readonly calls: readonly number[];
  readonly wave: number;
  /** First rows of the parts, where all of its kernels have as many. */
  readonly parts: number | null;
}

/** Mamba blocks stay alone: two of them in a chain take longer than one after another. */
export const isBlock = ({ shader }: KernelCall) => shader.name.startsWith('mamba-block');

/**
 * Kernels that wait until their result is wanted, so that many of them run as one dispatch: what only sums up, and what has so few
 * workgroups that it is as quick anywhere. Others wait only where their wave has nothing but blocks, beside which they would be a
 * dispatch of their own.
 */
const isPatient = ({ shader, constants, workgroups }: KernelCall) =>
  SUMS.includes(shader.name) || (shader.name === 'matmul' && constants.VARIANT === 2) || workgroups <= TINY;
const SUMS: readonly string[] = ['column-sum', 'reduce'];
const TINY = 16;

/** For each kernel the wave that it runs in; `unitOf` says what it is in, and in which wave that could run at the earliest. */
export function schedule(
  calls: readonly KernelCall[],
  dependencies: readonly (readonly Dependency[])[],
  unitOf: readonly Unit[],
): Int32Array {
  const last = Math.max(0, ...unitOf.map(({ wave }) => wave));
  const of = Int32Array.from(calls, (_, c) => unitOf[c]!.wave);
  const alone = (c: number) => unitOf[c]!.calls.length === 1 && !isBlock(calls[c]!);
  const latest = new Int32Array(calls.length).fill(last);
  const mustBeBefore = (c: number, wave: number) => {
    for (const { call } of dependencies[c]!) latest[call] = Math.min(latest[call]!, wave - 1);
  };

  // Units that cannot wait, by wave.
  const fixed = new Map<number, Set<Unit>>();
  for (let c = calls.length - 1; c >= 0; c--) {
    const wave = alone(c) ? latest[c]! : of[c]!;
    mustBeBefore(c, wave);
    if (wave === of[c] && !isBlock(calls[c]!)) fixed.set(wave, (fixed.get(wave) ?? new Set()).add(unitOf[c]!));
  }
  // Others may share their dispatch: at no cost, or at that of a chain's words, which the compiler knows while a chain is by itself.
  const shared = (wave: number) => [...(fixed.get(wave) ?? [])].some((unit, _, all) => all.length > 1 || unit.calls.length === 1);

  latest.fill(last);
  for (let c = calls.length - 1; c >= 0; c--) {
    if (alone(c)) {
      const possible = Array.from({ length: latest[c]! - of[c]! + 1 }, (_, i) => of[c]! + i);
      const sharing = possible.filter(shared);
      const among = sharing.length > 0 ? sharing : possible.filter((wave) => fixed.has(wave));
      of[c] = isPatient(calls[c]!) ? (among.at(-1) ?? latest[c]!) : (among[0] ?? of[c]!);
    }
    mustBeBefore(c, of[c]!);
  }
  return of;
}
