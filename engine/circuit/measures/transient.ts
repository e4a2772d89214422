import type { Waveforms } from '../../api/circuit';
import { cubicAt } from './curves';

/** Intervals between time steps are looked at this finely. */
const REFINEMENT = 12;

/**
 * Time from `edge` until a signal stays within `tolerance` of `final`, read on cubics through the time steps. A signal
 * that is still outside at the end of the window, or was cut short because it oscillates, settles later than the window
 * is long, if ever: the window's length is returned.
 */
export function settlingTime(
  waveforms: Waveforms,
  output: string,
  { edge, window, final, tolerance }: { edge: number; window: number; final: number; tolerance: number },
): number {
  const t = waveforms.axis;
  const y = waveforms.real[output];
  if (!y || t.length < 4 || !Number.isFinite(final)) return Number.NaN;
  const last = t.length - 1;
  if (t[last]! < (edge + window) * (1 - 1e-6) || Math.abs(y[last]! - final) > tolerance) return window;
  for (let i = last - 1; i >= 0 && t[i + 1]! > edge; i--) {
    let within = t[i + 1]!;
    let withinError = Math.abs(y[i + 1]! - final);
    for (let k = REFINEMENT - 1; k >= 0; k--) {
      const at = t[i]! + ((t[i + 1]! - t[i]!) * k) / REFINEMENT;
      const error = Math.abs((k === 0 ? y[i]! : cubicAt(t, y, i, at)) - final);
      if (error > tolerance) return at + ((within - at) * (error - tolerance)) / (error - withinError) - edge;
      within = at;
      withinError = error;
    }
  }
  return 0;
}

/** Integral of a signal over [from, to] by the trapezoidal rule: a current gives a charge. */
export function integral(waveforms: Waveforms, output: string, from: number, to: number): number {
  const t = waveforms.axis;
  const y = waveforms.real[output];
  if (!y || t.length < 2 || t[0]! > from || t[t.length - 1]! < to - 1e-15) return Number.NaN;
  let sum = 0;
  for (let i = 1; i < t.length; i++) {
    const a = Math.max(from, t[i - 1]!);
    const b = Math.min(to, t[i]!);
    if (b <= a) continue;
    const slope = (y[i]! - y[i - 1]!) / (t[i]! - t[i - 1]!);
    const middle = y[i - 1]! + slope * ((a + b) / 2 - t[i - 1]!);
    sum += middle * (b - a);
  }
  return sum;
}
