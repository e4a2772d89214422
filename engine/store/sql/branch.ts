import type { Catalogue, RunParent } from '../../api';
import { OhmbaError, toExactJson } from '../../base';
import { type CheckpointFiles, latestCheckpoint, writeCheckpoint } from '../checkpoint';
import type { Checkpoint } from '../run-store';
import { type SqlDatabase, single, transaction } from './database';
import { readSummary } from './queries';
import { quoted } from './schema';

/** A run that another is to go on from, and where the other is to lie. */
export interface Branching {
  readonly database: SqlDatabase;
  readonly checkpoints: CheckpointFiles;
  /** Name or id. */
  readonly run: string;
  /** The last checkpoint at or before these is taken; the very last where both are left out. */
  readonly at: { readonly tick?: number; readonly simulations?: number };
  readonly changes: RunParent['changes'];
  /** The new run's catalogue from the old one's. */
  catalogue(before: Catalogue): Catalogue;
  /** Where and when the new run is begun; what the old one says of its circuits is kept. */
  readonly origin: Readonly<Record<string, string>>;
  /** Copies the old run's database as it is, and opens the copy. */
  copy(): Promise<{ readonly database: SqlDatabase; readonly checkpoints: CheckpointFiles }>;
}

/**
 * Makes a run that goes on from a checkpoint of another: it holds all that was recorded up to there, so it stands alone.
 * @throws OhmbaError where there is no whole checkpoint so early, or the changes cannot be
 */
export async function branchStored(branching: Branching): Promise<RunParent> {
  const { database, checkpoints, run, at, changes } = branching;
  const summary = readSummary(database);
  const catalogue = branching.catalogue(summary.catalogue);
  const { checkpoint } = await latestCheckpoint(checkpoints, database, at);
  if (!checkpoint) throw noCheckpoint(database, run);
  const { tick, simulations } = checkpoint;
  const parent: RunParent = { run, tick, simulations, changes };
  const copy = await branching.copy();
  const origin: Record<string, string> = { ...summary.origin, ...branching.origin, parent: toExactJson(parent) };
  transaction(copy.database, () => {
    forgetAfter(copy.database, checkpoint, (catalogue.configuration.circuits as readonly string[]).length);
    copy.database
      .prepare(
        "UPDATE run SET state = 'stopped', failure = '', hash = '', created = ?, schedule = ?, budget = ?, origin = ?, catalogue = ?",
      )
      .run([
        origin.date ?? '',
        catalogue.schedule,
        Number(catalogue.configuration.budget),
        JSON.stringify(origin),
        toExactJson(catalogue),
      ]);
  });
  await writeCheckpoint(copy.checkpoints, copy.database, checkpoint);
  return parent;
}

/** @param circuits with which the run began; those that joined and had no simulation yet will join again */
function forgetAfter(
  database: SqlDatabase,
  { tick, simulations }: Pick<Checkpoint, 'tick' | 'simulations'>,
  circuits: number,
): void {
  database.prepare('DELETE FROM simulation WHERE simulation > ?').run([simulations]);
  // Checkpoints name files of the other run.
  database.exec(
    'DELETE FROM superseded; DELETE FROM checkpoint; DELETE FROM target WHERE target NOT IN (SELECT target FROM simulation)',
  );
  for (const table of ['episode', 'metric', 'event', 'snapshot'])
    database.prepare(`DELETE FROM ${table} WHERE tick > ?`).run([tick]);
  const joined = 'circuit >= ? AND circuit NOT IN (SELECT circuit FROM simulation)';
  for (const [id] of database.prepare(`SELECT id FROM circuit WHERE ${joined}`).all([circuits]))
    database.exec(`DROP VIEW IF EXISTS ${quoted(String(id))}`);
  database.prepare(`DELETE FROM circuit WHERE ${joined}`).run([circuits]);
  // The first tick writes it whole; until then a list shows what simulations tell.
  const count = (what: string, where: string) =>
    `(SELECT ${what} FROM simulation WHERE simulation.circuit = progress.circuit AND ${where})`;
  database.exec(`DELETE FROM progress WHERE circuit NOT IN (SELECT circuit FROM circuit);
    UPDATE progress SET training = ${count('total(calls)', "phase = 'training'")},
      evaluation = ${count('total(calls)', "phase = 'evaluation'")}, failures = ${count('count(*)', 'NOT valid')};
    UPDATE progress SET steps_to_target = NULL WHERE steps_to_target > training`);
  database
    .prepare('UPDATE progress SET best_simulation = NULL, best_reward = NULL, met = 0 WHERE best_simulation > ?')
    .run([simulations]);
}

function noCheckpoint(database: SqlDatabase, run: string): OhmbaError {
  const [first, firstTick] = database.prepare('SELECT min(simulations), min(tick) FROM checkpoint').all()[0]!;
  const count = Number(single(database, 'SELECT count(*) FROM checkpoint'));
  return new OhmbaError({
    what: `the run ${run} has no whole checkpoint so early`,
    expected: count > 0 ? `simulation ${first} (tick ${firstTick}) or later` : 'a run with checkpoints',
    todo: count > 0 ? 'branch off later' : 'let it go on until it has one',
  });
}
