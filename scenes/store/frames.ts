/** Pictures of a recorded run: fetched when they are wanted, and kept within bounds. */
import type { Ask } from '../../engine/api/questions';
import type { Snapshot } from '../../engine/api/snapshot';

export interface Frames {
  /** Of which there is a picture, ascending. */
  readonly ticks: readonly number[];
  /** The picture at a tick, or the last one before (the first where there is none), if it is here. */
  at(tick: number): Snapshot | null;
  /** The same, fetched where it is not here; null where nothing was recorded. */
  load(tick: number): Promise<Snapshot | null>;
  /** Calls back with every picture in order, until `ended` says that nobody listens any more. */
  each(listener: (snapshot: Snapshot) => void, ended: () => boolean): Promise<void>;
}

/** Pictures that are kept: the ones last looked at. */
const KEPT = 200;
/** Pictures that are fetched at once. */
const PIECE = 25;

/** @param run null: the one that goes on */
export function createFrames(ask: Ask, run: string | null, ticks: readonly number[]): Frames {
  const kept = new Map<number, Snapshot>();
  const keep = (snapshot: Snapshot) => {
    kept.delete(snapshot.tick);
    kept.set(snapshot.tick, snapshot);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as number);
  };
  const place = (tick: number) => ticks.findLast((known) => known <= tick) ?? ticks[0];
  const fetch = async (from: number, count: number) => (await ask('recorded-snapshots', { run, from, count })).snapshots;

  return {
    ticks,
    at: (tick) => kept.get(place(tick)) ?? null,
    async load(tick) {
      const wanted = place(tick);
      if (wanted === undefined) return null;
      const [snapshot] = kept.has(wanted) ? [kept.get(wanted) as Snapshot] : await fetch(wanted, 1);
      if (snapshot) keep(snapshot);
      return snapshot ?? null;
    },
    async each(listener, ended) {
      for (let i = 0; i < ticks.length && !ended(); i += PIECE) {
        const count = Math.min(PIECE, ticks.length - i);
        for (const snapshot of await fetch(ticks[i], count)) listener(snapshot);
      }
    },
  };
}
