import type { Observation } from '../api';
import type { Expectation } from './ensemble';

/**
 * How far expectations were off on results that nobody had seen: each is noted before the simulation and settled by
 * what it says. Running means, per circuit.
 */
export interface Surprise {
  /** @param expectation null where nothing is expected of the sizing that comes next in a slot */
  expect(slot: number, expectation: Expectation | null): void;
  compare(seen: Observation): void;
  /** Mean absolute error of z over valid points; NaN before the first. */
  error(circuit: number): number;
  /** By name, circuit by circuit: see engine/learn/README.md. */
  metrics(): Record<string, number>;
  state(): SurpriseState;
  restore(state: SurpriseState): void;
}

interface RunningMean {
  count: number;
  mean: number;
}

type MeanName = 'error' | 'squaredError' | 'variance' | 'coverage' | 'validityHits';

export interface SurpriseState {
  readonly expected: ReadonlyMap<number, Expectation>;
  /** By circuit. */
  readonly means: ReadonlyMap<number, Readonly<Partial<Record<MeanName, Readonly<RunningMean>>>>>;
}

/** Weight of the newest result, once there are so many that a plain mean would give it less. */
const NEWEST = 0.05;

/** @param group in which the metrics stand: `model` gives `model/error/0` and so on */
export function createSurprise(group: string): Surprise {
  const expected = new Map<number, Expectation>();
  const means = new Map<number, Partial<Record<MeanName, RunningMean>>>();
  const update = (circuit: number, name: MeanName, value: number) => {
    const own = means.get(circuit) ?? {};
    means.set(circuit, own);
    own[name] ??= { count: 0, mean: 0 };
    own[name].count++;
    own[name].mean += Math.max(NEWEST, 1 / own[name].count) * (value - own[name].mean);
  };
  const meanOf = (circuit: number, name: MeanName) => means.get(circuit)?.[name]?.mean ?? Number.NaN;
  return {
    error: (circuit) => meanOf(circuit, 'error'),
    expect(slot, expectation) {
      if (expectation) expected.set(slot, expectation);
      else expected.delete(slot);
    },
    compare({ slot, circuit: { index }, from, z, valid }) {
      const told = expected.get(slot);
      if (!told || from === null) return;
      expected.delete(slot);
      update(index, 'validityHits', told.validity > 0.5 === valid ? 1 : 0);
      if (!valid) return;
      const overSpecs = (of: (miss: number, spread: number) => number) =>
        z.reduce((sum, value, i) => sum + of(Math.abs(value - told.z[i]!), told.spread[i]!), 0) / z.length;
      update(
        index,
        'error',
        overSpecs((miss) => miss),
      );
      update(
        index,
        'squaredError',
        overSpecs((miss) => miss ** 2),
      );
      update(
        index,
        'variance',
        overSpecs((_, spread) => spread ** 2),
      );
      update(
        index,
        'coverage',
        overSpecs((miss, spread) => (miss <= 2 * spread ? 1 : 0)),
      );
    },
    metrics() {
      const shown: Readonly<Record<string, (circuit: number) => number>> = {
        error: (circuit) => meanOf(circuit, 'error'),
        errorToSpread: (circuit) => Math.sqrt(meanOf(circuit, 'squaredError') / Math.max(meanOf(circuit, 'variance'), 1e-12)),
        coverage: (circuit) => meanOf(circuit, 'coverage'),
        validityHits: (circuit) => meanOf(circuit, 'validityHits'),
      };
      const all = [...means.keys()].flatMap((circuit) =>
        Object.entries(shown).map(([name, of]) => [`${group}/${name}/${circuit}`, of(circuit)] as const),
      );
      return Object.fromEntries(all.filter(([, value]) => !Number.isNaN(value)));
    },
    state: () => ({ expected: new Map(expected), means: structuredClone(means) }),
    restore(state) {
      expected.clear();
      for (const [slot, expectation] of state.expected) expected.set(slot, expectation);
      means.clear();
      for (const [circuit, own] of structuredClone(state.means)) means.set(circuit, own);
    },
  };
}
