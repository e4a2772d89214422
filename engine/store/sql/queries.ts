import type { Catalogue, FailureClass, ParameterDefinition, RunParent, SpecDefinition } from '../../api';
import { fromExactJson, OhmbaError } from '../../base';
import type { KnownResult, RecordedSimulation } from '../run-store';
import type { SqlDatabase, SqlValue } from './database';
import { fromColumns, numbered } from './rows';

/** What a stored run is and how far it came, without counting rows. */
export interface RunSummary {
  readonly state: string;
  readonly failure: string;
  readonly hash: string;
  readonly created: string;
  readonly origin: Readonly<Record<string, string>>;
  /** Null where it was begun from nothing. */
  readonly parent: RunParent | null;
  readonly catalogue: Catalogue;
  readonly budget: number;
  readonly circuits: readonly CircuitSummary[];
  /** Recorded calls of the simulator. */
  readonly simulations: number;
}

export interface CircuitSummary {
  readonly circuit: number;
  readonly id: string;
  readonly title: string;
  readonly deck: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly specs: readonly SpecDefinition[];
  readonly training: number;
  readonly evaluation: number;
  readonly failures: number;
  readonly stepsToTarget: number | null;
  readonly best: { readonly simulation: number; readonly reward: number; readonly met: boolean } | null;
}

/** @throws OhmbaError where nothing was recorded */
export function readSummary(database: SqlDatabase): RunSummary {
  const rows = database.prepare('SELECT state, failure, hash, created, origin, catalogue, budget FROM run').all();
  const [row] = rows;
  if (!row) throw nothingRecorded();
  const [state, failure, hash, created, origin, catalogue, budget] = row;
  const last = database.prepare('SELECT max(simulation) FROM simulation').all()[0]![0];
  const from = JSON.parse(String(origin)) as Record<string, string>;
  return {
    state: String(state),
    failure: String(failure),
    hash: String(hash),
    created: String(created),
    origin: from,
    parent: from.parent === undefined ? null : (fromExactJson(from.parent) as RunParent),
    catalogue: fromExactJson(String(catalogue)) as Catalogue,
    budget: Number(budget),
    circuits: readCircuits(database),
    simulations: Number(last ?? 0),
  };
}

function readCircuits(database: SqlDatabase): CircuitSummary[] {
  const sql = `SELECT circuit.circuit, id, title, deck, parameters, specs, training, evaluation, failures, steps_to_target,
    best_simulation, best_reward, met FROM circuit LEFT JOIN progress USING (circuit) ORDER BY circuit.circuit`;
  return database
    .prepare(sql)
    .all()
    .map(([circuit, id, title, deck, parameters, specs, training, evaluation, failures, toTarget, best, reward, met]) => ({
      circuit: Number(circuit),
      id: String(id),
      title: String(title),
      deck: String(deck),
      parameters: JSON.parse(String(parameters)) as ParameterDefinition[],
      specs: JSON.parse(String(specs)) as SpecDefinition[],
      training: Number(training ?? 0),
      evaluation: Number(evaluation ?? 0),
      failures: Number(failures ?? 0),
      stepsToTarget: toTarget === null ? null : Number(toTarget),
      best: best === null ? null : { simulation: Number(best), reward: Number(reward), met: met === 1 },
    }));
}

/** A recorded simulation with its circuit's columns cut to what it has. */
export type StoredSimulation = RecordedSimulation & { readonly deck: string };

const PAGE = 2000;

/** Recorded simulations in their order, read page by page: from the one after `after` up to `to`. */
export function* readSimulations(
  database: SqlDatabase,
  circuits: readonly CircuitSummary[],
  { after = 0, to = Number.MAX_SAFE_INTEGER }: { readonly after?: number; readonly to?: number } = {},
): Generator<StoredSimulation> {
  const statement = simulationStatement(
    database,
    circuits,
    `simulation > ? AND simulation <= ? ORDER BY simulation LIMIT ${PAGE}`,
  );
  for (let from = after; ; ) {
    const rows = statement.all([from, to]);
    for (const row of rows) yield toSimulation(row, circuits);
    if (rows.length < PAGE) return;
    from = Number(rows.at(-1)![0]);
  }
}

