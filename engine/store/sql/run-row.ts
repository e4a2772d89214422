import type { Catalogue, CircuitDefinition } from '../../api';
import { OhmbaError, toExactJson } from '../../base';
import { type SqlDatabase, single } from './database';
import { circuitHash, places, type StoredCircuit } from './rows';
import { circuitView, missingColumns, valueTables } from './schema';

/** Writes what a new run is, and makes the tables that its circuits need. */
export function createRun(
  database: SqlDatabase,
  catalogue: Catalogue,
  definitions: readonly CircuitDefinition[],
  origin: Readonly<Record<string, string>>,
): Map<string, StoredCircuit> {
  const { configuration, agent, schedule, seed, executor, simulator } = catalogue;
  database.exec(
    valueTables(
      Math.max(...definitions.map(({ parameters }) => parameters.length)),
      Math.max(...definitions.map(({ specs }) => specs.length)),
    ),
  );
  database
    .prepare(
      `INSERT INTO run (id, state, created, agent, schedule, seed, budget, executor, simulator, origin, catalogue)
       VALUES (1, 'running', ${places(9)})`,
    )
    .run([
      origin.date ?? '',
      agent,
      schedule,
      seed,
      Number(configuration.budget),
      executor.description,
      simulator.description,
      JSON.stringify(origin),
      toExactJson(catalogue),
    ]);
  return addCircuits(database, definitions);
}

/**
 * Writes those circuits that are not there yet, and widens the tables where they need it.
 * @param definitions all circuits of the run, by index
 */
export function addCircuits(database: SqlDatabase, definitions: readonly CircuitDefinition[]): Map<string, StoredCircuit> {
  const insert = database.prepare(`INSERT INTO circuit VALUES (${places(6)})`);
  const known = Number(single(database, 'SELECT count(*) FROM circuit'));
  for (const [index, definition] of definitions.entries()) {
    if (index < known) continue;
    const { id, title, parameters, specs } = definition;
    for (const column of missingColumns(database, parameters.length, specs.length)) database.exec(column);
    insert.run([index, id, title, circuitHash(definition), JSON.stringify(parameters), JSON.stringify(specs)]);
    database.exec(circuitView(index, id, parameters, specs));
  }
  return storedCircuits(database);
}

/**
 * Goes on with a stored run.
 * @throws OhmbaError where its circuits are no longer what they were: results of both would be mixed
 */
export function reopenRun(database: SqlDatabase, definitions: readonly CircuitDefinition[]): Map<string, StoredCircuit> {
  const stored = storedCircuits(database);
  for (const definition of definitions) {
    const circuit = stored.get(definition.id);
    if (circuit?.deck === circuitHash(definition)) continue;
    throw new OhmbaError({
      what: `the circuit ${definition.id} is not what it was when the run was recorded`,
      expected: 'the same netlist, analyses and measures, so that results can be compared',
      todo: 'go back to the version of the circuit that the run was begun with, or begin a new run',
    });
  }
  database.exec("UPDATE run SET state = 'running', failure = '', hash = ''");
  return stored;
}

export function storedCircuits(database: SqlDatabase): Map<string, StoredCircuit> {
  const rows = database.prepare('SELECT circuit, id, deck, parameters, specs FROM circuit ORDER BY circuit').all();
  return new Map(
    rows.map(([circuit, id, deck, parameters, specs]) => [
      String(id),
      {
        circuit: Number(circuit),
        id: String(id),
        deck: String(deck),
        parameters: (JSON.parse(String(parameters)) as unknown[]).length,
        specs: (JSON.parse(String(specs)) as unknown[]).length,
      },
    ]),
  );
}

/** Whether a run was begun here. */
export function hasRun(database: SqlDatabase): boolean {
  const tables = single(database, "SELECT count(*) FROM sqlite_master WHERE name = 'run'");
  return tables === 1 && single(database, 'SELECT count(*) FROM run') === 1;
}
