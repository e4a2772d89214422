import { median } from '../../base';
import { formatMarkdownTable } from '../table';
import type { TrainingReport } from '../train/report';
import type { Arm, Experiment } from './definitions';
import { heldTargetsTable } from './held-targets-table';
import { medianInterval } from './median-interval';
import { drawSolved } from './plot';
import type { SeedResult } from './run-arm';

export interface ArmResult {
  readonly arm: Arm;
  /** By seed, in order. */
  readonly runs: readonly SeedResult[];
}

/**
 * Simulations until all circuits had met their targets; null where one had not. Those of training until each circuit had, and all
 * evaluation of the run: also that which follows a met target, of which an optimiser has none.
 */
export function simulationsToTarget({ stepsToTarget, simulations }: TrainingReport): number | null {
  const steps = Object.values(stepsToTarget);
  if (steps.some((count) => count === null)) return null;
  return steps.reduce<number>((sum, count) => sum + count!, simulations.evaluation);
}

/** The page of an experiment, and its plot where it has one. `sections` come after the table. */
export function writeReport(
  experiment: Experiment,
  results: readonly ArmResult[],
  command: string,
  sections: readonly string[] = [],
): { readonly page: string; readonly plot: string | null } {
  const finished = results.filter(({ runs }) => runs.length > 0);
  const simulations = experiment.shows === 'simulations';
  const body = simulations
    ? [
        simulationsTable(experiment, finished),
        `![Share of seeds that have met all targets, by simulations](${experiment.id}.svg)`,
        'Simulations are those of training until each circuit had met its target, and all evaluation of the run: also the up to 30 of each ' +
          'circuit that follow a met target, of which an optimiser has none. A run that met not all of its targets counts as more than any ' +
          'that did; intervals are order statistics that cover the median with 95 % (none below six seeds). Medians of single circuits are ' +
          'training simulations of that circuit, over the runs that met it.',
      ]
    : [heldTargetsTable(finished)];
  const page = [
    `# ${experiment.title}`,
    experiment.question,
    ...body,
    ...sections,
    ...describeTimeOuts(finished),
    `${describeSeeds(finished)} ${describeOrigins(finished.flatMap(({ runs }) => runs))} Written by \`${command}\`; [every run](${experiment.id}.jsonl).`,
  ];
  return { page: `${page.join('\n\n')}\n`, plot: simulations ? drawSolved(finished, experiment.title) : null };
}

/** More simulations than any run makes. */
const UNMET = Number.MAX_SAFE_INTEGER;

function simulationsTable({ circuits }: Experiment, results: readonly ArmResult[]): string {
  const several = circuits.length > 1;
  const rows = results.map(({ arm, runs }) => {
    const counts = runs.map(({ report }) => simulationsToTarget(report));
    const met = counts.filter((count) => count !== null);
    const capped = counts.map((count) => count ?? UNMET);
    // The mean of a middle pair is no count of either where one of them is no count at all.
    const shown = (count: number) => (count >= UNMET / 2 ? `> ${arm.budget}` : String(count));
    const interval = medianInterval(capped);
    return [
      arm.title,
      `${met.length} of ${runs.length}`,
      shown(median(capped)),
      interval ? interval.map(shown).join(' … ') : '',
      met.length > 0 ? `${Math.min(...met)} … ${Math.max(...met)}` : '',
      ...(several
        ? circuits.map((id) => ((arm.circuits ?? circuits).includes(id) ? circuitCell(id, runs) : ''))
        : [counts.map((count) => count ?? `> ${arm.budget}`).join(', ')]),
      `${median(runs.map(({ report }) => report.seconds)).toFixed(0)} s`,
    ];
  });
  const titles = [
    'agent',
    'met',
    'median',
    'interval',
    'range of those that met',
    ...(several ? circuits : ['by seed']),
    'median time',
  ];
  return formatMarkdownTable(titles, rows);
}

/** `8 of 10: 212`: how many seeds met a circuit's target, and their median of its own simulations. */
function circuitCell(id: string, runs: readonly SeedResult[]): string {
  const met = runs.flatMap(({ report }) => report.stepsToTarget[id] ?? []);
  return `${met.length} of ${runs.length}${met.length > 0 ? `: ${median(met)}` : ''}`;
}

/** A machine's speed decides what runs out of time, and so a run of the same seed may differ elsewhere; nothing where nothing did. */
function describeTimeOuts(results: readonly ArmResult[]): string[] {
  const late = results.flatMap(({ arm, runs }) =>
    runs.flatMap(({ seed, report: { timedOut = 0 } }) => (timedOut > 0 ? [`${arm.title}, seed ${seed}: ${timedOut}`] : [])),
  );
  return late.length > 0
    ? [`Simulations that ran out of time (on a faster machine they might not have): ${late.join('; ')}.`]
    : [];
}

/** `Seeds 1, 2, 3.`, and which arms have others. */
function describeSeeds(results: readonly ArmResult[]): string {
  const lists = results.map(({ arm, runs }) => ({ title: arm.title, seeds: runs.map(({ seed }) => seed).join(', ') }));
  const usual = lists.map(({ seeds }) => seeds).reduce((longest, seeds) => (seeds.length > longest.length ? seeds : longest), '');
  const others = lists.filter(({ seeds }) => seeds !== usual).map(({ title, seeds }) => `${title}: ${seeds}`);
  return `Seeds ${usual}${others.length > 0 ? ` (${others.join('; ')})` : ''}.`;
}

/** `machine, graphics card that computed, date, commit`, and another such where runs of one page differ. */
function describeOrigins(runs: readonly SeedResult[]): string {
  const texts = runs.map(({ origin: { machine, date, commit }, report: { executor } }) => {
    const device = executor?.kind === 'webgpu' ? `, ${executor.description}` : '';
    return `${machine}${device}, ${date}, commit ${commit}.`;
  });
  return [...new Set(texts)].join(' ');
}