/** Simulations of one circuit, from the one after the first `skip` of them on, at most `limit`. */
export function readCircuitSimulations(
  database: SqlDatabase,
  circuits: readonly CircuitSummary[],
  circuit: number,
  { skip = 0, limit = -1 } = {},
): StoredSimulation[] {
  return simulationStatement(database, circuits, 'simulation.circuit = ? ORDER BY simulation LIMIT ? OFFSET ?')
    .all([circuit, limit, skip])
    .map((row) => toSimulation(row, circuits));
}

export function readSimulation(
  database: SqlDatabase,
  circuits: readonly CircuitSummary[],
  simulation: number,
): StoredSimulation | null {
  const [row] = simulationStatement(database, circuits, 'simulation = ?').all([simulation]);
  return row ? toSimulation(row, circuits) : null;
}

function widest(circuits: readonly CircuitSummary[]): { readonly p: number; readonly s: number } {
  return {
    p: Math.max(...circuits.map(({ parameters }) => parameters.length)),
    s: Math.max(...circuits.map(({ specs }) => specs.length)),
  };
}

function simulationStatement(database: SqlDatabase, circuits: readonly CircuitSummary[], where: string) {
  const { p, s } = widest(circuits);
  const numbers = [...numbered('p', p), ...numbered('m', s), ...numbered('t', s)].join(', ');
  return database.prepare(
    `SELECT simulation, tick, simulation.circuit, slot, episode, step, phase, origin, valid, failure, reward, met, calls,
     milliseconds, deck, ${numbers} FROM simulation JOIN target USING (target) WHERE ${where}`,
  );
}

const LEADING = 15;

function toSimulation(row: readonly SqlValue[], circuits: readonly CircuitSummary[]): StoredSimulation {
  const { p, s } = widest(circuits);
  const circuit = circuits[Number(row[2])]!;
  const specs = circuit.specs.length;
  return {
    simulation: Number(row[0]),
    tick: Number(row[1]),
    circuit: circuit.id,
    slot: Number(row[3]),
    episode: Number(row[4]),
    step: Number(row[5]),
    phase: String(row[6]),
    origin: String(row[7]),
    valid: row[8] === 1,
    failure: row[9] as FailureClass | null,
    reward: Number(row[10]),
    met: row[11] === 1,
    calls: Number(row[12]),
    milliseconds: Number(row[13]),
    deck: String(row[14]),
    parameters: fromColumns(row, LEADING, circuit.parameters.length),
    measures: fromColumns(row, LEADING + p, specs),
    target: fromColumns(row, LEADING + p + s, specs),
  };
}

/** Changes of a metric over ticks; a value holds until the next. */
export function readMetrics(database: SqlDatabase): Map<string, { readonly tick: number; readonly value: number }[]> {
  const series = new Map<string, { tick: number; value: number }[]>();
  const rows = database
    .prepare('SELECT name, tick, value FROM metric JOIN metric_name USING (metric) ORDER BY metric, tick')
    .all();
  for (const [name, tick, value] of rows) {
    const list = series.get(String(name)) ?? [];
    series.set(String(name), list);
    list.push({ tick: Number(tick), value: value === null ? Number.NaN : Number(value) });
  }
  return series;
}

/** Imported results, those beyond the first `taken`. */
export function readImported(database: SqlDatabase, circuits: readonly CircuitSummary[], taken: number): KnownResult[] {
  const { p, s } = widest(circuits);
  const numbers = [...numbered('p', p), ...numbered('m', s)].join(', ');
  return database
    .prepare(`SELECT circuit, valid, ${numbers} FROM imported WHERE imported > ? ORDER BY imported`)
    .all([taken])
    .map((row) => {
      const { id, parameters, specs } = circuits[Number(row[0])]!;
      return {
        circuit: id,
        valid: row[1] === 1,
        parameters: fromColumns(row, 2, parameters.length),
        measures: fromColumns(row, 2 + p, specs.length),
      };
    });
}

