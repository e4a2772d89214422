/**
 * Snapshots of ticks that have passed, so that one can look back: all of the last ones, every eighth of those before, every
 * 64th of those before that. Bounded in number and in bytes: a wall of a thousand tiles keeps fewer of them.
 */
import type { EngineEvent, Snapshot } from '../../engine/api/snapshot';
import type { Frames } from './frames';
import type { Signal } from './signal';

export interface Recording {
  /** Ticks that can be looked at, ascending. */
  readonly ticks: readonly number[];
  /** Events of all ticks so far, oldest first, bounded. */
  readonly events: readonly EngineEvent[];
  /** The recorded snapshot at a tick, or the last one before; the first one where there is none before; null where it is not here. */
  at(tick: number): Snapshot | null;
  /** The same, also where it must be fetched: `at` gives null then. */
  load(tick: number): Promise<Snapshot | null>;
}

const TIERS = [1, 8, 64] as const;
const MOST_A_TIER = 160;
const LEAST_A_TIER = 6;
const BYTES = 48 * 1024 * 1024;
const MOST_EVENTS = 500;

/** @param earlier of a run that goes on after a reload: what was recorded before it */
export function createRecording(live: Signal<Snapshot | null>, earlier: Promise<Frames> | null = null): Recording {
  /** Oldest first; the first tier holds the newest ticks. */
  const tiers: Snapshot[][] = TIERS.map(() => []);
  let events: EngineEvent[] = [];
  let ticks: readonly number[] | null = null;
  let frames: Frames | null = null;

  function add(snapshot: Snapshot): void {
    const last = tiers[0].at(-1);
    if (last && snapshot.tick < last.tick) {
      for (const tier of tiers) tier.length = 0;
      events = [];
    }
    const room = Math.max(LEAST_A_TIER, Math.min(MOST_A_TIER, Math.floor(BYTES / TIERS.length / sizeOf(snapshot))));
    let moving: Snapshot | undefined = snapshot;
    for (let t = 0; t < tiers.length && moving; t++) {
      // A coarser tier takes one of so many; the others are forgotten.
      if (moving.tick % TIERS[t] !== 0) break;
      tiers[t].push(moving);
      moving = tiers[t].length > room ? tiers[t].shift() : undefined;
    }
    ticks = null;
  }

  live.subscribe((snapshot) => {
    if (!snapshot) return;
    for (const event of snapshot.events) {
      if (events.some((known) => known.tick === event.tick && known.message === event.message)) continue;
      events = [...events.slice(-MOST_EVENTS + 1), event];
    }
    // Of a tick under way not all numbers are there yet.
    if (snapshot.activity !== null || snapshot.tick === tiers[0].at(-1)?.tick) return;
    add(snapshot);
  });

  earlier?.then(
    (found) => {
      frames = found;
      ticks = null;
    },
    () => undefined,
  );

  const all = () => tiers.toReversed().flat();
  /** Also between the last tick of before and the first of now: the last one before is what was asked for. */
  const isEarlier = (tick: number, [first]: readonly Snapshot[]) =>
    frames !== null && frames.ticks.length > 0 && (!first || tick < first.tick);
  function at(tick: number): Snapshot | null {
    const known = all();
    if (frames && isEarlier(tick, known)) return frames.at(tick);
    return known.findLast((snapshot) => snapshot.tick <= tick) ?? known[0] ?? null;
  }

  return {
    get ticks() {
      ticks ??= [...(frames?.ticks ?? []), ...all().map(({ tick }) => tick)];
      return ticks;
    },
    get events() {
      return events;
    },
    at,
    load: async (tick) => (frames && isEarlier(tick, all()) ? frames.load(tick) : at(tick)),
  };
}

/** About what a snapshot takes: nearly all of it is the arrays of its environments. */
function sizeOf({ environments }: Snapshot): number {
  let bytes = 4096;
  for (const column of Object.values(environments)) if (ArrayBuffer.isView(column)) bytes += column.byteLength;
  return bytes;
}
