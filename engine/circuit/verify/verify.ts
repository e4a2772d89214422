import type { CircuitDefinition, Evaluation, Simulator } from '../../api/circuit';
import { hasMismatch } from '../../api/matching';
import { mean, OhmbaError, standardDeviation } from '../../base';
import { benchmarkTargets, score } from '../reward';
import { atCorner, type Corner, withSample } from './corners';
import { type Interval, shareInterval } from './yield';

/** One evaluation of the sizing under some conditions. */
export interface Verified {
  readonly title: string;
  readonly evaluation: Evaluation;
  /** Normalised distance to each spec, [S]; -1 where there is no measure. */
  readonly distances: Float32Array;
  readonly met: boolean;
}

/** What conditions do to one spec. */
export interface SpecSpread {
  readonly name: string;
  /** Least favourable value of a valid evaluation, and where; NaN where none was valid. */
  readonly worst: number;
  readonly at: string;
  readonly mean: number;
  readonly sigma: number;
  /** Evaluations that meet it, invalid ones not among them. */
  readonly met: number;
}

export interface Verification {
  readonly corners: readonly Verified[];
  readonly samples: readonly Verified[];
  readonly cornerSpecs: readonly SpecSpread[];
  readonly sampleSpecs: readonly SpecSpread[];
  /** Share of samples that meet every spec, with its 95 % interval. */
  readonly yield: { readonly share: number; readonly interval: Interval } | null;
}

export interface VerifyOptions {
  readonly corners: readonly Corner[];
  /** Mismatch samples at nominal conditions. */
  readonly samples: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Simulates one sizing at every corner and with every mismatch sample, as many at once as the simulator takes.
 * @throws OhmbaError where samples are asked for and mismatch of the process is not known
 */
export async function verifySizing(
  circuit: CircuitDefinition,
  simulator: Simulator,
  parameters: Float64Array,
  { corners, samples, seed, onProgress = () => {} }: VerifyOptions,
): Promise<Verification> {
  if (samples > 0 && !hasMismatch(circuit.process.library))
    throw new OhmbaError({
      what: `mismatch of ${circuit.process.library} is not known`,
      expected: 'a circuit in gf180',
      todo: 'leave the Monte Carlo samples out',
    });
  const targets = benchmarkTargets(circuit.specs);
  let done = 0;
  const one = async (title: string, variant: CircuitDefinition): Promise<Verified> => {
    simulator.register(variant);
    const evaluation = await simulator.evaluate({ circuitId: variant.id, parameters });
    const { distances, met } = score(circuit.specs, evaluation.measures, evaluation.valid, targets);
    onProgress(++done);
    return { title, evaluation, distances, met };
  };
  const atCorners = await Promise.all(corners.map((corner) => one(corner.title, atCorner(circuit, corner))));
  const sampled = await Promise.all(
    Array.from({ length: samples }, (_, i) => one(`sample ${seed + i}`, withSample(circuit, seed + i))),
  );
  const good = sampled.filter(({ met }) => met).length;
  return {
    corners: atCorners,
    samples: sampled,
    cornerSpecs: spreads(circuit, atCorners),
    sampleSpecs: spreads(circuit, sampled),
    yield: samples > 0 ? { share: good / samples, interval: shareInterval(good, samples) } : null,
  };
}

function spreads(circuit: CircuitDefinition, all: readonly Verified[]): SpecSpread[] {
  const valid = all.filter(({ evaluation }) => evaluation.valid);
  return circuit.specs.map(({ name }, i) => {
    const values = valid.map(({ evaluation }) => evaluation.measures[i]!);
    const worst = valid.reduce<Verified | null>((a, b) => (a === null || b.distances[i]! < a.distances[i]! ? b : a), null);
    return {
      name,
      worst: worst?.evaluation.measures[i] ?? Number.NaN,
      at: worst?.title ?? 'no valid one',
      mean: mean(values),
      sigma: standardDeviation(values),
      met: valid.filter(({ distances }) => distances[i]! >= 0).length,
    };
  });
}
