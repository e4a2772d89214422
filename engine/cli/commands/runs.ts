import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { formatQuantity } from '../../base';
import type { CircuitSummary } from '../../store';
import { openRunFolder } from '../../store/run-folder.node';
import { defineCommand, type Terminal } from '../command';
import { flag } from '../options';
import { bytesOf, findRun, RUNS, runName, runNames } from '../runs/find-run';
import { type StoredRun, withRun } from '../runs/stored-run';
import { oneWord } from '../sizing';
import { formatTable } from '../table';
import { readingInput, usageError } from '../usage-error';

export const runs = defineCommand({
  name: 'runs',
  usage: 'runs [RUN | --compare RUN RUN | --delete RUN]',
  summary: 'lists recorded runs; shows one, compares two, deletes one',
  options: {
    compare: { type: flag, value: false, help: 'two runs side by side' },
    delete: { type: flag, value: false, help: 'removes a run and all of its files, after a question' },
    yes: { type: flag, value: false, help: 'delete without asking' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, values, terminal) {
    if (values.delete) return (await remove(oneWord('runs --delete', words, 'run'), values.yes, terminal)) ? 0 : 1;
    if (values.compare && words.length !== 2)
      throw usageError(`runs --compare was given ${words.length} runs`, 'two', 'write ohmba runs --compare RUN RUN');
    const shown = [];
    for (const word of words.length > 0 ? words : runNames().map((name) => join(RUNS, name)))
      shown.push(await withRun(word, describe));
    if (values.json) terminal.out(`${JSON.stringify(shown)}\n`);
    else if (values.compare) terminal.out(comparison(shown));
    else if (shown.length === 0) terminal.out('no run is recorded here yet: ohmba train CIRCUIT\n');
    else terminal.out(list(shown));
    return 0;
  },
});

type Shown = ReturnType<typeof describe>;

function describe({ folder, summary }: StoredRun) {
  const { circuits, budget, catalogue, state, created, hash, simulations, parent } = summary;
  return {
    name: runName(folder),
    state,
    created,
    parent,
    agent: catalogue.agent,
    schedule: catalogue.schedule,
    seed: catalogue.seed,
    executor: catalogue.executor.description,
    simulator: catalogue.simulator.description,
    hyperParameters: catalogue.hyperParameters ?? {},
    budget,
    simulations,
    training: circuits.reduce((sum, { training }) => sum + training, 0),
    circuits: circuits.map(({ id, training, evaluation, failures, stepsToTarget, best }) => ({
      id,
      training,
      evaluation,
      failures,
      stepsToTarget,
      best,
    })),
    hash,
    bytes: bytesOf(folder),
  };
}

function list(shown: readonly Shown[]): string {
  const right = 'right' as const;
  const columns = [
    { title: 'run' },
    { title: 'state' },
    { title: 'circuits' },
    { title: 'simulations', align: right },
    { title: 'best' },
    { title: 'size', align: right },
    { title: 'begun' },
  ];
  const rows = shown.map((run) => [
    run.name,
    run.state,
    run.circuits.map(({ id }) => id).join(', '),
    `${run.training} of ${run.budget}`,
    run.circuits.map(describeBest).join(', '),
    formatQuantity(run.bytes, 'B'),
    run.created.slice(0, 16).replace('T', ' '),
  ]);
  return formatTable(columns, rows);
}

function describeBest({ best, stepsToTarget }: Pick<CircuitSummary, 'best' | 'stepsToTarget'>): string {
  if (!best) return 'none valid';
  return best.met ? `met after ${stepsToTarget}` : best.reward.toFixed(4);
}

/** Facts of two runs, those that differ marked; of hyper-parameters only those. */
function comparison(shown: readonly Shown[]): string {
  const facts = shown.map((run) => ({
    run: run.name,
    state: run.state,
    'branched from': run.parent ? `${run.parent.run}, simulation ${run.parent.simulations}` : '–',
    agent: run.agent,
    schedule: run.schedule,
    seed: String(run.seed),
    executor: run.executor,
    simulations: `${run.training} of ${run.budget}, ${run.simulations} with evaluations`,
    ...Object.fromEntries(run.circuits.map((circuit) => [`best of ${circuit.id}`, describeBest(circuit)])),
    ...Object.fromEntries(Object.entries(run.hyperParameters).map(([name, value]) => [`set ${name}`, String(value)])),
    hash: run.hash,
    size: formatQuantity(run.bytes, 'B'),
  })) as Record<string, string>[];
  const names = [...new Set(facts.flatMap((each) => Object.keys(each)))];
  const rows = names.flatMap((name) => {
    const [a = '–', b = '–'] = facts.map((each) => each[name]);
    return a === b && name.startsWith('set ') ? [] : [[name, a, b, a === b ? '' : '≠']];
  });
  return formatTable([{ title: '' }, { title: 'first' }, { title: 'second' }, { title: '' }], rows);
}

/** @returns whether it was removed */
async function remove(word: string, unasked: boolean, terminal: Terminal): Promise<boolean> {
  const folder = findRun(word);
  const { name, simulations, bytes } = await withRun(word, describe);
  if (!unasked) {
    if (!process.stdin.isTTY)
      throw usageError(`runs --delete ${word} has nobody to ask`, 'a terminal, or --yes', 'add --yes to delete without asking');
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await reader.question(`Delete ${name}: ${simulations} simulations, ${formatQuantity(bytes, 'B')}? (yes/no) `);
    reader.close();
    if (!/^y(es)?$/i.test(answer.trim())) {
      terminal.out('nothing was deleted\n');
      return false;
    }
  }
  // A run that another process is at is not taken from under it.
  const { database, unlock } = await readingInput(() => openRunFolder(folder));
  database.close();
  unlock();
  rmSync(folder, { recursive: true });
  terminal.out(`deleted ${folder}: ${simulations} simulations, ${formatQuantity(bytes, 'B')}\n`);
  return true;
}
