import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../engine/cli/experiment/definitions';
import { writeReport } from '../../engine/cli/experiment/report';

const experiment: Experiment = {
  id: 'demo',
  title: 'Demo',
  question: 'Who is first?',
  circuits: ['a'],
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
      simulations: { training: 1, evaluation: 0 },
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

  it('take medians over seeds with unsolved runs as more than the budget', () => {
    expect(page).toContain('| M3 | 2 of 3 | 200 | 100 … 200 | 100, > 400, 200 | 20 s |');
    expect(page).toContain('| Random | 1 of 3 | > 100 | 50 … 50 | > 100, > 100, 50 | 20 s |');
  });

  it('say where they come from, once for all runs alike', () => {
    expect(page).toContain('Seeds 1, 2, 3. a machine, 2026-01-01, commit abc. Written by `npx ohmba experiment demo`.');
  });

  it('draw a line for each arm that rises with every solved seed', () => {
    const lines = [...plot.matchAll(/<path d="(M[^"]*)" fill="none"/g)].map(([, path]) => path!);
    expect(lines.map((path) => path.split('V').length - 1)).toEqual([2, 1]);
    expect(plot).toContain('>Random</text>');
  });
});
