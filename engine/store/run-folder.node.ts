import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { messageOf, OhmbaError } from '../base';
import type { CheckpointFiles } from './checkpoint';
import { type SqlDatabase, transaction } from './sql/database';
import { openLibsql } from './sql/libsql.node';
import { hasRun } from './sql/run-row';
import { checkVersion, migrate, SCHEMA_VERSION } from './sql/schema';

/** A run on disk: `run.sqlite`, `checkpoints/`, and whatever else is written beside. */
export interface RunFolder {
  readonly path: string;
  readonly database: SqlDatabase;
  readonly checkpoints: CheckpointFiles;
  /** Ends the lock; the database is closed by whoever uses it. */
  unlock(): void;
}

export const RUN_FILE = 'run.sqlite';
const LOCK_FILE = 'run.lock';

/** Whether a run was begun in a folder; a store that cannot be read counts as one. */
export function holdsRun(folder: string): boolean {
  const file = join(folder, RUN_FILE);
  if (!existsSync(file)) return false;
  try {
    const database = openLibsql(file, { readonly: true });
    try {
      return hasRun(database);
    } finally {
      database.close();
    }
  } catch {
    return true;
  }
}

/**
 * Opens a run for writing, making its folder where there is none. One process at a time.
 * @throws OhmbaError where another process has it, or nothing can be written there
 */
export function openRunFolder(folder: string): RunFolder {
  let lock: SqlDatabase | null = null;
  let database: SqlDatabase | null = null;
  try {
    mkdirSync(join(folder, 'checkpoints'), { recursive: true });
    lock = takeLock(folder);
    database = openLibsql(join(folder, RUN_FILE));
    migrate(database);
    removeStrayFiles(folder, database);
  } catch (thrown) {
    database?.close();
    lock?.close();
    if (thrown instanceof OhmbaError) throw thrown;
    throw new OhmbaError(
      {
        what: `the run store in ${folder} cannot be opened: ${messageOf(thrown)}`,
        expected: 'a folder that may be written to, on a disk with room',
        todo: 'choose another folder, or make room',
      },
      { cause: thrown },
    );
  }
  const held = lock;
  return {
    path: folder,
    database,
    checkpoints: checkpointFiles(folder),
    unlock() {
      // Closing alone waits for statements to be collected.
      held.exec('ROLLBACK');
      held.close();
    },
  };
}

/** Copies a run's database as it is into a folder, and opens the copy for writing. */
export function copyRunFolder(database: SqlDatabase, folder: string): RunFolder {
  mkdirSync(folder, { recursive: true });
  database.prepare('VACUUM INTO ?').run([join(folder, RUN_FILE)]);
  return openRunFolder(folder);
}

/** Opens a run to look at it, also while another process records. @throws OhmbaError where there is none */
export function readRunFolder(folder: string): RunFolder {
  if (!holdsRun(folder))
    throw new OhmbaError({
      what: `there is no run in ${folder}`,
      expected: `a folder with ${RUN_FILE}`,
      todo: 'see "ohmba runs"',
    });
  try {
    const database = openForReading(join(folder, RUN_FILE));
    return { path: folder, database, checkpoints: checkpointFiles(folder), unlock() {} };
  } catch (thrown) {
    if (thrown instanceof OhmbaError) throw thrown;
    throw new OhmbaError(
      {
        what: `the run in ${folder} cannot be read: ${messageOf(thrown)}`,
        expected: 'a run store that is whole, in a folder that may be read',
        todo: 'check its permissions, or restore it from a copy',
      },
      { cause: thrown },
    );
  }
}

/**
 * The lock is a transaction that stays open on a small database of its own: the system ends it with the process,
 * however that ends, and others can read whose it is.
 */
function takeLock(folder: string): SqlDatabase {
  const lock = openLibsql(join(folder, LOCK_FILE));
  lock.exec('PRAGMA busy_timeout = 0');
  try {
    transaction(lock, () => {
      lock.exec('CREATE TABLE IF NOT EXISTS owner (process INTEGER NOT NULL, host TEXT NOT NULL); DELETE FROM owner');
      lock.prepare('INSERT INTO owner VALUES (?, ?)').run([process.pid, hostname()]);
    });
    lock.exec('BEGIN IMMEDIATE');
    return lock;
  } catch (thrown) {
    if (!/busy|locked/i.test(messageOf(thrown))) {
      lock.close();
      throw thrown;
    }
    const owner = lock.prepare('SELECT process, host FROM owner').all()[0];
    lock.close();
    throw new OhmbaError({
      what: `the run in ${folder} is in use by ${owner ? `process ${owner[0]} on ${owner[1]}` : 'another process'}`,
      expected: 'one process a run',
      todo: 'wait until it ends or stop it, or use another folder (--out)',
    });
  }
}

function checkpointFiles(folder: string): CheckpointFiles {
  const path = (name: string) => join(folder, 'checkpoints', name);
  return {
    async write(name, bytes) {
      const part = path(`${name}.part`);
      try {
        const file = await open(part, 'w');
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, path(name));
        await syncFolder(join(folder, 'checkpoints'));
      } catch (thrown) {
        await rm(part, { force: true });
        throw thrown;
      }
    },
    read: (name) => readFile(path(name)),
    remove: (name) => rm(path(name), { force: true }),
  };
}

/** What a process left that ended between writing a checkpoint and recording it. */
function removeStrayFiles(folder: string, database: SqlDatabase): void {
  const known = new Set(
    database
      .prepare('SELECT file FROM checkpoint')
      .all()
      .map(([file]) => file),
  );
  for (const file of readdirSync(join(folder, 'checkpoints'))) if (!known.has(file)) rmSync(join(folder, 'checkpoints', file));
}

/** A rename is safe from a loss of power once its folder is. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A store of an older version is brought up first: whoever reads knows the present one only. */
function openForReading(file: string): SqlDatabase {
  const database = openLibsql(file, { readonly: true });
  let version: number;
  try {
    version = checkVersion(database);
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  if (version === SCHEMA_VERSION) return database;
  database.close();
  const writable = openLibsql(file);
  try {
    migrate(writable);
  } finally {
    writable.close();
  }
  return openLibsql(file, { readonly: true });
}
