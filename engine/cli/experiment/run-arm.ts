import { spawn } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holdsRun } from '../../store/run-folder.node';
import type { TrainingReport } from '../train/report';
import type { Arm, Experiment } from './definitions';
import { type Origin, originHere } from './origin';

/** A finished run as it is kept. */
export interface SeedResult {
  readonly seed: number;
  readonly origin: Origin;
  readonly report: TrainingReport;
}

/** A run that an earlier call finished, here or on another machine; null where there is none. */
export async function knownResult(folder: string, arm: string, seed: number): Promise<SeedResult | null> {
  const known = await readFile(fileOf(folder, arm, seed), 'utf8').catch(() => null);
  return known === null ? null : (JSON.parse(known) as SeedResult);
}

/** Writes a finished run beside its place and renames it into it: there is never half of one. */
export async function keepResult(folder: string, arm: string, result: SeedResult): Promise<void> {
  const file = fileOf(folder, arm, result.seed);
  await writeFile(`${file}.new`, `${JSON.stringify(result)}\n`);
  await rename(`${file}.new`, file);
}

function fileOf(folder: string, arm: string, seed: number): string {
  return join(folder, `${arm}-${seed}.json`);
}

/**
 * One seed of one arm, in a process of its own; what an earlier call already ran is read back.
 *
 * @param machine further arguments of `train` or `resume`: executor, threads, simulators
 */
export async function runSeed(
  experiment: Experiment,
  arm: Arm,
  seed: number,
  folder: string,
  machine: readonly string[],
  signal: AbortSignal,
): Promise<SeedResult> {
  const known = await knownResult(folder, arm.id, seed);
  if (known !== null) return known;
  await mkdir(folder, { recursive: true });
  const train = [
    'train',
    ...(arm.circuits ?? experiment.circuits),
    '--seed',
    String(seed),
    '--steps',
    String(arm.budget),
    ...arm.arguments,
  ];
  const out = join(folder, `${arm.id}-${seed}`);
  const wish = holdsRun(out) ? ['resume', out] : [...train, '--out', out];
  const output = await run([...wish, ...machine, '--json'], signal);
  const line = output.trimEnd().split('\n').at(-1)!;
  const report = JSON.parse(line) as TrainingReport;
  if (report.ended === 'stopped') throw new Error(`${out} was stopped before its end; the same command goes on with it`);
  if (report.ended === 'failed') throw new Error(`the run in ${out} has failed and is no result: ${report.failure}`);
  const result: SeedResult = { seed, origin: originHere(), report };
  await keepResult(folder, arm.id, result);
  return result;
}

/** Standard output of this very command line with other arguments. Exit code 1, an unmet target, is a result too. */
function run(args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [process.argv[1]!, ...args], { stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || code === 1) resolve(output);
      else reject(new Error(`"ohmba ${args.join(' ')}" ended with code ${code}: ${complaint.trim().split('\n').at(-1)}`));
    });
  });
}
