import { setMaxListeners } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultHyperParameters } from '../../api';
import { defineCommand, type Terminal } from '../command';
import { costByLength } from '../experiment/cost-by-length';
import { type Arm, type Experiment, experiments } from '../experiment/definitions';
import { publishedFile, publishedRuns, takePublished } from '../experiment/published';
import { writeReport } from '../experiment/report';
import { knownResult, runSeed } from '../experiment/run-arm';
import { type ExecutorChoice, openExecutor } from '../open-executor';
import { choice, flag, integer, type OptionType, text } from '../options';
import { ProgressLine } from '../progress-line';
import { oneWord } from '../sizing';
import { unknownName } from '../usage-error';

const seedRange: OptionType<readonly number[]> = {
  placeholder: 'A-B',
  expects: 'a range of seeds as in 1-10, or one seed',
  parse: (given) => {
    const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(given) ?? [];
    if (from === undefined) return undefined;
    const count = Number(to ?? from) - Number(from) + 1;
    return count > 0 && count <= 1000 ? Array.from({ length: count }, (_, i) => Number(from) + i) : undefined;
  },
};

export const experiment = defineCommand({
  name: 'experiment',
  usage: 'experiment NAME [options]',
  summary: `compares agents over seeds and writes docs/results/NAME.md, .svg and .jsonl (every run): ${experiments.map(({ id }) => id).join(', ')}`,
  options: {
    seeds: {
      type: seedRange,
      value: Array.from({ length: 10 }, (_, i) => i + 1) as readonly number[],
      help: 'seeds of every arm',
    },
    jobs: { type: integer(1, 256), value: 1, help: 'runs at once; they share the cores' },
    // Not timed anew in every run, as `train` does: runs side by side would decide differently.
    executor: {
      type: choice('usual', 'auto', 'wasm', 'webgpu', 'reference'),
      value: 'usual' as ExecutorChoice | 'usual',
      help: 'what computes; usual: wasm, where the experiment is not about another',
    },
    arms: { type: text('A,B', 'names of arms'), value: '', help: 'only these arms (all where left out)' },
    minutes: { type: integer(0, 10_000), value: 0, help: 'stop after so many minutes with what is finished; 0: no limit' },
    published: { type: flag, value: false, help: 'runs of docs/results/NAME.jsonl are finished, too: only others are made' },
    'report-only': { type: flag, value: false, help: 'run nothing: write the page from the runs that are there' },
  },
  async run(words, values, terminal) {
    const name = oneWord('experiment', words, 'experiment');
    const names = experiments.map(({ id }) => id);
    const found = experiments.find(({ id }) => id === name);
    if (!found) throw unknownName('experiment', name, names);
    const { seeds, jobs } = values;
    const arms = chosenArms(found, values.arms);
    const folder = join('runs', 'experiments', found.id);
    if (values.published) await takePublished(publishedFile(found.id, 'jsonl'), folder);
    if (!values['report-only']) await runAll(found, arms, folder, values, terminal);
    const results = await Promise.all(
      found.arms.map(async (arm) => ({
        arm,
        runs: (await Promise.all(seeds.map((seed) => knownResult(folder, arm.id, seed)))).filter((run) => run !== null),
      })),
    );
    const finished = results.reduce((sum, { runs }) => sum + runs.length, 0);
    if (finished === 0) throw new Error(`no run of ${found.id} is finished; expected results in ${folder}`);
    const { executor } = values;
    const others = `${jobs > 1 ? ` --jobs ${jobs}` : ''}${executor === 'usual' ? '' : ` --executor ${executor}`}`;
    const command = `npx ohmba experiment ${found.id} --seeds ${seeds[0]}-${seeds.at(-1)}${others}`;
    const sections = found.costByLength ? [await lengthSection(terminal)] : [];
    const { page, plot } = writeReport(found, results, command, sections);
    await mkdir(join('docs', 'results'), { recursive: true });
    await writeFile(publishedFile(found.id, 'md'), page);
    await writeFile(publishedFile(found.id, 'jsonl'), publishedRuns(results));
    if (plot !== null) await writeFile(publishedFile(found.id, 'svg'), plot);
    const missing = found.arms.length * seeds.length - finished;
    terminal.out(
      `${page}\nwritten: ${publishedFile(found.id, 'md')}${missing > 0 ? ` (${missing} runs are not there yet)` : ''}\n`,
    );
    return 0;
  },
});

function chosenArms({ arms }: Experiment, wish: string): readonly Arm[] {
  if (wish === '') return arms;
  return wish.split(',').map((id) => {
    const arm = arms.find((one) => one.id === id);
    if (!arm)
      throw unknownName(
        'arm',
        id,
        arms.map((one) => one.id),
      );
    return arm;
  });
}

interface RunWishes {
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly minutes: number;
  readonly executor: ExecutorChoice | 'usual';
}

/** Runs what is not there yet, several at once; what is finished when it is interrupted or the time is over is kept. */
async function runAll(
  experiment: Experiment,
  arms: readonly Arm[],
  folder: string,
  { seeds, jobs, minutes, executor }: RunWishes,
  terminal: Terminal,
): Promise<void> {
  const line = new ProgressLine(terminal);
  const over = minutes > 0 ? AbortSignal.timeout(60_000 * minutes) : null;
  const signal = over ? AbortSignal.any([terminal.interrupted, over]) : terminal.interrupted;
  // Every run listens to it.
  setMaxListeners(jobs + 2, signal);
  const queue = arms.flatMap((arm) => seeds.map((seed) => ({ arm, seed })));
  const total = queue.length;
  let done = 0;
  // One at a time has all cores; several share them.
  const threads = jobs > 1 ? Math.max(1, Math.floor(availableParallelism() / jobs)) : 0;
  const machine = [
    '--executor',
    executor === 'usual' ? (experiment.executor ?? 'wasm') : executor,
    ...(threads > 0 ? ['--threads', String(threads), '--simulators', String(threads)] : []),
  ];
  const worker = async () => {
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      const { arm, seed } = next;
      line.update(() => `${experiment.id}: ${done} of ${total} runs; ${arm.title}, seed ${seed}`);
      try {
        await runSeed(experiment, arm, seed, folder, machine, signal);
      } catch (thrown) {
        // Stopped, as it was asked to be; what was asked is told at the end.
        if (!signal.aborted) throw thrown;
      }
      done++;
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    line.clear();
  }
  if (terminal.interrupted.aborted)
    throw new Error(`stopped; finished runs are kept in ${folder}, the same command goes on from there`);
}

async function lengthSection(terminal: Terminal): Promise<string> {
  terminal.error('measuring what length costs …\n');
  const executor = await openExecutor('wasm', 1);
  try {
    return await costByLength(executor, { ...defaultHyperParameters, now: () => performance.now() });
  } finally {
    executor.dispose();
  }
}
