/** Counts and best values over a square grid: what was visited, and how good it was there. */

export interface Grid {
  readonly side: number;
  /** [side·side], row by row from below. */
  readonly visits: Uint32Array;
  /** Best value; -Infinity where nothing was visited. */
  readonly best: Float32Array;
  /** Row of the best; -1 where nothing was visited. */
  readonly bestRow: Int32Array;
  most: number;
}

export function createGrid(side: number): Grid {
  return {
    side,
    visits: new Uint32Array(side * side),
    best: new Float32Array(side * side).fill(Number.NEGATIVE_INFINITY),
    bestRow: new Int32Array(side * side).fill(-1),
    most: 0,
  };
}

/** The cell of a place in [0, 1]²; the upper edges belong to the last cells. */
export function cellOf(side: number, x: number, y: number): number {
  const column = Math.min(side - 1, Math.max(0, Math.floor(x * side)));
  const row = Math.min(side - 1, Math.max(0, Math.floor(y * side)));
  return row * side + column;
}

export function addToGrid(grid: Grid, x: number, y: number, value: number, row: number): void {
  const cell = cellOf(grid.side, x, y);
  const visits = ++grid.visits[cell];
  if (visits > grid.most) grid.most = visits;
  if (value > grid.best[cell]) {
    grid.best[cell] = value;
    grid.bestRow[cell] = row;
  }
}

/** Share of the cells that were visited at all. */
export function visitedShare(grid: Grid): number {
  let visited = 0;
  for (const visits of grid.visits) if (visits > 0) visited++;
  return visited / grid.visits.length;
}
