/** Brushing an axis by pointer and by keys: what each does to the range, in places from 0 to 1. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

export type Grip = 'new' | 'low' | 'high' | 'whole';

/** What of a range is taken hold of at a place; `reach` is how near an edge must be. */
export function gripAt(range: Range | null, place: number, reach: number): Grip {
  if (!range) return 'new';
  if (Math.abs(place - range.high) <= reach) return 'high';
  if (Math.abs(place - range.low) <= reach) return 'low';
  return place > range.low && place < range.high ? 'whole' : 'new';
}

/** The range after a drag from `start` to `now`; null where it was no drag. */
export function dragged(range: Range | null, grip: Grip, start: number, now: number): Range | null {
  if (grip === 'new' || !range) {
    return Math.abs(now - start) < 0.015 ? null : { low: Math.min(start, now), high: Math.max(start, now) };
  }
  if (grip === 'whole') {
    const shift = Math.max(-range.low, Math.min(1 - range.high, now - start));
    return { low: range.low + shift, high: range.high + shift };
  }
  const fixed = grip === 'low' ? range.high : range.low;
  return { low: Math.min(fixed, now), high: Math.max(fixed, now) };
}

const STEP = 0.05;

/** The range after a key: arrows move it (or begin one at the upper end), with Shift they move its lower edge. */
export function keyed(range: Range | null, key: string, shift: boolean): Range | null | undefined {
  if (key === 'Delete' || key === 'Backspace') return null;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  const step = key === 'ArrowUp' ? STEP : -STEP;
  if (!range) return step > 0 ? { low: 0.5, high: 1 } : { low: 0, high: 0.5 };
  if (shift) return { low: Math.max(0, Math.min(range.high - STEP, range.low + step)), high: range.high };
  return dragged(range, 'whole', 0, step);
}
