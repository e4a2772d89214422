/**
 * A time series of bounded size. When it is full, neighbours are merged and their extremes kept, so that a spike of an
 * hour ago is still a spike.
 */
export interface Series {
  readonly length: number;
  push(x: number, y: number): void;
  /** Rows for a chart: x, last value, least, most. Views that live until the next push. */
  columns(): readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  clear(): void;
}

export function createSeries(capacity: number): Series {
  if (capacity < 4 || capacity % 2 !== 0) throw new Error(`A series needs an even capacity of 4 or more, not ${capacity}.`);
  const rows = [0, 1, 2, 3].map(() => new Float64Array(capacity)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const [xs, last, least, most] = rows;
  let length = 0;
  /** Pushes that make one row, and how many the newest row has had. */
  let weight = 1;
  let filled = 0;

  function merge(): void {
    for (let i = 0; i < capacity / 2; i++) {
      xs[i] = xs[2 * i + 1];
      last[i] = last[2 * i + 1];
      least[i] = Math.min(least[2 * i], least[2 * i + 1]);
      most[i] = Math.max(most[2 * i], most[2 * i + 1]);
    }
    length = capacity / 2;
    weight *= 2;
  }

  return {
    get length() {
      return length;
    },
    push(x, y) {
      if (length > 0 && filled < weight) {
        const at = length - 1;
        xs[at] = x;
        last[at] = y;
        least[at] = Math.min(least[at], y);
        most[at] = Math.max(most[at], y);
        filled++;
        return;
      }
      if (length === capacity) merge();
      xs[length] = x;
      last[length] = y;
      least[length] = y;
      most[length] = y;
      length++;
      filled = 1;
    },
    columns: () => [xs.subarray(0, length), last.subarray(0, length), least.subarray(0, length), most.subarray(0, length)],
    clear() {
      length = 0;
      weight = 1;
      filled = 0;
    },
  };
}
