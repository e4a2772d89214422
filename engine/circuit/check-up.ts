import type { CircuitDefinition, Simulator } from '../api/circuit';
import { initialSizing, sizingToPhysical, toUnit } from '../api/parameter-space';
import { benchmarkTargets } from './reward';
import { evaluateSizings, randomSizings, type Sample, type SampleSummary, summariseSamples } from './sampling';

/** What a circuit is like, from a few dozen simulations. */
export interface CheckUp {
  readonly start: Sample;
  /** Random sizings, log mapping as the agent sees the space. */
  readonly random: SampleSummary;
  /** One message per class of failure, as it came first. */
  readonly reasons: readonly string[];
  /** Smallest and largest of each measure over all valid points, by spec name. */
  readonly ranges: Readonly<Record<string, { readonly minimum: number; readonly maximum: number }>>;
  /** Parameters that change nothing; null where there is no valid point to try them at. */
  readonly dead: readonly string[] | null;
  readonly simulations: number;
}

/** Steps by which each parameter is moved alone, as a share of its range. */
const MOVES = [-0.2, 0.2];
/** Relative change of a measure below which nothing happened. */
const NOTHING = 1e-6;

/**
 * Simulates the start, random sizings, and each parameter moved alone. A netlist that cannot be read at the start cannot be read
 * at any sizing: then that is all.
 */
export async function checkUp(
  circuit: CircuitDefinition,
  simulator: Simulator,
  options: { readonly points: number; readonly seed: number; readonly onProgress?: (done: number) => void },
): Promise<CheckUp> {
  const { points, seed, onProgress = () => {} } = options;
  const [start] = (await evaluateSizings(circuit, simulator, [initialSizing(circuit.parameters)])) as [Sample];
  const count = start.evaluation.failure === 'bad-netlist' ? 0 : points;
  const sizings = randomSizings(circuit, { count, seed, mapping: 'log' });
  const samples = await evaluateSizings(circuit, simulator, sizings, (done) => onProgress(1 + done));
  const valid = [start, ...samples].filter(({ evaluation }) => evaluation.valid);
  const [base] = valid;
  const moves = base ? movesFrom(circuit, base.parameters) : [];
  const moved = await evaluateSizings(
    circuit,
    simulator,
    moves.map(({ sizing }) => sizing),
    (done) => onProgress(1 + count + done),
  );
  const alive = new Set(
    moved.flatMap((sample, i) => (base && differs(sample, base) ? [circuit.parameters[moves[i]!.parameter]!.name] : [])),
  );
  return {
    start,
    random: summariseSamples(circuit, samples, benchmarkTargets(circuit.specs)),
    reasons: firstReasons([start, ...samples]),
    ranges: Object.fromEntries(
      circuit.specs.map(({ name }, i) => {
        const values = valid.map(({ evaluation }) => evaluation.measures[i]!);
        return [name, { minimum: Math.min(...values), maximum: Math.max(...values) }];
      }),
    ),
    dead: base ? circuit.parameters.map(({ name }) => name).filter((name) => !alive.has(name)) : null,
    simulations: 1 + samples.length + moved.length,
  };
}

function movesFrom(circuit: CircuitDefinition, from: Float64Array): { parameter: number; sizing: Float64Array }[] {
  const u = circuit.parameters.map((parameter, i) => toUnit(parameter, from[i]!));
  return circuit.parameters.flatMap((_, parameter) =>
    MOVES.map((move) => {
      const moved = u.map((value, i) => (i === parameter ? Math.min(1, Math.max(0, value + move)) : value));
      return { parameter, sizing: sizingToPhysical(circuit.parameters, moved) };
    }),
  );
}

function differs({ evaluation }: Sample, base: Sample): boolean {
  if (!evaluation.valid) return true;
  return evaluation.measures.some((value, i) => {
    const before = base.evaluation.measures[i]!;
    return Math.abs(value - before) > NOTHING * Math.max(Math.abs(value), Math.abs(before));
  });
}

function firstReasons(samples: readonly Sample[]): string[] {
  const reasons = new Map<string, string>();
  for (const { evaluation } of samples) {
    const { failure, failureDetail } = evaluation;
    if (failure && !reasons.has(failure)) reasons.set(failure, `${failure}: ${failureDetail}`);
  }
  return [...reasons.values()];
}
