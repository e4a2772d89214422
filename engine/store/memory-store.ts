import type { EngineEvent } from '../api';
import { RingBuffer } from '../base';
import type { EpisodeRecord, RunStore, SimulationRecord } from './run-store';

export interface MemoryStore extends RunStore {
  readonly recorded: RingBuffer<SimulationRecord>;
  readonly episodes: RingBuffer<EpisodeRecord>;
  readonly events: RingBuffer<EngineEvent>;
  readonly series: RingBuffer<{ readonly tick: number; readonly values: Readonly<Record<string, number>> }>;
}

/** Keeps the latest facts in memory; older ones fall out. There is nothing to resume from. */
export function createMemoryStore(capacity = 100_000): MemoryStore {
  const recorded = new RingBuffer<SimulationRecord>(capacity);
  const episodes = new RingBuffer<EpisodeRecord>(capacity);
  const events = new RingBuffer<EngineEvent>(Math.max(1, capacity >> 4));
  const series = new RingBuffer<{ tick: number; values: Readonly<Record<string, number>> }>(Math.max(1, capacity >> 4));
  return {
    recorded,
    episodes,
    events,
    series,
    begin() {},
    circuitsChanged() {},
    simulations(records) {
      for (const record of records) recorded.push(record);
    },
    episode: (record) => episodes.push(record),
    event: (event) => events.push(event),
    metrics: (tick, values) => series.push({ tick, values: { ...values } }),
    wantsSnapshot: () => false,
    snapshot() {},
    tick() {},
    failure: '',
    keepsCheckpoints: false,
    wantsCheckpoint: () => false,
    checkpoint: async () => {},
    end() {},
    close: async () => {},
  };
}
