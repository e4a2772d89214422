import sqlite3InitModule, { type Database, type PreparedStatement, type SAHPoolUtil } from '@sqlite.org/sqlite-wasm';
import { messageOf, OhmbaError } from '../../base';
import type { SqlDatabase, SqlValue } from './database';

/** Databases on the origin-private file system. Only one worker of an origin may hold them at a time. */
export interface DatabasePool {
  open(name: string): Promise<SqlDatabase>;
  /** Copies a database of this pool that is open and in no transaction. */
  copy(database: SqlDatabase, name: string): Promise<void>;
  names(): string[];
  remove(name: string): void;
}

const POOL = 'ohmba-runs';
/** A page that was just left holds its files a moment longer. */
const TRIES = 20;
const TRY_MILLISECONDS = 150;

/** @throws OhmbaError where the browser has no such file system, or another page holds it */
export async function openDatabasePool(): Promise<DatabasePool> {
  const sqlite3 = await sqlite3InitModule();
  // A failure is remembered by the library unless it is told otherwise.
  const options = { name: POOL, directory: `.${POOL}`, forceReinitIfPreviouslyFailed: true };
  const util = await install(() => sqlite3.installOpfsSAHPoolVfs(options));
  return {
    async open(name) {
      // A database and its journal.
      await util.reserveMinimumCapacity(util.getFileCount() + 2);
      const database = new util.OpfsSAHPoolDb(`/${name}`);
      database.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL');
      return adapt(database);
    },
    async copy(database, name) {
      await util.reserveMinimumCapacity(util.getFileCount() + 2);
      database.exec(`VACUUM INTO '/${name}'`);
    },
    names: () =>
      util
        .getFileNames()
        .filter((name) => !name.endsWith('-journal'))
        .map((name) => name.slice(1)),
    remove: (name) => void util.unlink(`/${name}`),
  };
}

async function install(attempt: () => Promise<SAHPoolUtil>): Promise<SAHPoolUtil> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (thrown) {
      if (tries === TRIES || typeof navigator.storage?.getDirectory !== 'function') throw notHere(thrown);
      await new Promise((resolve) => setTimeout(resolve, TRY_MILLISECONDS));
    }
  }
}

function notHere(thrown: unknown): OhmbaError {
  return new OhmbaError(
    {
      what: `runs cannot be stored in this page: ${messageOf(thrown)}`,
      expected: 'a browser with an origin-private file system, and no other page of Ohmba that holds it',
      todo: 'close the other page, or leave private browsing',
    },
    { cause: thrown },
  );
}

/** Statements are kept and used again: in WebAssembly nobody collects them. */
function adapt(database: Database): SqlDatabase {
  const statements = new Map<string, PreparedStatement>();
  const step = <T>(sql: string, values: readonly SqlValue[], work: (statement: PreparedStatement) => T): T => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    try {
      if (values.length > 0) statement.bind([...values]);
      return work(statement);
    } finally {
      statement.reset(true);
    }
  };
  return {
    exec: (sql) => void database.exec(sql),
    prepare: (sql) => ({
      run: (values = []) => void step(sql, values, (statement) => statement.step()),
      all: (values = []) =>
        step(sql, values, (statement) => {
          const rows: SqlValue[][] = [];
          while (statement.step()) rows.push(statement.get([]) as SqlValue[]);
          return rows;
        }),
    }),
    close() {
      for (const statement of statements.values()) statement.finalize();
      statements.clear();
      database.close();
    },
  };
}
