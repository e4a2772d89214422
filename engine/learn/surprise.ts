import type { Observation, Proposal } from '../api';
import type { Expectation } from './ensemble';

/**
 * How far the neural simulator was off on results it had not seen: every proposal comes with a prediction, every
 * observation settles it. Running means, per circuit.
 */
export interface Surprise {
  expect(proposal: Proposal): void;
  compare(seen: Observation): void;
  /** Mean absolute error of z over valid points, by circuit; NaN or nothing before the first. */
  readonly errors: readonly number[];
  metrics(): Record<string, number>;
  state(): SurpriseState;
  restore(state: SurpriseState): void;
}

export interface SurpriseState {
  readonly expected: ReadonlyMap<number, Expectation>;
  readonly errors: readonly number[];
  readonly ratios: readonly number[];
  readonly hits: readonly number[];
  readonly covered: readonly number[];
}

/** Weight of the newest result in the running means. */
const NEWEST = 0.05;

export function createSurprise(): Surprise {
  const expected = new Map<number, Expectation>();
  const errors: number[] = [];
  const ratios: number[] = [];
  const hits: number[] = [];
  const covered: number[] = [];
  const update = (means: number[], i: number, value: number) => {
    while (means.length <= i) means.push(Number.NaN);
    means[i] = Number.isNaN(means[i]!) ? value : means[i]! + NEWEST * (value - means[i]!);
  };
  return {
    errors,
    expect(proposal) {
      if (proposal.predicted) expected.set(proposal.slot, proposal.predicted);
      else expected.delete(proposal.slot);
    },
    compare(seen) {
      const prediction = expected.get(seen.slot);
      if (!prediction || seen.from === null) return;
      expected.delete(seen.slot);
      const circuit = seen.circuit.index;
      update(hits, circuit, prediction.validity > 0.5 === seen.valid ? 1 : 0);
      if (!seen.valid) return;
      let error = 0;
      let spread = 0;
      let within = 0;
      seen.z.forEach((z, i) => {
        const miss = Math.abs(z - prediction.z[i]!);
        error += miss;
        if (miss <= 2 * prediction.spread[i]!) within++;
        spread += prediction.spread[i]!;
      });
      update(errors, circuit, error / seen.z.length);
      update(covered, circuit, within / seen.z.length);
      update(ratios, circuit, error / Math.max(spread, 1e-6));
    },
    metrics() {
      const result: Record<string, number> = {};
      errors.forEach((error, i) => {
        if (!Number.isNaN(error)) result[`model/error/${i}`] = error;
        if (!Number.isNaN(ratios[i]!)) result[`model/errorToSpread/${i}`] = ratios[i]!;
        if (!Number.isNaN(covered[i]!)) result[`model/coverage/${i}`] = covered[i]!;
        if (!Number.isNaN(hits[i]!)) result[`model/validityHits/${i}`] = hits[i]!;
      });
      return result;
    },
    state: () => ({
      expected: new Map(expected),
      errors: [...errors],
      ratios: [...ratios],
      hits: [...hits],
      covered: [...covered],
    }),
    restore(state) {
      expected.clear();
      for (const [slot, prediction] of state.expected) expected.set(slot, prediction);
      errors.splice(0, errors.length, ...state.errors);
      ratios.splice(0, ratios.length, ...state.ratios);
      hits.splice(0, hits.length, ...state.hits);
      covered.splice(0, covered.length, ...state.covered);
    },
  };
}
