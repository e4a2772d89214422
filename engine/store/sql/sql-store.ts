import type { Catalogue, CircuitDefinition, EngineEvent, Snapshot } from '../../api';
import { type Clock, messageOf, OhmbaError, toExactJson } from '../../base';
import { type CheckpointFiles, writeCheckpoint } from '../checkpoint';
import type { Checkpoint, EpisodeRecord, ProgressRecord, RunStore, SimulationRecord } from '../run-store';
import { type SqlDatabase, type SqlValue, single, transaction } from './database';
import { createFrames } from './frames';
import { places, type StoredCircuit } from './rows';
import { addCircuits, createRun, hasRun, reopenRun } from './run-row';
import { createSimulationWriter, type SimulationWriter } from './simulation-writer';

export interface SqlStoreOptions {
  readonly clock: Clock;
  /** Where and when: versions, machine, date. Stored with the run. */
  readonly origin: Readonly<Record<string, string>>;
  /** Null: no checkpoints are kept, and the run cannot be resumed. */
  readonly checkpoints: CheckpointFiles | null;
  /** Milliseconds between checkpoints at least; they take a hundredth of the time at most. */
  readonly checkpointMilliseconds?: number;
}

/** Batches are written after so many milliseconds, or so many facts; later where a commit is slow, but not much. */
const BATCH_MILLISECONDS = 100;
const BATCH_SHARE = 0.02;
const LATEST_BATCH_MILLISECONDS = 2000;
const BATCH_FACTS = 2000;
const CHECKPOINT_MILLISECONDS = 10_000;
const CHECKPOINT_SHARE = 0.01;
/** Whoever leaves after a moment does not begin anew. */
const FIRST_CHECKPOINT_MILLISECONDS = 2000;

/**
 * A run in SQLite. Facts are gathered and written in one transaction when a tick ends and a batch is due, a few
 * milliseconds a second; files of checkpoints are written beside the ticks. What is committed survives the end of the
 * process; checkpoints survive a loss of power.
 */
