import type { CircuitDefinition, SpecSpread, Verified } from '../../api';
import { yieldCaveats } from '../../api/verification';
import { formatQuantity } from '../../base';
import type { Verification } from '../../circuit/verify/verify';
import { formatMeasure } from '../format-measure';
import { formatTable } from '../table';
import { measuresByName } from '../train/report';

const right = (title: string) => ({ title, align: 'right' as const });
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Worst cases, failing corners and yield, for a person. */
export function describeVerification(circuit: CircuitDefinition, result: Verification, seconds: number): string {
  const { corners, samples, cornerSpecs, sampleSpecs } = result;
  const count = corners.length + samples.length;
  const parts = [`${circuit.id}: ${count} simulations in ${seconds.toFixed(1)} s`];
  if (corners.length > 0) {
    const failing = corners.filter(({ met }) => !met);
    parts.push(
      `\n${corners.length} corners, ${corners.length - failing.length} meet every spec\n`,
      spreadTable(circuit, cornerSpecs, corners.length, false),
      failing.length > 0
        ? `failing corners:\n${failing.map((corner) => `  ${corner.title}: ${faultsOf(circuit, corner)}`).join('\n')}\n`
        : '',
    );
  }
  if (result.yield) {
    const { share, interval } = result.yield;
    parts.push(
      `\n${samples.length} mismatch samples: yield ${percent(share)} (95 %: ${percent(interval.low)} to ${percent(interval.high)})\n`,
      ...yieldCaveats(circuit, samples),
      spreadTable(circuit, sampleSpecs, samples.length, true),
      invalidReasons(samples),
    );
  }
  return parts.filter((part) => part !== '').join('\n');
}

function spreadTable(circuit: CircuitDefinition, spreads: readonly SpecSpread[], count: number, statistics: boolean): string {
  const rows = circuit.specs.map((spec, i) => {
    const { unit, direction, target } = spec;
    const { name, worst, at, mean, sigma, met } = spreads[i]!;
    return [
      name,
      formatMeasure(spec, worst),
      ...(statistics ? [formatQuantity(mean, unit), formatQuantity(sigma, unit)] : []),
      `${direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(target, unit)}`,
      `${met}/${count}`,
      at,
    ];
  });
  const columns = [
    { title: 'spec' },
    right('worst'),
    ...(statistics ? [right('mean'), right('σ')] : []),
    right('target'),
    right('met'),
  ];
  return formatTable([...columns, { title: 'worst at' }], rows);
}

/** Why samples were invalid, the most frequent reason first. */
function invalidReasons(samples: readonly Verified[]): string {
  const reasons = new Map<string, number>();
  for (const { evaluation } of samples) {
    // Without the value that differs from sample to sample: `… (v(out) = 0.012)`.
    const reason = evaluation.failureDetail.replace(/ \((?:[^()]|\([^()]*\))*\)$/, '');
    if (!evaluation.valid) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (reasons.size === 0) return '';
  const rows = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `  ${count}  ${reason}`);
  return `invalid samples:\n${rows.join('\n')}\n`;
}

function faultsOf(circuit: CircuitDefinition, { evaluation, distances }: Verified): string {
  if (!evaluation.valid) return `invalid: ${evaluation.failureDetail}`;
  const missed = circuit.specs.flatMap((spec, i) =>
    distances[i]! < 0 ? [`${spec.name} ${formatMeasure(spec, evaluation.measures[i]!)}`] : [],
  );
  return missed.join(', ');
}

/** Every evaluation as a row: conditions, validity, measures in SI units. */
export function verificationCsv(circuit: CircuitDefinition, { corners, samples }: Verification): string {
  const head = [
    'kind',
    'conditions',
    'met',
    'valid',
    'failure',
    ...circuit.specs.map(({ name, unit }) => (unit ? `${name} (${unit})` : name)),
  ];
  const row = (kind: string, { title, met, evaluation }: Verified) => [
    kind,
    title,
    met,
    evaluation.valid,
    evaluation.failureDetail,
    ...Array.from(evaluation.measures, (value) => (Number.isFinite(value) ? value : '')),
  ];
  const rows = [...corners.map((one) => row('corner', one)), ...samples.map((one) => row('mismatch', one))];
  return [head, ...rows].map((cells) => `${cells.map((cell) => quoted(String(cell))).join(',')}\n`).join('');
}

/** RFC 4180. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

export function verificationReport(
  circuit: CircuitDefinition,
  parameters: Float64Array,
  result: Verification,
  seconds: number,
): object {
  const list = (all: readonly Verified[]) =>
    all.map(({ title, met, evaluation }) => ({
      conditions: title,
      met,
      valid: evaluation.valid,
      failure: evaluation.failure,
      measures: measuresByName(circuit.specs, evaluation.measures),
    }));
  const worst = (spreads: readonly SpecSpread[]) =>
    Object.fromEntries(
      spreads.map(({ name, worst: value, at, met }) => [name, { worst: Number.isFinite(value) ? value : null, at, met }]),
    );
  return {
    circuit: circuit.id,
    parameters: Object.fromEntries(circuit.parameters.map(({ name }, i) => [name, parameters[i]!])),
    corners: { met: result.corners.filter(({ met }) => met).length, of: result.corners.length, specs: worst(result.cornerSpecs) },
    monteCarlo: result.yield && {
      ...result.yield,
      caveats: yieldCaveats(circuit, result.samples),
      of: result.samples.length,
      specs: worst(result.sampleSpecs),
    },
    seconds,
    evaluations: { corners: list(result.corners), samples: list(result.samples) },
  };
}
