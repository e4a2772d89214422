import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArmResult } from './report';
import { keepResult, knownResult, type SeedResult } from './run-arm';

/** A line of `docs/results/NAME.jsonl`: what a figure of the page beside it was made of. */
type PublishedRun = { readonly arm: string } & SeedResult;

/** `docs/results/NAME.EXTENSION`. */
export function publishedFile(id: string, extension: 'md' | 'svg' | 'jsonl'): string {
  return join('docs', 'results', `${id}.${extension}`);
}

/** Every run that a page shows, a line of JSON each, by arm and seed. */
export function publishedRuns(results: readonly ArmResult[]): string {
  return results
    .flatMap(({ arm, runs }) => runs.map((run): PublishedRun => ({ arm: arm.id, ...run })))
    .map((run) => `${JSON.stringify(run)}\n`)
    .join('');
}

/**
 * Puts published runs among those that are finished in `folder`; one that is there stays.
 *
 * @throws where `file` cannot be read or a line is no run
 */
export async function takePublished(file: string, folder: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new Error(`no published runs in ${file}; expected a file that "ohmba experiment" wrote beside its page`, { cause });
  });
  await mkdir(folder, { recursive: true });
  const lines = text.split('\n').filter((line) => line !== '');
  for (const [i, line] of lines.entries()) {
    const { arm, ...run } = parseRun(line, `${file}, line ${i + 1}`);
    if ((await knownResult(folder, arm, run.seed)) === null) await keepResult(folder, arm, run);
  }
}

function parseRun(line: string, where: string): PublishedRun {
  try {
    const run = JSON.parse(line) as Partial<PublishedRun>;
    if (typeof run.arm === 'string' && Number.isInteger(run.seed) && run.origin && run.report) return run as PublishedRun;
  } catch {
    // Told below, as what is JSON and no run.
  }
  throw new Error(`${where} is no run; expected JSON with arm, seed, origin and report`);
}
