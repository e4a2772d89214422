import type { Waveforms } from '../../api/circuit';
import { cubicAt } from './curves';

/** Intervals between time steps are looked at this finely. */
const REFINEMENT = 12;

/**
 * Whether the settling time hangs on a peak that just touches the edge of the band: the last swing that is not clearly
 * within `tolerance` of `final` is not clearly outside either. By the simulator's own small errors such a signal settles
 * half a period earlier or later.
 * @param margin what "clearly" is, as a share of the tolerance
 */
export function grazesBand(
  waveforms: Waveforms,
  output: string,
  { edge, final, tolerance, margin }: { edge: number; final: number; tolerance: number; margin: number },
): boolean {
  const t = waveforms.axis;
  const y = waveforms.real[output];
  if (!y || t.length < 4 || !Number.isFinite(final)) return false;
  // Backwards in time, on the curve that the settling time is read from: peak follows peak.
  let after = y[y.length - 1]! - final;
  let rising = false;
  for (let i = t.length - 2; i >= 0 && t[i + 1]! > edge; i--) {
    for (let k = REFINEMENT - 1; k >= 0; k--) {
      const at = t[i]! + ((t[i + 1]! - t[i]!) * k) / REFINEMENT;
      const error = (k === 0 ? y[i]! : cubicAt(t, y, i, at)) - final;
      const size = Math.abs(after);
      const isPeak = rising && Math.abs(error) < size;
      rising = Math.abs(error) > size;
      after = error;
      if (isPeak && Math.abs(size - tolerance) < margin * tolerance) return true;
      if (Math.abs(error) > tolerance * (1 + margin)) return false;
    }
  }
  return false;
}
