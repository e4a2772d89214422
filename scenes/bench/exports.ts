/** What is on the bench as text: a command line that replays it, and tables for other tools. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Plot } from './waves';

const SUFFIXES = [
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'u'],
  [1e-9, 'n'],
  [1e-12, 'p'],
  [1e-15, 'f'],
] as const;

/** `20u`, `1.5p`: six significant digits, enough to get the same result. */
export function withSuffix(value: number): string {
  const found = SUFFIXES.find(([factor]) => Math.abs(value) >= factor * 0.9999999) ?? SUFFIXES[SUFFIXES.length - 1];
  return `${Number((value / found[0]).toPrecision(6))}${found[1]}`;
}

/** The command that simulates this sizing in a terminal. */
export function commandLine(info: CircuitInfo, parameters: ArrayLike<number>): string {
  const sets = info.parameters.map(({ name }, p) => `--set ${name}=${withSuffix(parameters[p])}`);
  return `npx ohmba simulate ${info.id} ${sets.join(' ')}`;
}

/** Sizing and measures in SI units, one a line. */
export function sizingCsv(info: CircuitInfo, parameters: ArrayLike<number>, measures: ArrayLike<number> | null): string {
  const lines = [
    'name,value,unit,target',
    ...info.parameters.map(({ name, unit }, p) => `${name},${parameters[p]},${unit},`),
    ...info.specs.map(({ name, unit, target }, s) => `${name},${measures?.[s] ?? ''},${unit},${target}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Every trace of a plot over its axis. */
export function plotCsv({ axis, unit, traces }: Plot): string {
  const head = [axis, ...traces.map(({ name }) => `${name} [${unit}]`)].map((text) => `"${text}"`).join(',');
  const rows = Array.from(traces[0]?.axis ?? [], (x, i) => [x, ...traces.map(({ values }) => values[i])].join(','));
  return `${[head, ...rows].join('\n')}\n`;
}
