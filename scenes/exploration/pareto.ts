/** Fronts of two measures: the points that no other beats in both. */

export interface Front {
  /** Points that were known when it stood: rows below it. */
  readonly until: number;
  /** Rows on the front, by rising x and falling y. */
  readonly rows: readonly number[];
}

type Value = (row: number) => number;

/** Shares of the points after which a front is kept. */
const SHARES = [0.25, 0.5, 0.75, 1];

/**
 * The front of `count` rows. Both numbers are better the larger they are; a row with NaN is none.
 * @param passes which rows count; all where left out
 */
export function paretoFront(x: Value, y: Value, count: number, passes?: (row: number) => boolean): readonly number[] {
  return frontsThroughTime(x, y, count, passes, [1])[0]?.rows ?? [];
}

/** The fronts as they stood after a quarter, half, three quarters and all of the points, in one pass over them. */
export function frontsThroughTime(
  x: Value,
  y: Value,
  count: number,
  passes: (row: number) => boolean = () => true,
  shares: readonly number[] = SHARES,
): readonly Front[] {
  const untils = [...new Set(shares.map((share) => Math.ceil(share * count)))].filter((until) => until > 0);
  const fronts: Front[] = [];
  const running: number[] = [];
  let row = 0;
  for (const until of untils) {
    for (; row < until; row++) if (passes(row)) extendFront(running, x, y, row);
    fronts.push({ until, rows: [...running] });
  }
  return fronts;
}

/** Takes a row into a front where nothing there beats it, and takes out what it beats. */
export function extendFront(front: number[], x: Value, y: Value, row: number): void {
  const [px, py] = [x(row), y(row)];
  if (Number.isNaN(px) || Number.isNaN(py)) return;
  let low = 0;
  let high = front.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x(front[middle]) < px) low = middle + 1;
    else high = middle;
  }
  // Of all that reach as far in x, the first reaches furthest in y.
  if (low < front.length && y(front[low]) >= py) return;
  let from = low;
  while (from > 0 && y(front[from - 1]) <= py) from--;
  const same = low < front.length && x(front[low]) === px ? 1 : 0;
  front.splice(from, low - from + same, row);
}
