import type { CircuitDefinition } from '../../api';
import type { CheckpointFiles } from '../../store';
import { type RunSummary, readSummary, type SqlDatabase } from '../../store';
import { readRunFolder } from '../../store/run-folder.node';
import { findCircuit } from '../catalogue';
import { readingInput, usageError } from '../usage-error';
import { findRun } from './find-run';

/** A run that is looked at. */
export interface StoredRun {
  readonly folder: string;
  readonly database: SqlDatabase;
  readonly checkpoints: CheckpointFiles;
  readonly summary: RunSummary;
}

/** Opens a run by name or path, also while it goes on, lets `work` look at it and closes it. @throws UsageError */
export async function withRun<T>(word: string, work: (run: StoredRun) => Promise<T> | T): Promise<T> {
  const folder = findRun(word);
  const { database, checkpoints } = await readingInput(() => readRunFolder(folder));
  try {
    return await work({ folder, database, checkpoints, summary: readSummary(database) });
  } finally {
    database.close();
  }
}

/** The definitions of a run's circuits as they are now, found the way that they were when it began. */
export async function circuitsOf({ origin, circuits }: RunSummary, { trusted = false } = {}): Promise<CircuitDefinition[]> {
  const found: CircuitDefinition[] = [];
  for (const word of JSON.parse(origin.circuits ?? '[]') as string[]) found.push(await findCircuit(word, { trusted }));
  return circuits.map(({ id }) => {
    const definition = found.find((circuit) => circuit.id === id);
    if (definition) return definition;
    throw usageError(
      `the circuit ${id} of the run is not there any more`,
      'a circuit that can be found',
      'put it back to where it was',
    );
  });
}
