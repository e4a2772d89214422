import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { createHostClock } from '../../loop';
import {
  createSqlStore,
  type KnownResult,
  type ResumedRun,
  type RunStore,
  readImported,
  readSummary,
  resumeStored,
} from '../../store';
import { openRunFolder, type RunFolder } from '../../store/run-folder.node';
import { originHere } from '../experiment/origin';
import { packageVersion } from '../probe-machine';

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
    const resume = await resumeStored(opened.database, opened.checkpoints);
    const known = readImported(opened.database, summary.circuits, 0);
    const recording: Recording = { store: storeOf(opened, [], checkpointSeconds), resume, known };
    return { summary, recording };
  } catch (thrown) {
    opened.database.close();
    opened.unlock();
    throw thrown;
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
