import type { Clock, RunListing } from '../api';
import { OhmbaError } from '../base';
import type { CheckpointFiles } from './checkpoint';
import type { ResumedRun, RunLibrary, RunStore } from './run-store';
import { branchStored } from './sql/branch';
import { type SqlDatabase, single } from './sql/database';
import { type RunSummary, readSummary } from './sql/queries';
import { readListing } from './sql/recorded';
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
  const current = goesOn ? wished : newId(idsOf(pool));
  const database = await pool.open(current + SUFFIX);
  migrate(database);
  const checkpoints = checkpointFiles(current);
  const summary = hasRun(database) ? readSummary(database) : null;
  return {
    store: createSqlStore(database, { clock, origin: origin(), checkpoints }),
    library: createLibrary(pool, current, database),
    resumed: summary && { summary, resume: await resumeHere(pool, database, checkpoints, summary) },
  };
}

function newId(taken: readonly string[]): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '').toLowerCase();
  for (let n = 1; ; n++) {
    const id = n === 1 ? stamp : `${stamp}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

function origin(): Record<string, string> {
  return { date: new Date().toISOString(), machine: navigator.userAgent };
}

function createLibrary(pool: DatabasePool, current: string, own: SqlDatabase): RunLibrary {
  async function withRun<T>(run: string | null, work: (database: SqlDatabase, id: string) => T | Promise<T>): Promise<T> {
    if (run === null || run === current) return work(own, current);
    const database = await openExisting(pool, run);
    if (!database)
      throw new OhmbaError({ what: `there is no run ${run}`, expected: 'one of those listed', todo: 'list them again' });
    try {
      return await work(database, run);
    } finally {
      database.close();
    }
  }
  const listingOf = (database: SqlDatabase, id: string) => readListing(database, id, id === current, sizeOf(database));

  return {
    current,
    async list() {
      const listed: RunListing[] = [];
      for (const run of idsOf(pool).sort().reverse()) {
        const listing = await withRun(run, (database, id) => (hasRun(database) ? listingOf(database, id) : null));
        // A page that was left before its first simulation has nothing to go back to.
        if (listing && (listing.current || listing.training > 0)) listed.push(listing);
      }
      return listed;
    },
    async remove(run) {
      if (run === current)
        throw new OhmbaError({ what: `the run ${run} goes on here`, expected: 'another run', todo: 'begin a new run first' });
      const bytes = await withRun(run, sizeOf);
      await removeRun(pool, run);
      return bytes;
    },
    read: (run, work) => withRun(run, (database, id) => work(database, listingOf(database, id))),
    branch: (run, tick, change) =>
      withRun(run, async (database, id) => {
        const branched = newId(idsOf(pool));
        let copy: SqlDatabase | null = null;
        try {
          const parent = await branchStored({
            database,
            checkpoints: checkpointFiles(id),
            run: id,
            at: { tick },
            ...change,
            origin: origin(),
            async copy() {
              await pool.copy(database, branched + SUFFIX);
              copy = await pool.open(branched + SUFFIX);
              return { database: copy, checkpoints: checkpointFiles(branched) };
            },
          });
          return { run: branched, parent };
        } catch (thrown) {
          (copy as SqlDatabase | null)?.close();
          copy = null;
          await removeRun(pool, branched);
          throw thrown;
        } finally {
          (copy as SqlDatabase | null)?.close();
        }
      }),
  };
}

const idsOf = (pool: DatabasePool) => pool.names().map((name) => name.slice(0, -SUFFIX.length));

async function openExisting(pool: DatabasePool, run: string): Promise<SqlDatabase | null> {
  return pool.names().includes(run + SUFFIX) ? pool.open(run + SUFFIX) : null;
}

async function removeRun(pool: DatabasePool, run: string): Promise<void> {
  pool.remove(run + SUFFIX);
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(CHECKPOINTS, { create: true });
  await folder.removeEntry(run, { recursive: true }).catch(() => undefined);
}

/** Where a run was branched off and the other one is still there, what that has simulated since is known. */
async function resumeHere(pool: DatabasePool, database: SqlDatabase, files: CheckpointFiles, summary: RunSummary) {
  const parent = summary.parent && (await openExisting(pool, summary.parent.run));
  try {
    return await resumeStored(database, files, parent);
  } finally {
    parent?.close();
  }
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
