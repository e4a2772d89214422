import type { Clock, RunListing } from '../api';
import { OhmbaError } from '../base';
import type { CheckpointFiles } from './checkpoint';
import type { ResumedRun, RunLibrary, RunStore } from './run-store';
import { type SqlDatabase, single } from './sql/database';
import { type RunSummary, readSnapshot, readSnapshotTicks, readSummary } from './sql/queries';
import { resumeStored } from './sql/resume';
import { hasRun } from './sql/run-row';
import { migrate } from './sql/schema';
import { createSqlStore } from './sql/sql-store';
import { type DatabasePool, openDatabasePool } from './sql/sqlite-wasm.browser';

/** What a page's engine needs so that its run is recorded, or goes on. */
export interface PageRecording {
  readonly store: RunStore;
  readonly library: RunLibrary;
  /** Of a run that goes on. */
  readonly resumed: { readonly resume: ResumedRun; readonly summary: RunSummary } | null;
}

const SUFFIX = '.sqlite';
const CHECKPOINTS = 'ohmba-checkpoints';

/**
 * Records a new run on the origin-private file system, or goes on with one that is there.
 * @param wished id of the run that is to go on; one that is not there is no error, a new run is recorded
 * @throws OhmbaError where this browser cannot store runs, or another page of this origin does
 */
export async function recordInPage(wished: string | undefined, clock: Clock): Promise<PageRecording> {
  const pool = await openDatabasePool();
  const goesOn = wished !== undefined && pool.names().includes(wished + SUFFIX);
  const current = goesOn ? wished : newId(pool.names());
  const database = await pool.open(current + SUFFIX);
  migrate(database);
  const checkpoints = checkpointFiles(current);
  const summary = hasRun(database) ? readSummary(database) : null;
  return {
    store: createSqlStore(database, { clock, origin: origin(), checkpoints }),
    library: createLibrary(pool, current, database),
    resumed: summary && { summary, resume: await resumeStored(database, checkpoints) },
  };
}

function newId(taken: readonly string[]): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '').toLowerCase();
  for (let n = 1; ; n++) {
    const id = n === 1 ? stamp : `${stamp}-${n}`;
    if (!taken.includes(id + SUFFIX)) return id;
  }
}

function origin(): Record<string, string> {
  return { date: new Date().toISOString(), machine: navigator.userAgent };
}

function createLibrary(pool: DatabasePool, current: string, own: SqlDatabase): RunLibrary {
  async function withRun<T>(run: string | null, work: (database: SqlDatabase) => T): Promise<T> {
    if (run === null || run === current) return work(own);
    if (!pool.names().includes(run + SUFFIX))
      throw new OhmbaError({ what: `there is no run ${run}`, expected: 'one of those listed', todo: 'list them again' });
    const database = await pool.open(run + SUFFIX);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  const ids = () => pool.names().map((name) => name.slice(0, -SUFFIX.length));
  return {
    current,
    async list() {
      const listed: RunListing[] = [];
      for (const id of ids().sort().reverse()) {
        const listing = await withRun(id, (database) => (hasRun(database) ? describe(database, id, id === current) : null));
        if (listing) listed.push(listing);
      }
      return listed;
    },
    async remove(run) {
      if (run === current)
        throw new OhmbaError({ what: `the run ${run} goes on here`, expected: 'another run', todo: 'begin a new run first' });
      const bytes = await withRun(run, sizeOf);
      pool.remove(run + SUFFIX);
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(CHECKPOINTS, { create: true });
      await folder.removeEntry(run, { recursive: true }).catch(() => undefined);
      return bytes;
    },
    ticks: (run) => withRun(run, readSnapshotTicks),
    snapshot: (run, tick) => withRun(run, (database) => readSnapshot(database, tick)),
  };
}

function describe(database: SqlDatabase, id: string, current: boolean): RunListing {
  const { state, created, catalogue, budget, circuits } = readSummary(database);
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
    bytes: sizeOf(database),
  };
}

function sizeOf(database: SqlDatabase): number {
  const checkpoints = Number(single(database, 'SELECT coalesce(sum(bytes), 0) FROM checkpoint'));
  return checkpoints + Number(single(database, 'PRAGMA page_count')) * Number(single(database, 'PRAGMA page_size'));
}

/** Of the types of workers only, which do not go with those of pages. */
type SyncFileHandle = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<{
    truncate(size: number): void;
    write(bytes: Uint8Array): number;
    flush(): void;
    close(): void;
  }>;
};

/** A file that was cut short is harmless: it counts only once its row with the checksum is there. */
function checkpointFiles(run: string): CheckpointFiles {
  const folder = async () => {
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle(CHECKPOINTS, { create: true });
    return all.getDirectoryHandle(run, { create: true });
  };
  return {
    async write(name, bytes) {
      const handle = await (await folder()).getFileHandle(name, { create: true });
      const file = await (handle as SyncFileHandle).createSyncAccessHandle();
      try {
        file.truncate(0);
        if (file.write(bytes) !== bytes.length) throw new Error('it was not written whole; make room');
        file.flush();
      } finally {
        file.close();
      }
    },
    async read(name) {
      const handle = await (await folder()).getFileHandle(name);
      return new Uint8Array(await (await handle.getFile()).arrayBuffer());
    },
    remove: async (name) => (await folder()).removeEntry(name).catch(() => undefined),
  };
}
