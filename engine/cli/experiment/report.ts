import { median } from '../../base';
import { formatMarkdownTable } from '../table';
import type { TrainingReport } from '../train/report';
import type { Arm, Experiment } from './definitions';
import type { Origin } from './origin';
import { drawSolved } from './plot';
import type { SeedResult } from './run-arm';

export interface ArmResult {
  readonly arm: Arm;
  /** By seed, in order. */
  readonly runs: readonly SeedResult[];
}

/** Simulations until all circuits had met their targets; null where one had not. */
export function simulationsToTarget(report: TrainingReport): number | null {
  const steps = Object.values(report.stepsToTarget);
  return steps.some((count) => count === null) ? null : steps.reduce<number>((sum, count) => sum + count!, 0);
}

/** The page of an experiment, and its plot. Medians count an unsolved run as one more than its budget. */
export function writeReport(
  experiment: Experiment,
  results: readonly ArmResult[],
  command: string,
): { readonly page: string; readonly plot: string } {
  const rows = results.map(({ arm, runs }) => {
    const counts = runs.map(({ report }) => simulationsToTarget(report));
    const met = counts.filter((count) => count !== null);
    const middle = median(counts.map((count) => count ?? arm.budget + 1));
    return [
      arm.title,
      `${met.length} of ${runs.length}`,
      middle > arm.budget ? `> ${arm.budget}` : String(middle),
      met.length > 0 ? `${Math.min(...met)} … ${Math.max(...met)}` : '',
      counts.map((count) => count ?? `> ${arm.budget}`).join(', '),
      `${median(runs.map(({ report }) => report.seconds)).toFixed(0)} s`,
    ];
  });
  const table = formatMarkdownTable(['agent', 'met', 'median', 'range of those that met', 'by seed', 'median time'], rows);
  const seeds = results[0]?.runs.map(({ seed }) => seed) ?? [];
  const page = [
    `# ${experiment.title}`,
    experiment.question,
    table,
    `![Share of seeds that have met the target, by simulations](${experiment.id}.svg)`,
    `Seeds ${seeds.join(', ')}. ${describeOrigins(results.flatMap(({ runs }) => runs.map(({ origin }) => origin)))} Written by \`${command}\`.`,
  ];
  return { page: `${page.join('\n\n')}\n`, plot: drawSolved(results, experiment.title) };
}

/** `machine, date, commit`, and another such where runs of one page differ. */
function describeOrigins(origins: readonly Origin[]): string {
  const texts = origins.map(({ machine, date, commit }) => `${machine}, ${date}, commit ${commit}.`);
  return [...new Set(texts)].join(' ');
}