export function createSqlStore(database: SqlDatabase, options: SqlStoreOptions): RunStore {
  const { clock, checkpoints } = options;
  const interval = options.checkpointMilliseconds ?? CHECKPOINT_MILLISECONDS;
  let circuits: ReadonlyMap<string, StoredCircuit> = new Map();
  /** Circuits that the tables know. */
  let known = 0;
  let simulationWriter: SimulationWriter | null = null;
  let failure = '';
  let simulations: SimulationRecord[] = [];
  let episodes: EpisodeRecord[] = [];
  let events: EngineEvent[] = [];
  let metrics: { tick: number; name: string; value: number }[] = [];
  let progress: () => readonly ProgressRecord[] = () => [];
  const opened = clock.now();
  let written = opened;
  let batchCost = 0;
  let checkpointed: number | null = null;
  let checkpointCost = 0;
  let checkpointing: Promise<void> | null = null;
  const lastValues = new Map<string, number>();
  const metricIds = new Map<string, number>();
  const frames = createFrames(database);

  /** Whatever cannot be written ends the run; what was committed before stays. */
  const guarded = (what: string, work: () => void) => {
    if (failure !== '') return;
    try {
      work();
    } catch (thrown) {
      failure = cannotWrite(what, thrown).message;
    }
  };

  function metricId(name: string): number {
    let id = metricIds.get(name);
    if (id === undefined) {
      database.prepare('INSERT OR IGNORE INTO metric_name (name) VALUES (?)').run([name]);
      id = Number(single(database, 'SELECT metric FROM metric_name WHERE name = ?', [name]));
      metricIds.set(name, id);
    }
    return id;
  }

  function insertAll(sql: string, rows: readonly (readonly SqlValue[])[]): void {
    if (rows.length === 0) return;
    const statement = database.prepare(sql);
    for (const row of rows) statement.run(row);
  }

  const circuitNumber = (id: string) => circuits.get(id)!.circuit;

  function writeBatch(): void {
    simulationWriter?.write(simulations);
    insertAll(
      `INSERT OR REPLACE INTO episode VALUES (${places(8)})`,
      episodes.map((e) => [e.slot, e.episode, circuitNumber(e.circuit), e.phase, e.tick, e.steps, e.bestReward, e.met ? 1 : 0]),
    );
    insertAll(
      'INSERT INTO event (tick, level, kind, message) VALUES (?, ?, ?, ?)',
      events.map(({ tick, level, kind, message }) => [tick, level, kind, message]),
    );
    insertAll(
      'INSERT OR REPLACE INTO metric VALUES (?, ?, ?)',
      metrics.map(({ tick, name, value }) => [metricId(name), tick, Number.isNaN(value) ? null : value]),
    );
    insertAll(
      `INSERT OR REPLACE INTO progress VALUES (${places(8)})`,
      progress().map(({ circuit, training, evaluation, failures, stepsToTarget, best }) => [
        circuitNumber(circuit),
        training,
        evaluation,
        failures,
        stepsToTarget,
        best?.simulation ?? null,
        best?.reward ?? null,
        best?.met ? 1 : 0,
      ]),
    );
    frames.write();
  }

  function flush(): void {
    const begun = clock.now();
    guarded('a batch', () => transaction(database, writeBatch));
    written = clock.now();
    batchCost = written - begun;
    if (failure === '') forget();
  }

  function forget(): void {
    simulations = [];
    episodes = [];
    events = [];
    metrics = [];
  }

  async function keep(checkpoint: Checkpoint): Promise<void> {
    const begun = clock.now();
    // A checkpoint must not be ahead of the facts.
    flush();
    if (failure !== '' || !checkpoints) return;
    const writing = writeCheckpoint(checkpoints, database, checkpoint);
    checkpointCost = clock.now() - begun;
    checkpointing = writing;
    try {
      await writing;
    } finally {
      checkpointing = null;
      checkpointed = clock.now();
    }
  }

  return {
    begin(catalogue: Catalogue, definitions: readonly CircuitDefinition[]) {
      explained('the run', () =>
        transaction(database, () => {
          circuits = hasRun(database)
            ? reopenRun(database, definitions)
            : createRun(database, catalogue, definitions, options.origin);
          simulationWriter = createSimulationWriter(database, circuits);
        }),
      );
      const last = 'SELECT name, value, max(tick) FROM metric JOIN metric_name USING (metric) GROUP BY metric';
      for (const [name, value] of database.prepare(last).all())
        lastValues.set(String(name), value === null ? Number.NaN : Number(value));
      known = Math.max(definitions.length, circuits.size);
    },
    circuitsChanged(definitions) {
      if (definitions.length <= known) return;
      guarded('a circuit', () =>
        transaction(database, () => {
          // What was simulated before belongs to the circuits of before.
          simulationWriter?.write(simulations);
          circuits = addCircuits(database, definitions);
          known = definitions.length;
          simulationWriter = createSimulationWriter(database, circuits);
        }),
      );
      if (failure === '') simulations = [];
    },
    simulations(records) {
      simulations.push(...records);
    },
    episode: (record) => void episodes.push(record),
    event: (event) => void events.push(event),
    metrics(tick, values) {
      for (const [name, value] of Object.entries(values)) {
        if (Object.is(lastValues.get(name), value)) continue;
        lastValues.set(name, value);
        metrics.push({ tick, name, value });
      }
    },
    wantsSnapshot: (seconds) => failure === '' && frames.wants(seconds),
    snapshot: (snapshot: Snapshot) => frames.add(snapshot.tick, snapshot.seconds, toExactJson(snapshot)),
    tick(now) {
      progress = now;
      const facts = simulations.length + metrics.length + events.length;
      const wait = Math.min(LATEST_BATCH_MILLISECONDS, Math.max(BATCH_MILLISECONDS, batchCost / BATCH_SHARE));
      if (facts >= BATCH_FACTS || clock.now() - written >= wait) flush();
    },
    get failure() {
      return failure;
    },
    keepsCheckpoints: checkpoints !== null,
    wantsCheckpoint() {
      if (!checkpoints || checkpointing || failure !== '') return false;
      if (checkpointed === null) return clock.now() - opened >= Math.min(interval, FIRST_CHECKPOINT_MILLISECONDS);
      return clock.now() - checkpointed >= Math.max(interval, checkpointCost / CHECKPOINT_SHARE);
    },
    checkpoint: keep,
    end({ reason, failure: why, hash }) {
      flush();
      guarded('the end of the run', () =>
        database.prepare('UPDATE run SET state = ?, failure = ?, hash = ?').run([reason, why, hash]),
      );
    },
    async close() {
      await checkpointing?.catch(() => undefined);
      flush();
      database.close();
    },
  };
}

function explained(what: string, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    throw thrown instanceof OhmbaError ? thrown : cannotWrite(what, thrown);
  }
}

function cannotWrite(what: string, thrown: unknown): OhmbaError {
  return new OhmbaError(
    {
      what: `${what} could not be written to the run store: ${messageOf(thrown)}`,
      expected: 'room on the disk and a folder that may be written to',
      todo: 'what was committed is kept: make room and resume the run',
    },
    { cause: thrown },
  );
}
