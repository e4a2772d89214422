/** What a chart of so many pixels can show of long series: thinned with extremes kept, and smoothed, each apart from the other. */
import type { HistoryColumn } from './history';

export interface Thinned {
  /** One a bucket: places into the axis of time, so that several series share them. */
  readonly rows: Uint32Array;
  readonly counts: Uint32Array;
}

/** Cuts rows `from` up to `to` into at most `most` buckets of equal numbers of rows. */
export function buckets(from: number, to: number, most: number): Thinned {
  const count = Math.max(0, Math.min(most, to - from));
  const rows = new Uint32Array(count);
  const counts = new Uint32Array(count);
  for (let b = 0; b < count; b++) {
    const start = from + Math.floor((b * (to - from)) / count);
    const end = from + Math.floor(((b + 1) * (to - from)) / count);
    rows[b] = start;
    counts[b] = end - start;
  }
  return { rows, counts };
}

/** The axis at the end of each bucket. */
export function thinAxis(axis: Float64Array, { rows, counts }: Thinned): Float64Array {
  return Float64Array.from(rows, (start, b) => axis[start + counts[b] - 1]);
}

/** Last, least and most of each bucket; missing values do not count. */
export function thinColumn(column: HistoryColumn, { rows, counts }: Thinned): HistoryColumn {
  const count = rows.length;
  const empty = () => new Float64Array(count).fill(Number.NaN);
  const thinned = { last: empty(), least: empty(), most: empty() };
  for (let b = 0; b < count; b++) {
    let last = Number.NaN;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = rows[b], end = rows[b] + counts[b]; i < end; i++) {
      if (!Number.isNaN(column.last[i])) last = column.last[i];
      if (column.least[i] < least) least = column.least[i];
      if (column.most[i] > most) most = column.most[i];
    }
    thinned.last[b] = last;
    if (least <= most) {
      thinned.least[b] = least;
      thinned.most[b] = most;
    }
  }
  return thinned;
}

/**
 * Exponential mean over the axis, with `span` the time in which a step is answered to 63 %; it starts at the first value, so that
 * nothing is pulled towards 0. Missing values are passed over. @param span in units of the axis; 0 changes nothing
 */
export function smooth(axis: Float64Array, values: Float64Array, span: number): Float64Array {
  if (span <= 0) return values;
  const smoothed = new Float64Array(values.length).fill(Number.NaN);
  let state = Number.NaN;
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      smoothed[i] = state;
      continue;
    }
    state = Number.isNaN(state) ? values[i] : state + (values[i] - state) * (1 - Math.exp((before - axis[i]) / span));
    before = axis[i];
    smoothed[i] = state;
  }
  return smoothed;
}

/** First row that lies in the window of `span` before the end; 0 for all. */
export function firstRow(axis: Float64Array, span: number): number {
  if (!Number.isFinite(span) || axis.length === 0) return 0;
  const least = axis[axis.length - 1] - span;
  let [low, high] = [0, axis.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (axis[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
