import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { defaultHyperParameters, hyperParameterRanges } from '../../engine/api';
import { pluginCatalogue } from '../../engine/cli/catalogue';
import { type Experiment, experiments } from '../../engine/cli/experiment/definitions';
import { medianInterval } from '../../engine/cli/experiment/median-interval';
import { publishedRuns, takePublished } from '../../engine/cli/experiment/published';
import { writeReport } from '../../engine/cli/experiment/report';
import { keepResult, knownResult, runSeed } from '../../engine/cli/experiment/run-arm';
import { hyperParametersFrom } from '../../engine/cli/train/hyper-options';

const experiment: Experiment = {
  id: 'demo',
  title: 'Demo',
  question: 'Who is first?',
  circuits: ['a'],
  shows: 'simulations',
  arms: [
    { id: 'm3', title: 'M3', budget: 400, arguments: [] },
    { id: 'random', title: 'Random', budget: 100, arguments: [] },
  ],
};
const origin = { machine: 'a machine', date: '2026-01-01', commit: 'abc' };

function run(seed: number, steps: number | null) {
  return {
    seed,
    origin,
    report: {
      met: { a: steps !== null },
      simulations: { training: 1, evaluation: 30 },
      stepsToTarget: { a: steps },
      seconds: 10 * seed,
      updates: 0,
      best: { a: null },
    },
  };
}

describe('experiment reports', () => {
  const results = [
    { arm: experiment.arms[0]!, runs: [run(1, 100), run(2, null), run(3, 200)] },
    { arm: experiment.arms[1]!, runs: [run(1, null), run(2, null), run(3, 50)] },
  ];
  const { page, plot } = writeReport(experiment, results, 'npx ohmba experiment demo');

  it('take medians over seeds with unsolved runs as more than the budget, evaluations counted', () => {
    expect(page).toContain('| M3 | 2 of 3 | 230 |  | 130 … 230 | 130, > 400, 230 | 20 s |');
    expect(page).toContain('| Random | 1 of 3 | > 100 |  | 80 … 80 | > 100, > 100, 80 | 20 s |');
  });

  it('say where they come from, once for all runs alike', () => {
    expect(page).toContain(
      'Seeds 1, 2, 3. a machine, 2026-01-01, commit abc. Written by `npx ohmba experiment demo`; [every run](demo.jsonl).',
    );
  });

  it('name the graphics card where one computed', () => {
    const executor = { kind: 'webgpu', description: 'WebGPU, a card' };
    const onCard = results.map(({ arm, runs }) => ({
      arm,
      runs: runs.map((one) => ({ ...one, report: { ...one.report, executor } })),
    }));
    expect(writeReport(experiment, onCard, 'npx ohmba experiment demo').page).toContain(
      'a machine, WebGPU, a card, 2026-01-01, commit abc.',
    );
  });

  it('say which runs had simulations that ran out of time, and nothing where none had', () => {
    const late = results.map(({ arm, runs }) => ({
      arm,
      runs: runs.map((one) => ({ ...one, report: { ...one.report, timedOut: one.seed === 2 ? 3 : 0 } })),
    }));
    expect(writeReport(experiment, late, 'npx ohmba experiment demo').page).toContain(': M3, seed 2: 3; Random, seed 2: 3.');
    expect(page).not.toContain('ran out of time');
  });

  it('draw a line for each arm that rises with every solved seed', () => {
    const lines = [...plot!.matchAll(/<path d="(M[^"]*)" fill="none"/g)].map(([, path]) => path!);
    expect(lines.map((path) => path.split('V').length - 1)).toEqual([2, 1]);
    expect(plot!).toContain('>Random</text>');
  });
});

describe('intervals of medians', () => {
  it('are order statistics by the binomial distribution, none of few values', () => {
    expect(medianInterval([5, 4, 3, 2, 1])).toBeNull();
    expect(medianInterval([6, 5, 4, 3, 2, 1])).toEqual([1, 6]);
    const ten = Array.from({ length: 10 }, (_, i) => i + 1);
    expect(medianInterval(ten)).toEqual([2, 9]);
    expect(medianInterval(Array.from({ length: 20 }, (_, i) => i + 1))).toEqual([6, 15]);
  });
});

