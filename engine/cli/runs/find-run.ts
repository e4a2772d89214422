import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { holdsRun } from '../../store/run-folder.node';
import { unknownName, usageError } from '../usage-error';

export const RUNS = 'runs';

/** Folders under `runs` that hold a run, by name. */
export function runNames(): string[] {
  if (!existsSync(RUNS)) return [];
  return readdirSync(RUNS)
    .filter((name) => holdsRun(join(RUNS, name)))
    .sort();
}

/** The folder of a run by its name, or by a path. @throws UsageError naming the runs there are */
export function findRun(word: string): string {
  for (const folder of [join(RUNS, word), word]) if (holdsRun(folder)) return folder;
  const names = runNames();
  if (names.length === 0)
    throw usageError(`unknown run "${word}"`, `a recorded run in ${RUNS}/`, 'record one: "ohmba train CIRCUIT"');
  throw unknownName('run', word, names);
}

/** A folder for a new run: that name, or the first of `name-2`, `name-3`, … that holds none. */
export function freeFolder(name: string): string {
  for (let n = 1; ; n++) {
    const folder = join(RUNS, n === 1 ? name : `${name}-${n}`);
    if (!holdsRun(folder)) return folder;
  }
}

/** @throws UsageError for a folder that holds a run already */
export function refuseRun(folder: string): void {
  if (!holdsRun(folder)) return;
  throw usageError(
    `--out ${folder} holds a run already`,
    'a folder without one',
    `go on with it (ohmba resume ${folder}), or choose another folder`,
  );
}

/** Bytes that a folder takes, everything in it. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(path) : statSync(path).size);
  }, 0);
}

export const runName = (folder: string): string => basename(folder);
