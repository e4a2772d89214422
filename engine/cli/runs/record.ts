import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { RunParent } from '../../api';
import { createHostClock } from '../../loop';
import {
  type Branching,
  branchStored,
  createSqlStore,
  type KnownResult,
  type ResumedRun,
  type RunStore,
  type RunSummary,
  readImported,
  readSummary,
  resumeStored,
  type SqlDatabase,
} from '../../store';
import { copyRunFolder, holdsRun, openRunFolder, type RunFolder, readRunFolder } from '../../store/run-folder.node';
import { originHere } from '../experiment/origin';
import { packageVersion } from '../probe-machine';
import type { StoredRun } from './stored-run';

/** What an engine needs so that its run is recorded, or goes on. */
export interface Recording {
  readonly store: RunStore;
  readonly resume?: ResumedRun;
  readonly known?: readonly KnownResult[];
}

/** @param words circuits as they were written on the command line, so that folders are found again */
export function recordRun(folder: string, words: readonly string[], checkpointSeconds: number): Recording {
  const opened = openRunFolder(folder);
  return { store: storeOf(opened, words, checkpointSeconds) };
}

/** @throws OhmbaError where the run is in use, or nothing was recorded */
export async function resumeRun(folder: string, checkpointSeconds: number) {
  const opened = openRunFolder(folder);
  try {
    const summary = readSummary(opened.database);
    const resume = await withParent(folder, summary, (parent) => resumeStored(opened.database, opened.checkpoints, parent));
    const known = readImported(opened.database, summary.circuits, 0);
    const recording: Recording = { store: storeOf(opened, [], checkpointSeconds), resume, known };
    return { summary, recording };
  } catch (thrown) {
    opened.database.close();
    opened.unlock();
    throw thrown;
  }
}

/** The run that this one was branched from lies beside it, if it is still there. */
async function withParent<T>(
  folder: string,
  { parent }: RunSummary,
  work: (database: SqlDatabase | null) => Promise<T>,
): Promise<T> {
  const beside = parent && join(dirname(folder), parent.run);
  if (!beside || !holdsRun(beside)) return work(null);
  const { database } = readRunFolder(beside);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/**
 * Records a new run in `target` that goes on from a checkpoint of `run`.
 * @throws OhmbaError where there is no such checkpoint, or the changes cannot be
 */
export async function branchRun(
  { folder, database, checkpoints }: StoredRun,
  target: string,
  branching: Pick<Branching, 'at' | 'changes' | 'catalogue'>,
): Promise<RunParent> {
  let copy: RunFolder | null = null;
  const { circuits: _, ...origin } = originOf([]);
  try {
    return await branchStored({
      ...branching,
      database,
      checkpoints,
      run: basename(folder),
      origin,
      async copy() {
        copy = copyRunFolder(database, target);
        return copy;
      },
    });
  } finally {
    (copy as RunFolder | null)?.database.close();
    (copy as RunFolder | null)?.unlock();
  }
}

function storeOf(opened: RunFolder, words: readonly string[], checkpointSeconds: number): RunStore {
  const store = createSqlStore(opened.database, {
    clock: createHostClock(),
    origin: originOf(words),
    checkpoints: opened.checkpoints,
    checkpointMilliseconds: 1000 * checkpointSeconds,
  });
  const { close } = store;
  return Object.assign(store, {
    async close() {
      try {
        await close();
      } finally {
        opened.unlock();
      }
    },
  });
}

/** Versions, machine and date; and where circuits come from that no plugin brings. */
function originOf(words: readonly string[]): Record<string, string> {
  const { machine, commit } = originHere();
  return {
    date: new Date().toISOString(),
    machine: `${machine}, ${process.platform} ${process.arch}`,
    host: hostname(),
    ohmba: commit,
    simulator: packageVersion('eecircuit-engine') ?? 'unknown',
    circuits: JSON.stringify(words.map((word) => (existsSync(word) ? resolve(word) : word))),
  };
}
