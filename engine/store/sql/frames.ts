import type { SqlDatabase } from './database';

/** Pictures of a run to scrub through: kept at even distances in time, fewer and fewer as a run grows long. */
export interface Frames {
  wants(seconds: number): boolean;
  add(tick: number, seconds: number, data: string): void;
  /** Within a transaction. */
  write(): void;
}

const FIRST_INTERVAL_SECONDS = 0.5;
const MOST_FRAMES = 1200;

export function createFrames(database: SqlDatabase): Frames {
  let waiting: { tick: number; seconds: number; data: string }[] = [];
  let stored: number | null = null;
  let interval = FIRST_INTERVAL_SECONDS;
  let last = Number.NEGATIVE_INFINITY;

  /** What an earlier process has stored. */
  function look(): number {
    const [count, latest] = database.prepare('SELECT count(*), max(seconds) FROM snapshot').all()[0] as [number, number | null];
    if (count > 1) interval = Math.max(interval, (latest ?? 0) / count / 2);
    return count;
  }

  return {
    wants: (seconds) => seconds - last >= interval,
    add(tick, seconds, data) {
      last = seconds;
      waiting.push({ tick, seconds, data });
    },
    write() {
      if (waiting.length === 0) return;
      stored ??= look();
      const insert = database.prepare('INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?)');
      for (const { tick, seconds, data } of waiting) insert.run([tick, seconds, data]);
      stored += waiting.length;
      waiting = [];
      if (stored <= MOST_FRAMES) return;
      database.exec(`DELETE FROM snapshot WHERE tick IN (
        SELECT tick FROM (SELECT tick, row_number() OVER (ORDER BY tick) AS place FROM snapshot) WHERE place % 2 = 0)`);
      stored = Math.ceil(stored / 2);
      interval *= 2;
    },
  };
}
