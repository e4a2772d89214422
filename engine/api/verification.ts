/** What one sizing does under other conditions: process corners, supplies, temperatures, transistors that differ from each other. */
import type { Interval } from '../base';
import { mean, shareInterval, standardDeviation } from '../base';
import type { Evaluation } from './circuit';
import type { CircuitInfo } from './circuit-info';

/** One evaluation of the sizing under some conditions. */
export interface Verified {
  /** `ff, 2.97 V, 125 °C`; `sample 3` */
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

/** Share of samples that meet every spec, with its 95 % interval. */
export interface Yield {
  readonly share: number;
  readonly interval: Interval;
}

export function spreadsOf({ specs }: Pick<CircuitInfo, 'specs'>, all: readonly Verified[]): readonly SpecSpread[] {
  const valid = all.filter(({ evaluation }) => evaluation.valid);
  return specs.map(({ name }, i) => {
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

/** What to know before a yield, or a mean over its samples, is believed: a sentence each. */
export function yieldCaveats({ yieldCaveat }: Pick<CircuitInfo, 'yieldCaveat'>, samples: readonly Verified[]): readonly string[] {
  const valid = samples.filter(({ evaluation }) => evaluation.valid).length;
  return [
    ...(yieldCaveat === undefined ? [] : [`This yield says nothing about the circuit: ${yieldCaveat}.`]),
    ...(valid < samples.length ? [`Worst, mean and σ are of valid samples only: ${valid} of ${samples.length}.`] : []),
  ];
}

/** Null without samples. */
export function yieldOf(samples: readonly Verified[]): Yield | null {
  if (samples.length === 0) return null;
  const good = samples.filter(({ met }) => met).length;
  return { share: good / samples.length, interval: shareInterval(good, samples.length) };
}
