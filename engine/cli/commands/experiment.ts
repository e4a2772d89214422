import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from '../command';
import { experiments } from '../experiment/definitions';
import { type ArmResult, writeReport } from '../experiment/report';
import { runSeed, type SeedResult } from '../experiment/run-arm';
import { integer, type OptionType } from '../options';
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
  summary: `compares agents over seeds and writes docs/results/NAME.md: ${experiments.map(({ id }) => id).join(', ')}`,
  options: {
    seeds: {
      type: seedRange,
      value: Array.from({ length: 10 }, (_, i) => i + 1) as readonly number[],
      help: 'seeds of every arm',
    },
    jobs: { type: integer(1, 256), value: 1, help: 'runs at once; with several, each keeps to one thread' },
  },
  async run(words, { seeds, jobs }, terminal) {
    const name = oneWord('experiment', words, 'experiment');
    const found = experiments.find(({ id }) => id === name);
    if (!found)
      throw unknownName(
        'experiment',
        name,
        experiments.map(({ id }) => id),
      );
    const folder = join('runs', 'experiments', found.id);
    const line = new ProgressLine(terminal);
    const results: ArmResult[] = [];
    try {
      const queue = found.arms.flatMap((arm) => seeds.map((seed) => ({ arm, seed })));
      const total = queue.length;
      const reports = new Map<string, SeedResult>();
      const worker = async () => {
        for (let next = queue.shift(); next && !terminal.interrupted.aborted; next = queue.shift()) {
          const { arm, seed } = next;
          line.update(() => `${found.id}: ${reports.size} of ${total} runs; ${arm.title}, seed ${seed}`);
          reports.set(`${arm.id}-${seed}`, await runSeed(found, arm, seed, folder, jobs > 1 ? 1 : 0, terminal.interrupted));
        }
      };
      await Promise.all(Array.from({ length: jobs }, worker));
      if (terminal.interrupted.aborted)
        throw new Error(`stopped; finished runs are kept in ${folder}, the same command goes on from there`);
      for (const arm of found.arms) results.push({ arm, runs: seeds.map((seed) => reports.get(`${arm.id}-${seed}`)!) });
    } finally {
      line.clear();
    }
    const command = `npx ohmba experiment ${found.id} --seeds ${seeds[0]}-${seeds.at(-1)} --jobs ${jobs}`;
    const { page, plot } = writeReport(found, results, command);
    await mkdir(join('docs', 'results'), { recursive: true });
    await writeFile(join('docs', 'results', `${found.id}.md`), page);
    await writeFile(join('docs', 'results', `${found.id}.svg`), plot);
    terminal.out(`${page}\nwritten: docs/results/${found.id}.md\n`);
    return 0;
  },
});
