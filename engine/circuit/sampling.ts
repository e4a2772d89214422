import type { CircuitDefinition, Evaluation, FailureClass, Simulator } from '../api/circuit';
import { sizingToPhysical, toUnit } from '../api/parameter-space';
import { quantile, RandomStream } from '../base';
import { score } from './reward';

export type Mapping = 'log' | 'linear';

export interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  /** `log`: uniform in the normalised space; `linear`: uniform in physical values. */
  readonly mapping: Mapping;
  /** Called after each evaluation. */
  readonly onProgress?: (done: number) => void;
}

export interface Sample {
  /** Physical values, [P]. */
  readonly parameters: Float64Array;
  readonly evaluation: Evaluation;
}

/** Random sizings; the same for the same seed, whatever simulates them. */
export function randomSizings(circuit: CircuitDefinition, { count, seed, mapping }: SampleOptions): Float64Array[] {
  const random = new RandomStream(seed).split(`${circuit.id} ${mapping}`);
  return Array.from({ length: count }, () => {
    const u = circuit.parameters.map((parameter) => {
      const draw = random.uniform();
      return mapping === 'log' ? draw : toUnit(parameter, parameter.minimum + (parameter.maximum - parameter.minimum) * draw);
    });
    return sizingToPhysical(circuit.parameters, u);
  });
}

/** Random single steps from the start: each parameter by up to `scale` of its range, in the normalised space. */
export function randomStepsFromStart(circuit: CircuitDefinition, count: number, seed: number, scale: number): Float64Array[] {
  const random = new RandomStream(seed).split(`${circuit.id} steps`);
  const start = circuit.parameters.map((parameter) => toUnit(parameter, parameter.initial));
  return Array.from({ length: count }, () =>
    sizingToPhysical(
      circuit.parameters,
      start.map((u) => u + random.between(-scale, scale)),
    ),
  );
}

/** Evaluates sizings as many at once as the simulator takes; results in the order given. */
export async function evaluateSizings(
  circuit: CircuitDefinition,
  simulator: Simulator,
  sizings: readonly Float64Array[],
  onProgress: (done: number) => void = () => {},
): Promise<Sample[]> {
  const samples: Sample[] = new Array(sizings.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < sizings.length) {
      const i = next++;
      const parameters = sizings[i]!;
      samples[i] = { parameters, evaluation: await simulator.evaluate({ circuitId: circuit.id, parameters }) };
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: simulator.capacity }, work));
  return samples;
}

export async function sampleCircuit(circuit: CircuitDefinition, simulator: Simulator, options: SampleOptions): Promise<Sample[]> {
  return evaluateSizings(circuit, simulator, randomSizings(circuit, options), options.onProgress);
}

export interface SampleSummary {
  readonly count: number;
  readonly valid: number;
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>;
  /** Of valid points: measure by spec name at 5, 25, 50, 75 and 95 %. */
  readonly percentiles: Readonly<Record<string, readonly number[]>>;
  /** Points that meet the targets. */
  readonly met: number;
  readonly meanMilliseconds: number;
}

export const PERCENTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

export function summariseSamples(
  circuit: CircuitDefinition,
  samples: readonly Sample[],
  targets: ArrayLike<number>,
): SampleSummary {
  const valid = samples.filter(({ evaluation }) => evaluation.valid);
  const failures: Partial<Record<FailureClass, number>> = {};
  for (const { evaluation } of samples) {
    if (evaluation.failure) failures[evaluation.failure] = (failures[evaluation.failure] ?? 0) + 1;
  }
  const percentiles = circuit.specs.map(({ name }, i) => {
    const values = valid.map(({ evaluation }) => evaluation.measures[i]!);
    return [name, PERCENTILES.map((share) => quantile(values, share))] as const;
  });
  return {
    count: samples.length,
    valid: valid.length,
    failures,
    percentiles: Object.fromEntries(percentiles),
    met: countMet(circuit, samples, targets),
    meanMilliseconds: samples.reduce((sum, { evaluation }) => sum + evaluation.milliseconds, 0) / Math.max(1, samples.length),
  };
}

export function countMet(circuit: CircuitDefinition, samples: readonly Sample[], targets: ArrayLike<number>): number {
  return samples.filter(({ evaluation: { measures, valid } }) => score(circuit.specs, measures, valid, targets).met).length;
}

/**
 * Targets that some sizing is known to meet: draws a target from the specs' ranges and keeps it if a sample meets it; that
 * sample is its witness. Returns fewer than asked for where too few draws can be met.
 */
export function drawHeldTargets(
  circuit: CircuitDefinition,
  witnesses: readonly Sample[],
  count: number,
  seed: number,
): { readonly target: Float64Array; readonly witness: Sample }[] {
  const random = new RandomStream(seed).split(`${circuit.id} targets`);
  const valid = witnesses.filter(({ evaluation }) => evaluation.valid);
  const held: { target: Float64Array; witness: Sample }[] = [];
  for (let draw = 0; draw < 200 * count && held.length < count; draw++) {
    const target = Float64Array.from(circuit.specs, ({ range, transform }) => {
      const share = random.uniform();
      const { easy, hard } = range;
      return transform.scale === 'log' ? easy * (hard / easy) ** share : easy + (hard - easy) * share;
    });
    const witness = valid.find(({ evaluation }) => score(circuit.specs, evaluation.measures, true, target).met);
    if (witness) held.push({ target, witness });
  }
  return held;
}
