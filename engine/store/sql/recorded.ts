/** What the page shows of a recorded run: facts, pictures, points. */
import type { EngineEvent, RecordedRun, RunListing, Snapshot } from '../../api';
import { fromExactJson } from '../../base';
import type { SqlDatabase } from './database';
import { readSummary } from './queries';

/** @param bytes that the run takes with its checkpoints */
export function readListing(database: SqlDatabase, id: string, current: boolean, bytes: number): RunListing {
  const { state, created, catalogue, budget, circuits, parent } = readSummary(database);
  return {
    id,
    state,
    current,
    created,
    agent: catalogue.agent,
    seed: catalogue.seed,
    budget,
    training: circuits.reduce((sum, { training }) => sum + training, 0),
    circuits: circuits.map(({ id: circuit, training, stepsToTarget, best }) => ({
      id: circuit,
      training,
      stepsToTarget,
      bestReward: best?.reward ?? null,
    })),
    parent,
    bytes,
  };
}

export function readRecordedRun(database: SqlDatabase, listing: RunListing): RecordedRun {
  const { catalogue, circuits } = readSummary(database);
  const infos = circuits.map(({ circuit: index, id, title, parameters, specs }) => ({ id, title, index, parameters, specs }));
  return {
    listing,
    catalogue: { ...catalogue, circuits: infos, run: listing.id },
    ticks: Float64Array.from(readSnapshotTicks(database)),
    events: database
      .prepare('SELECT tick, level, kind, message FROM event ORDER BY event')
      .all()
      .map(([tick, level, kind, message]) => ({
        tick: Number(tick),
        level: level as EngineEvent['level'],
        kind: String(kind),
        message: String(message),
      })),
    checkpoints: database
      .prepare('SELECT tick, simulations FROM checkpoint ORDER BY tick')
      .all()
      .map(([tick, simulations]) => ({ tick: Number(tick), simulations: Number(simulations) })),
  };
}

/** Ticks of which there is a picture, ascending. */
export function readSnapshotTicks(database: SqlDatabase): number[] {
  return database
    .prepare('SELECT tick FROM snapshot ORDER BY tick')
    .all()
    .map(([tick]) => Number(tick));
}

/** Pictures from the last one at or before a tick on, at most `count`; none where there is none so early. */
export function readSnapshots(database: SqlDatabase, from: number, count: number): Snapshot[] {
  return database
    .prepare('SELECT data FROM snapshot WHERE tick >= (SELECT max(tick) FROM snapshot WHERE tick <= ?) ORDER BY tick LIMIT ?')
    .all([from, count])
    .map(([data]) => fromExactJson(String(data)) as Snapshot);
}
