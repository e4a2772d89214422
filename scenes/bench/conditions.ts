/** A sizing under many conditions, one question each: a few under way at once, told as they come, stopped by asking no more. */
import type { Ask, CircuitWish } from '../../engine/api/questions';
import type { Verified } from '../../engine/api/verification';

export type ConditionKind = 'corners' | 'samples';

/** Mismatch samples: enough to tell a yield of 90 % from one of 70 %. */
export const SAMPLES = 64;
/** So many at once keep the simulators busy and leave the training most of them. */
const AT_ONCE = 2;

export interface Progress {
  readonly done: number;
  readonly of: number;
}

/**
 * @returns one result a condition, in their order; null where `signal` ended it before
 * @throws Error what the engine refused
 */
export async function verifyAll(
  ask: Ask,
  circuit: CircuitWish,
  parameters: Float64Array,
  kind: ConditionKind,
  signal: AbortSignal,
  told: (progress: Progress) => void,
): Promise<readonly Verified[] | null> {
  const { corners } = await ask('conditions', { circuit });
  const of = kind === 'corners' ? corners.length : SAMPLES;
  const results: Verified[] = new Array(of);
  let [next, done] = [0, 0];
  told({ done, of });
  const work = async () => {
    while (next < of && !signal.aborted) {
      const at = next++;
      const condition = kind === 'corners' ? { corner: at } : { sample: at + 1 };
      results[at] = await ask('verify', { circuit, parameters, condition });
      if (!signal.aborted) told({ done: ++done, of });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return signal.aborted ? null : results;
}
