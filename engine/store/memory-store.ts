import type { EngineEvent } from '../api';
import { RingBuffer } from '../base';
import type { RunStore, SimulationRecord } from './run-store';

export interface MemoryStore extends RunStore {
  readonly recorded: RingBuffer<SimulationRecord>;
  readonly events: RingBuffer<EngineEvent>;
  readonly series: RingBuffer<{ readonly tick: number; readonly values: Readonly<Record<string, number>> }>;
}

/** Keeps the latest facts in memory; older ones fall out. */
export function createMemoryStore(capacity = 100_000): MemoryStore {
  const recorded = new RingBuffer<SimulationRecord>(capacity);
  const events = new RingBuffer<EngineEvent>(Math.max(1, capacity >> 4));
  const series = new RingBuffer<{ tick: number; values: Readonly<Record<string, number>> }>(Math.max(1, capacity >> 4));
  return {
    recorded,
    events,
    series,
    simulations(records) {
      for (const record of records) recorded.push(record);
    },
    event: (event) => events.push(event),
    metrics: (tick, values) => series.push({ tick, values }),
    close: () => Promise.resolve(),
  };
}
