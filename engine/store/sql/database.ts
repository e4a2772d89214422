/** The little of SQLite that the store needs, the same over libsql in Node and SQLite in WebAssembly in a page. */
export type SqlValue = number | string | null | Uint8Array;

export interface SqlStatement {
  run(values?: readonly SqlValue[]): void;
  /** All rows, each as an array of its columns. */
  all(values?: readonly SqlValue[]): SqlValue[][];
}

export interface SqlDatabase {
  /** One or several statements without values or rows. */
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}

/** Runs `work` as one transaction: all of it or, where it throws, nothing. */
export function transaction<T>(database: SqlDatabase, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (thrown) {
    // Some errors (a full disk) have already rolled it back.
    try {
      database.exec('ROLLBACK');
    } catch {}
    throw thrown;
  }
}

/** The one value of a query that gives one. */
export function single(database: SqlDatabase, sql: string, values: readonly SqlValue[] = []): SqlValue | undefined {
  return database.prepare(sql).all(values)[0]?.[0];
}