describe('experiments', () => {
  it('are made of agents, schedules and settings that exist', async () => {
    const { agents, schedules } = await pluginCatalogue();
    for (const { arms } of experiments) {
      expect(new Set(arms.map(({ id }) => id)).size).toBe(arms.length);
      for (const { arguments: args } of arms) {
        const valuesOf = (name: string) => args.flatMap((word, i) => (word === name ? [args[i + 1]!] : []));
        for (const agent of valuesOf('--agent')) expect(agents.has(agent)).toBe(true);
        for (const schedule of valuesOf('--schedule')) expect(schedules.has(schedule)).toBe(true);
        const settings = new Map(valuesOf('--set').map((text) => text.split('=') as [string, string]));
        hyperParametersFrom({ defaults: defaultHyperParameters, ranges: hyperParameterRanges }, settings);
      }
    }
  });

  it('show held targets by circuit, policy and start, easy and hard apart', () => {
    const held = (targets: 'easy' | 'hard', met: number) =>
      ({
        circuit: 'a',
        policy: 'plain',
        start: 'random',
        targets,
        episodes: 10,
        met,
        simulations: 200,
        simulationsOfMet: 6 * met,
      }) as const;
    const runs = [{ ...run(1, 100), report: { ...run(1, 100).report, held: [held('easy', 10), held('hard', 5)] } }];
    const { page, plot } = writeReport({ ...experiment, shows: 'held-targets' }, [{ arm: experiment.arms[0]!, runs }], 'x');
    expect(page).toContain('| M3 | 1 | a | plain | random | 75.0 % (15 of 20) | 100.0 % (10 of 10) | 50.0 % (5 of 10) | 6.0 |');
    expect(plot).toBeNull();
  });
});

describe('published runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-published-'));
  const file = join(folder, 'demo.jsonl');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const [m3, random] = experiment.arms;

  it('are a line each, and finished where they are taken up; a run that is there stays', async () => {
    const text = publishedRuns([
      { arm: m3!, runs: [run(1, 100), run(2, null)] },
      { arm: random!, runs: [run(1, 50)] },
    ]);
    expect(text.split('\n').length).toBe(4);
    writeFileSync(file, text);
    await keepResult(folder, 'm3', run(2, 200));
    await takePublished(file, folder);
    expect(await knownResult(folder, 'm3', 1)).toEqual(run(1, 100));
    expect(await knownResult(folder, 'random', 1)).toEqual(run(1, 50));
    expect(await knownResult(folder, 'm3', 2)).toEqual(run(2, 200));
    expect(await knownResult(folder, 'm3', 3)).toBeNull();
  });

  it('are refused with the line where one is none, and where there are none', async () => {
    writeFileSync(file, `${publishedRuns([{ arm: m3!, runs: [run(1, 100)] }])}{"arm":"m3","seed":2}\n`);
    await expect(takePublished(file, folder)).rejects.toThrow(/demo\.jsonl, line 2 is no run; expected JSON with arm, seed/);
    await expect(takePublished(join(folder, 'other.jsonl'), folder)).rejects.toThrow(/no published runs in .*other\.jsonl/);
  });
});

describe('a run of an arm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-arm-'));
  const script = process.argv[1]!;
  afterEach(() => {
    process.argv[1] = script;
    rmSync(folder, { recursive: true, force: true });
  });

  it('is a result once it has ended by itself, not where it was stopped or has failed', async () => {
    const trains = join(folder, 'trains.mjs');
    const [arm] = experiment.arms;
    process.argv[1] = trains;
    const results = join(folder, 'results');
    const endsBy = (ended: string) => {
      writeFileSync(trains, `console.log('a table'); console.log('${JSON.stringify({ ended })}'); process.exitCode = 1;`);
      return runSeed(experiment, arm!, 7, results, [], new AbortController().signal);
    };
    await expect(endsBy('stopped')).rejects.toThrow(/m3-7 was stopped before its end; the same command goes on/);
    await expect(endsBy('failed')).rejects.toThrow(/m3-7 has failed and is no result/);
    expect(readdirSync(results)).toEqual([]);
    expect(await endsBy('budget')).toMatchObject({ seed: 7, report: { ended: 'budget' } });
    expect(readdirSync(results)).toEqual(['m3-7.json']);
    // Known now: nothing is run.
    expect((await endsBy('stopped')).report.ended).toBe('budget');
  });
});
