/** Finds what lies near a place among very many: places are kept by square, so that only those around it are looked at. */
import { larger } from '../store/larger';

export interface Nearest {
  /** Forgets all; places lie in 0 … width and 0 … height from now on. */
  clear(width: number, height: number): void;
  /** A place outside is left out. */
  add(row: number, x: number, y: number): void;
  /** The row whose place is nearest, within `reach` (at most `LARGEST_REACH`); -1 where there is none. Of equals the newest. */
  find(x: number, y: number, reach: number): number;
}

/** Side of a square, CSS pixels. */
export const LARGEST_REACH = 16;

export function createNearest(): Nearest {
  let columns = 0;
  let lines = 0;
  /** Newest entry of each square, and of each entry the one before it in its square; -1 where there is none. */
  let newest = new Int32Array(0);
  let before = new Int32Array(0);
  let rows = new Int32Array(0);
  let places = new Float32Array(0);
  let count = 0;

  function grow(): void {
    const room = Math.max(1024, rows.length * 2);
    before = larger(before, room);
    rows = larger(rows, room);
    places = larger(places, room * 2);
  }

  return {
    clear(width, height) {
      columns = Math.max(1, Math.ceil(width / LARGEST_REACH));
      lines = Math.max(1, Math.ceil(height / LARGEST_REACH));
      newest = new Int32Array(columns * lines).fill(-1);
      count = 0;
    },
    add(row, x, y) {
      const column = Math.floor(x / LARGEST_REACH);
      const line = Math.floor(y / LARGEST_REACH);
      if (!(column >= 0 && line >= 0 && column < columns && line < lines)) return;
      if (count === rows.length) grow();
      const square = line * columns + column;
      rows[count] = row;
      places[count * 2] = x;
      places[count * 2 + 1] = y;
      before[count] = newest[square];
      newest[square] = count++;
    },
    find(x, y, reach) {
      const within = Math.min(reach, LARGEST_REACH);
      let least = within * within;
      let nearest = -1;
      const first = (at: number) => Math.max(0, Math.floor((at - within) / LARGEST_REACH));
      const last = (at: number, most: number) => Math.min(most - 1, Math.floor((at + within) / LARGEST_REACH));
      for (let line = first(y); line <= last(y, lines); line++) {
        for (let column = first(x); column <= last(x, columns); column++) {
          for (let entry = newest[line * columns + column]; entry >= 0; entry = before[entry]) {
            const away = (places[entry * 2] - x) ** 2 + (places[entry * 2 + 1] - y) ** 2;
            if (away < least || (away === least && nearest < rows[entry])) {
              least = away;
              nearest = rows[entry];
            }
          }
        }
      }
      return nearest;
    },
  };
}
