import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../usage-error';

/** Makes the folder before hours are spent on what goes into it. @throws UsageError where that cannot be */
export async function makeResultFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw usageError(`--out ${folder} cannot be written to (${(error as Error).message})`, 'a folder', 'choose another');
  }
}

/** Writes a run's files; returns their paths. Objects are written as JSON. */
export async function writeResults(folder: string, files: Readonly<Record<string, string | object>>): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    paths.push(path);
  }
  return paths;
}
