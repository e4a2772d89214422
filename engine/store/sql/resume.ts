import type { CheckpointFiles } from '../checkpoint';
import { latestCheckpoint } from '../checkpoint';
import type { ResumedRun } from '../run-store';
import { type SqlDatabase, transaction } from './database';
import { readSimulations, readSummary } from './queries';

/** Simulations that are read back for whoever looks at a resumed run. */
const LOOKED_BACK = 200_000;

/**
 * Makes a stored run ready to go on: finds its newest whole checkpoint and forgets what was noted after it besides
 * simulations, for it will be noted again. Simulations are never forgotten.
 * @param origin the store of the run that this one was branched from, where it is still there
 */
export async function resumeStored(
  database: SqlDatabase,
  files: CheckpointFiles,
  origin: SqlDatabase | null = null,
): Promise<ResumedRun> {
  const { circuits, parent } = readSummary(database);
  const { checkpoint, skipped } = await latestCheckpoint(files, database);
  const tick = checkpoint?.tick ?? 0;
  const simulations = checkpoint?.simulations ?? 0;
  transaction(database, () => {
    for (const table of ['episode', 'metric', 'event', 'snapshot', 'checkpoint']) {
      // What happened before the first tick will happen again only where the run begins again.
      database.prepare(`DELETE FROM ${table} WHERE tick > ? OR (tick = 0 AND ? = 0)`).run([tick, tick]);
    }
  });
  return {
    checkpoint,
    skipped,
    before: readSimulations(database, circuits, { after: Math.max(0, simulations - LOOKED_BACK), to: simulations }),
    after: [...readSimulations(database, circuits, { after: simulations })],
    elsewhere: origin && parent ? simulationsAfter(origin, parent.simulations) : [],
  };
}

function simulationsAfter(database: SqlDatabase, after: number) {
  return [...readSimulations(database, readSummary(database).circuits, { after, to: after + LOOKED_BACK })];
}
