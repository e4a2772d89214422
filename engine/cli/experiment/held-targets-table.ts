import type { HeldResult } from '../../api/engine';
import { formatMarkdownTable } from '../table';
import type { ArmResult } from './report';

/** What became of held targets: a row for each arm, circuit, way of acting and start; seeds together, easy and hard apart. */
export function heldTargetsTable(results: readonly ArmResult[]): string {
  const rows = results.flatMap(({ arm, runs }) => {
    const all = runs.flatMap(({ report }) => report.held ?? []);
    const circuits = [...new Set(all.map(({ circuit }) => circuit))];
    return circuits.flatMap((circuit) =>
      (['plain', 'ranked', 'search'] as const).flatMap((policy) =>
        (['published', 'random'] as const).flatMap((start) => {
          const these = all.filter((one) => one.circuit === circuit && one.policy === policy && one.start === start);
          if (these.length === 0) return [];
          const kind = (targets: HeldResult['targets']) => rate(these.filter((one) => one.targets === targets));
          const met = sum(these, 'met');
          const each = (field: 'simulations' | 'simulationsOfMet') => (met > 0 ? (sum(these, field) / met).toFixed(1) : '');
          const counts = [rate(these), kind('easy'), kind('hard'), each('simulationsOfMet'), each('simulations')];
          return [[arm.title, String(runs.length), circuit, policy, start, ...counts]];
        }),
      ),
    );
  });
  const titles = [
    'agent',
    'seeds',
    'circuit',
    'way',
    'start',
    'met',
    'easy',
    'hard',
    'simulations of those met',
    'of all, for each met',
  ];
  return formatMarkdownTable(titles, rows);
}

function rate(results: readonly HeldResult[]): string {
  const episodes = sum(results, 'episodes');
  const met = sum(results, 'met');
  return episodes > 0 ? `${((100 * met) / episodes).toFixed(1)} % (${met} of ${episodes})` : '';
}

function sum(results: readonly HeldResult[], field: 'episodes' | 'met' | 'simulations' | 'simulationsOfMet'): number {
  return results.reduce((total, result) => total + result[field], 0);
}
