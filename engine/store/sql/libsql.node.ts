import Database from 'libsql';
import type { SqlDatabase, SqlValue } from './database';

/**
 * SQLite through libsql: prebuilt for each platform, synchronous. Opened for writing it journals ahead, so that readers
 * never wait for the writer, and a commit costs no wait for the disk.
 */
export function openLibsql(file: string, { readonly = false }: { readonly readonly?: boolean } = {}): SqlDatabase {
  const database = new Database(file, { readonly, timeout: 2000 });
  if (!readonly && file !== ':memory:') database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  return {
    exec: (sql) => void database.exec(sql),
    prepare(sql) {
      const statement = database.prepare<SqlValue[]>(sql);
      return {
        run: (values = []) => void statement.run(...values),
        all: (values = []) => statement.raw(true).all(...values) as SqlValue[][],
      };
    },
    close() {
      if (!readonly && file !== ':memory:') leaveJournal(database);
      database.close();
    },
  };
}

/** Makes the database one file again, which can be copied, and read where nothing can be written. */
function leaveJournal(database: Database.Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE');
  } catch {
    // Somebody reads, or the disk is full: the journal stays, and is as good.
  }
}
