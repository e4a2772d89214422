import type { CircuitInfo } from '../../api/circuit-info';
import type { HeldResult, RunResult } from '../../api/engine';
import type { CircuitProgress } from '../../api/snapshot';
import { formatQuantity } from '../../base';
import { formatMeasure } from '../format-measure';
import { formatTable } from '../table';

/** The last line of `train --json`. */
export interface TrainingReport {
  /** How it ended; left out by earlier versions. */
  readonly ended?: RunResult['reason'];
  /** Why, where it has failed. */
  readonly failure?: string;
  readonly met: Readonly<Record<string, boolean>>;
  readonly simulations: { readonly training: number; readonly evaluation: number };
  /** Simulations that ran out of time, which depends on the machine and makes another run of the same seed; left out by earlier versions. */
  readonly timedOut?: number;
  readonly stepsToTarget: Readonly<Record<string, number | null>>;
  readonly seconds: number;
  readonly updates: number;
  /** What computed; left out by earlier versions. */
  readonly executor?: { readonly kind: string; readonly description: string };
  /** Held targets, where they were asked for. */
  readonly held?: readonly HeldResult[];
  readonly best: Readonly<
    Record<
      string,
      { readonly parameters: Readonly<Record<string, number>>; readonly measures: Readonly<Record<string, number | null>> } | null
    >
  >;
}

export function trainingReport(
  { reason, failure, snapshot, held }: Pick<RunResult, 'reason' | 'failure' | 'snapshot' | 'held'>,
  circuits: readonly CircuitInfo[],
  executor: NonNullable<TrainingReport['executor']>,
): TrainingReport {
  const each = <T>(value: (progress: CircuitProgress, circuit: CircuitInfo) => T): Record<string, T> =>
    Object.fromEntries(
      snapshot.progress.map((progress) => {
        const circuit = circuits[progress.circuit]!;
        return [circuit.id, value(progress, circuit)];
      }),
    );
  return {
    ended: reason,
    ...(failure !== '' && { failure }),
    met: each(({ best }) => best?.met ?? false),
    simulations: { training: snapshot.simulations.training, evaluation: snapshot.simulations.evaluation },
    timedOut: snapshot.progress.reduce((sum, { timedOut }) => sum + timedOut, 0),
    stepsToTarget: each(({ stepsToTarget }) => stepsToTarget),
    seconds: Math.round(snapshot.seconds * 1000) / 1000,
    updates: snapshot.updates,
    executor: { kind: executor.kind, description: executor.description },
    ...(held && { held }),
    best: each(
      ({ best }, { parameters, specs }) =>
        best && {
          parameters: named(parameters, best.parameters),
          measures: measuresByName(specs, best.measures),
        },
    ),
  };
}

function named(definitions: readonly { readonly name: string }[], values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(definitions.map(({ name }, i) => [name, values[i]!]));
}

/** JSON has no NaN: a measure that is missing is null. */
export function measuresByName(
  definitions: readonly { readonly name: string }[],
  values: ArrayLike<number>,
): Record<string, number | null> {
  return Object.fromEntries(definitions.map(({ name }, i) => [name, Number.isFinite(values[i]) ? values[i]! : null]));
}

/** The sizing that was found, and every measure against its target. */
export function describeResult({ best, stepsToTarget }: CircuitProgress, circuit: CircuitInfo): string {
  const head = stepsToTarget === null ? 'target not met' : `target met after ${stepsToTarget} simulations`;
  if (!best) return `${circuit.id}: ${head}; no valid point was found\n`;
  return `${circuit.id}: ${head}\n\n${sizingTable(circuit, best.parameters)}\n${measureTable(circuit, best.measures, best.distances, true)}`;
}

export function sizingTable({ parameters }: CircuitInfo, values: ArrayLike<number>): string {
  const rows = parameters.map(({ name, title, unit }, i) => [name, formatQuantity(values[i]!, unit, 4), title]);
  return formatTable([{ title: 'parameter' }, { title: 'value', align: 'right' }, { title: '' }], rows);
}

/** @param valid a sizing that is not has measures, perhaps, but meets and misses nothing */
export function measureTable(
  { specs }: CircuitInfo,
  measures: ArrayLike<number>,
  distances: ArrayLike<number>,
  valid: boolean,
): string {
  const rows = specs.map((spec, i) => [
    spec.name,
    formatMeasure(spec, measures[i]!, 4),
    `${spec.direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(spec.target, spec.unit, 4)}`,
    valid ? (distances[i]! >= 0 ? 'met' : 'missed') : 'invalid',
  ]);
  const right = 'right' as const;
  return formatTable(
    [{ title: 'measure' }, { title: 'value', align: right }, { title: 'target', align: right }, { title: '' }],
    rows,
  );
}