export interface Exploration {
  readonly counts: { readonly simulations: number; readonly valid: number; readonly met: number };
  /** Least and largest value over valid simulations, by column; NaN where there is none. */
  readonly parameters: readonly (readonly [number, number])[];
  readonly measures: readonly (readonly [number, number])[];
  /** How many by who asked and what became of it. */
  readonly classes: readonly {
    readonly phase: string;
    readonly origin: string;
    readonly failure: string | null;
    readonly count: number;
  }[];
  /** Spread evenly over the run. */
  readonly samples: readonly StoredSimulation[];
  /** Those with the highest reward, best first. */
  readonly best: readonly StoredSimulation[];
}

/** What an exploration view draws of a circuit: counts, extremes and samples, all by query. */
export function explore(
  database: SqlDatabase,
  circuits: readonly CircuitSummary[],
  circuit: number,
  { samples = 5000, best = 50 }: { readonly samples?: number; readonly best?: number } = {},
): Exploration {
  const { parameters, specs } = circuits[circuit]!;
  const names = [...numbered('p', parameters.length), ...numbered('m', specs.length)];
  const bounds = names.map((name) => `min(${name}), max(${name})`).join(', ');
  const [ofValid] = database
    .prepare(`SELECT count(*), coalesce(sum(met), 0), ${bounds} FROM simulation WHERE circuit = ? AND valid`)
    .all([circuit]);
  const range = (place: number): [number, number] => {
    const [low, high] = fromColumns(ofValid!, 2 + 2 * place, 2);
    return [low!, high!];
  };
  const classes = countClasses(database, circuit);
  const count = classes.reduce((sum, { count: n }) => sum + n, 0);
  const highest = database
    .prepare('SELECT simulation FROM simulation WHERE circuit = ? AND valid ORDER BY reward DESC, simulation LIMIT ?')
    .all([circuit, best]);
  return {
    counts: { simulations: count, valid: Number(ofValid![0]), met: Number(ofValid![1]) },
    parameters: parameters.map((_, i) => range(i)),
    measures: specs.map((_, i) => range(parameters.length + i)),
    classes,
    samples: sample(database, circuits, circuit, count, samples),
    best: highest.map(([simulation]) => readSimulation(database, circuits, Number(simulation))!),
  };
}

/** Grouping would sort a million rows; the few classes there are can be counted in passing. */
function countClasses(database: SqlDatabase, circuit: number): Exploration['classes'] {
  const found = database.prepare('SELECT DISTINCT phase, origin, failure FROM simulation WHERE circuit = ?').all([circuit]);
  if (found.length === 0) return [];
  const count = 'count(*) FILTER (WHERE phase IS ? AND origin IS ? AND failure IS ?)';
  const [counts] = database
    .prepare(`SELECT ${found.map(() => count).join(', ')} FROM simulation WHERE circuit = ?`)
    .all([...found.flat(), circuit]);
  return found.map(([phase, origin, failure], i) => ({
    phase: String(phase),
    origin: String(origin),
    failure: failure as string | null,
    count: Number(counts![i]),
  }));
}

/** Simulations of a circuit at even distances, found by their numbers: nothing between them is read. */
function sample(
  database: SqlDatabase,
  circuits: readonly CircuitSummary[],
  circuit: number,
  count: number,
  wanted: number,
): StoredSimulation[] {
  if (count === 0) return [];
  const stride = Math.max(1, Math.floor(count / wanted));
  const numbers = `WITH RECURSIVE number(n) AS (SELECT ? UNION ALL SELECT n + ? FROM number WHERE n < (SELECT max(simulation) FROM simulation))
    SELECT n FROM number`;
  return simulationStatement(database, circuits, `simulation IN (${numbers}) AND simulation.circuit = ? ORDER BY simulation`)
    .all([stride, stride, circuit])
    .map((row) => toSimulation(row, circuits));
}

function nothingRecorded(): OhmbaError {
  return new OhmbaError({
    what: 'the run store is empty',
    expected: 'a run that was begun',
    todo: 'delete it, or train once more',
  });
}
