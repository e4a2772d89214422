/**
 * What is drawn over time: one table with a row a tick and a column a fact, of bounded size. When it is full, neighbouring
 * rows are merged and their extremes kept, so that a spike of an hour ago is still a spike. It is filled whether anybody
 * looks or not: what happened while a chart was hidden is there when it is shown.
 */
export interface HistoryColumn {
  /** The value at the end of the row's time, and the least and the most within it; NaN where there was none. */
  readonly last: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** Where on the axes of time a row stands. */
export interface Moment {
  readonly tick: number;
  readonly seconds: number;
  readonly simulations: number;
}

export type TimeAxis = keyof Moment;

export interface History {
  readonly length: number;
  /** Grows with every row: whoever draws one compares it. */
  readonly version: number;
  /** Names of columns, in the order in which they first came. */
  readonly names: readonly string[];
  /** Adds a row. A moment before the last one means another run: what was known goes. */
  record(moment: Moment, facts: Readonly<Record<string, number>>): void;
  /** Views that live until the next row. */
  axis(of: TimeAxis): Float64Array;
  column(name: string): HistoryColumn | null;
}

type Rows = { -readonly [Part in keyof HistoryColumn]: Float64Array };

export function createHistory(capacity: number): History {
  if (capacity < 4 || capacity % 2 !== 0) throw new Error(`A history needs an even capacity of 4 or more, not ${capacity}.`);
  const axes: Readonly<Record<TimeAxis, Float64Array>> = {
    tick: new Float64Array(capacity),
    seconds: new Float64Array(capacity),
    simulations: new Float64Array(capacity),
  };
  const columns = new Map<string, Rows>();
  let length = 0;
  let version = 0;
  /** Records that make one row, and how many the newest row has had. */
  let weight = 1;
  let filled = 0;

  function columnOf(name: string): Rows {
    const known = columns.get(name);
    if (known) return known;
    const empty = () => new Float64Array(capacity).fill(Number.NaN);
    const fresh = { last: empty(), least: empty(), most: empty() };
    columns.set(name, fresh);
    return fresh;
  }

  /** Two rows become one. */
  function halve(): void {
    for (const axis of Object.values(axes)) for (let i = 0; i < capacity / 2; i++) axis[i] = axis[2 * i + 1];
    for (const { last, least, most } of columns.values()) {
      for (let i = 0; i < capacity / 2; i++) {
        const [a, b] = [2 * i, 2 * i + 1];
        last[i] = Number.isNaN(last[b]) ? last[a] : last[b];
        least[i] = lesser(least[a], least[b]);
        most[i] = greater(most[a], most[b]);
      }
      for (const part of [last, least, most]) part.fill(Number.NaN, capacity / 2);
    }
    length = capacity / 2;
    weight *= 2;
  }

  function clear(): void {
    length = 0;
    weight = 1;
    filled = 0;
    columns.clear();
  }

  return {
    get length() {
      return length;
    },
    get version() {
      return version;
    },
    get names() {
      return [...columns.keys()];
    },
    record(moment, facts) {
      version++;
      if (length > 0 && moment.tick < axes.tick[length - 1]) clear();
      if (length === 0 || filled === weight) {
        if (length === capacity) halve();
        length++;
        filled = 0;
      }
      filled++;
      const at = length - 1;
      for (const axis of Object.keys(axes) as TimeAxis[]) axes[axis][at] = moment[axis];
      for (const name in facts) {
        const value = facts[name];
        if (Number.isNaN(value)) continue;
        const { last, least, most } = columnOf(name);
        last[at] = value;
        least[at] = lesser(least[at], value);
        most[at] = greater(most[at], value);
      }
    },
    axis: (of) => axes[of].subarray(0, length),
    column(name) {
      const rows = columns.get(name);
      if (!rows) return null;
      const cut = (part: Float64Array) => part.subarray(0, length);
      return { last: cut(rows.last), least: cut(rows.least), most: cut(rows.most) };
    },
  };
}

/** The lesser of two, where a missing one does not count. */
const lesser = (a: number, b: number) => (a < b || Number.isNaN(b) ? a : b);
const greater = (a: number, b: number) => (a > b || Number.isNaN(b) ? a : b);
