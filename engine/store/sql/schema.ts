import { OhmbaError } from '../../base';
import { type SqlDatabase, single, transaction } from './database';

/** Statements, or what makes them from the store as it is. */
type Migration = string | ((database: SqlDatabase) => string);

/**
 * How a store came to its present form, one step a version; `PRAGMA user_version` counts the steps taken. A step that
 * has been shipped is never changed: a new one is added.
 */
const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE run (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL,
    failure TEXT NOT NULL DEFAULT '',
    hash TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL,
    agent TEXT NOT NULL,
    schedule TEXT NOT NULL,
    seed INTEGER NOT NULL,
    budget INTEGER NOT NULL,
    executor TEXT NOT NULL,
    simulator TEXT NOT NULL,
    origin TEXT NOT NULL,
    catalogue TEXT NOT NULL
  );
  CREATE TABLE circuit (
    circuit INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    deck TEXT NOT NULL,
    parameters TEXT NOT NULL,
    specs TEXT NOT NULL
  );
  CREATE TABLE progress (
    circuit INTEGER PRIMARY KEY,
    training INTEGER NOT NULL,
    evaluation INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    steps_to_target INTEGER,
    best_simulation INTEGER,
    best_reward REAL,
    met INTEGER NOT NULL
  );
  CREATE TABLE episode (
    slot INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    circuit INTEGER NOT NULL,
    phase TEXT NOT NULL,
    tick INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    best_reward REAL NOT NULL,
    met INTEGER NOT NULL,
    PRIMARY KEY (slot, episode)
  ) WITHOUT ROWID;
  CREATE TABLE metric_name (metric INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE metric (
    metric INTEGER NOT NULL,
    tick INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (metric, tick)
  ) WITHOUT ROWID;
  CREATE TABLE event (
    event INTEGER PRIMARY KEY,
    tick INTEGER NOT NULL,
    level TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL
  );
  CREATE TABLE checkpoint (
    tick INTEGER PRIMARY KEY,
    simulations INTEGER NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    checksum TEXT NOT NULL
  );
  CREATE TABLE snapshot (tick INTEGER PRIMARY KEY, seconds REAL NOT NULL, data TEXT NOT NULL);
  `,
  // A store without a run has no tables of values yet: `valueTables` makes them with all of their columns.
  (database) =>
    ['simulation', 'superseded']
      .filter((table) => columnsOf(database, table).size > 0)
      .map((table) => `ALTER TABLE ${table} ADD COLUMN calls INTEGER NOT NULL DEFAULT 1;`)
      .join('\n'),
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings a store to the present schema; an empty one gets it whole.
 * @throws OhmbaError for a store of a newer version
 */
export function migrate(database: SqlDatabase, steps: readonly Migration[] = MIGRATIONS): void {
  const version = checkVersion(database, steps.length);
  if (version === steps.length) return;
  transaction(database, () => {
    for (const step of steps.slice(version)) {
      const statements = typeof step === 'string' ? step : step(database);
      // SQLite in WebAssembly takes nothing for a mistake.
      if (statements !== '') database.exec(statements);
    }
    database.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

/** The version of a store that can be read. @throws OhmbaError for one of a newer version */
export function checkVersion(database: SqlDatabase, newest = SCHEMA_VERSION): number {
  const version = Number(single(database, 'PRAGMA user_version'));
  if (version <= newest) return version;
  throw new OhmbaError({
    what: `the run store has schema version ${version}`,
    expected: `at most ${newest}, which this Ohmba writes`,
    todo: 'open it with the newer Ohmba that wrote it',
  });
}

/**
 * Tables that hold sizings and measures as columns of numbers: `p0 …` in the order of a circuit's parameters, `m0 …`
 * and `t0 …` in the order of its specs, as many as the largest circuit has. So SQL can count, sort and bound them; a
 * view by each circuit's id has them under their own names.
 */
export function valueTables(parameters: number, specs: number): string {
  const columns = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i} REAL`).join(', ');
  const simulation = `
    tick INTEGER NOT NULL,
    circuit INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    step INTEGER NOT NULL,
    phase TEXT NOT NULL,
    origin TEXT NOT NULL,
    target INTEGER NOT NULL,
    valid INTEGER NOT NULL,
    failure TEXT,
    reward REAL NOT NULL,
    met INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    milliseconds REAL NOT NULL,
    deck TEXT NOT NULL,
    ${columns('p', parameters)}, ${columns('m', specs)}`;
  return `
    CREATE TABLE target (target INTEGER PRIMARY KEY, circuit INTEGER NOT NULL, ${columns('t', specs)});
    CREATE TABLE simulation (simulation INTEGER PRIMARY KEY, ${simulation});
    CREATE TABLE superseded (simulation INTEGER NOT NULL, ${simulation});
    CREATE TABLE imported (
      imported INTEGER PRIMARY KEY, circuit INTEGER NOT NULL, valid INTEGER NOT NULL,
      ${columns('p', parameters)}, ${columns('m', specs)});`;
}

/** Statements that widen the tables for a circuit that is larger than those before. */
export function missingColumns(database: SqlDatabase, parameters: number, specs: number): string[] {
  const wanted: Readonly<Record<string, readonly [letter: string, count: number][]>> = {
    target: [['t', specs]],
    simulation: [
      ['p', parameters],
      ['m', specs],
    ],
    superseded: [
      ['p', parameters],
      ['m', specs],
    ],
    imported: [
      ['p', parameters],
      ['m', specs],
    ],
  };
  return Object.entries(wanted).flatMap(([table, parts]) => {
    const there = columnsOf(database, table);
    return parts
      .flatMap(([letter, count]) => Array.from({ length: count }, (_, i) => letter + i))
      .filter((name) => !there.has(name))
      .map((name) => `ALTER TABLE ${table} ADD COLUMN ${name} REAL`);
  });
}

/** Names of a table's columns; none where there is no such table. */
function columnsOf(database: SqlDatabase, table: string): Set<string> {
  return new Set(
    database
      .prepare(`SELECT name FROM pragma_table_info('${table}')`)
      .all()
      .map(([name]) => String(name)),
  );
}

/** A view of a circuit's simulations with parameters and measures under their own names. */
export function circuitView(
  circuit: number,
  id: string,
  parameters: readonly { readonly name: string }[],
  specs: readonly { readonly name: string }[],
): string {
  const named = (letter: string, prefix: string, list: readonly { readonly name: string }[]) =>
    list.map(({ name }, i) => `${letter}${i} AS ${quoted(prefix + name)}`);
  return `CREATE VIEW IF NOT EXISTS ${quoted(id)} AS SELECT simulation, tick, slot, episode, step, phase, origin, valid, failure, reward, met,
    calls, milliseconds, ${[...named('p', '', parameters), ...named('m', '', specs), ...named('t', 'target ', specs)].join(', ')}
    FROM simulation JOIN target USING (target) WHERE simulation.circuit = ${circuit}`;
}

/** A name as SQL quotes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
