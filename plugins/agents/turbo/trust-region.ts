import { condition, firstKernel, fitKernel, type Kernel, type KernelFamily } from '../../../engine/api';

export interface RandomSource {
  uniform(): number;
  normal(): number;
}

export interface TrustRegionOptions {
  readonly start: ArrayLike<number>;
  /** Points of a Latin hypercube that a search begins with, per parameter. */
  readonly initialPerParameter: number;
  readonly candidates: number;
  /** The model sees at most so many points, those nearest to the best: its cost grows with the third power. */
  readonly mostPoints: number;
  readonly random: RandomSource;
}

export interface TrustRegionState {
  readonly points: readonly Float64Array[];
  readonly values: readonly number[];
  readonly waiting: readonly Float64Array[];
  readonly length: number;
  readonly successes: number;
  readonly failures: number;
  readonly restarts: number;
  readonly logs: Float64Array;
}

export interface TrustRegion {
  /** Points to evaluate next, all at once. */
  ask(count: number): Float64Array[];
  /** What they were worth; larger is better. */
  tell(batch: readonly { readonly x: Float64Array; readonly value: number }[]): void;
  readonly length: number;
  readonly restarts: number;
  state(): TrustRegionState;
  restore(state: TrustRegionState): void;
}

/** Side of the trust region: at first, at least (then the search starts again), at most. */
const LENGTH = { first: 0.8, least: 0.5 ** 7, most: 1.6 };
const SUCCESSES = 3;
/** Bounds as in the authors' code. */
const FAMILY: KernelFamily = {
  firstLength: 0.5,
  length: [0.005, 2],
  signal: [0.05, 20],
  noise: [1e-6, 1e-2],
  linear: null,
  lengthPrior: null,
};
const FIRST_STEPS = 60;
const STEPS = 10;

/**
 * TuRBO-1 (Eriksson et al., arXiv 1910.01739): a Gaussian process in a trust region around the best point, candidates by
 * Thompson sampling, the region growing with success and shrinking with failure, a new search where it has shrunk away.
 */
export function createTrustRegion(options: TrustRegionOptions): TrustRegion {
  const { random, start } = options;
  const d = start.length;
  let points: Float64Array[] = [];
  let values: number[] = [];
  let waiting: Float64Array[] = hypercube(Float64Array.from(start));
  let length = LENGTH.first;
  let successes = 0;
  let failures = 0;
  let restarts = 0;
  let kernel: Kernel = firstKernel(d, FAMILY);
  let fitted = false;

  function hypercube(first: Float64Array | null): Float64Array[] {
    const count = options.initialPerParameter * d;
    const columns = Array.from({ length: d }, () => shuffled(count, random));
    const drawn = Array.from({ length: count }, (_, i) =>
      Float64Array.from(columns, (column) => (column[i]! + random.uniform()) / count),
    );
    return first ? [first, ...drawn] : drawn;
  }

  function ask(count: number): Float64Array[] {
    const asked = waiting.splice(0, count);
    while (asked.length < count && points.length < 2) asked.push(Float64Array.from({ length: d }, () => random.uniform()));
    return asked.length < count ? [...asked, ...sampled(count - asked.length)] : asked;
  }

  function sampled(count: number): Float64Array[] {
    const best = points[values.indexOf(Math.max(...values))]!;
    const kept = nearest(best);
    const seen = kept.map((i) => points[i]!);
    const standard = standardised(kept.map((i) => values[i]!));
    kernel = fitKernel(seen, standard, kernel, FAMILY, fitted ? STEPS : FIRST_STEPS);
    fitted = true;
    const candidates = around(best);
    const draw = condition(seen, standard, kernel)?.drawAt(candidates);
    const taken = new Set<number>();
    return Array.from({ length: count }, () => {
      const drawn = draw?.(() => random.normal()) ?? candidates.map(() => random.uniform());
      let choice = -1;
      for (const [i, value] of drawn.entries()) if (!taken.has(i) && (choice < 0 || value > drawn[choice]!)) choice = i;
      taken.add(choice);
      return candidates[choice]!;
    });
  }

  /** Candidates in the region, whose sides follow the length scales; each changes a few of the best point's parameters. */
  function around(best: Float64Array): Float64Array[] {
    const scales = Float64Array.from({ length: d }, (_, i) => Math.exp(kernel.logs[i]!));
    const middle = Math.exp(scales.reduce((sum, scale) => sum + Math.log(scale), 0) / d);
    const share = Math.min(1, 20 / d);
    return Array.from({ length: options.candidates }, () => {
      const always = Math.floor(random.uniform() * d);
      return best.map((x, i) => {
        const half = Math.min(1, (length * scales[i]!) / middle) / 2;
        const place = Math.max(0, x - half) + random.uniform() * (Math.min(1, x + half) - Math.max(0, x - half));
        return i === always || random.uniform() < share ? place : x;
      });
    });
  }

  function nearest(best: Float64Array): number[] {
    const all = points.map((_, i) => i);
    if (all.length <= options.mostPoints) return all;
    const far = points.map((x) => x.reduce((sum, value, i) => sum + (value - best[i]!) ** 2, 0));
    return all.sort((a, b) => far[a]! - far[b]! || a - b).slice(0, options.mostPoints);
  }

  function tell(batch: readonly { readonly x: Float64Array; readonly value: number }[]): void {
    const before = Math.max(...values, Number.NEGATIVE_INFINITY);
    const initial = points.length < options.initialPerParameter * d;
    for (const { x, value } of batch) {
      points.push(x);
      values.push(value);
    }
    if (initial || batch.length === 0) return;
    const better = Math.max(...batch.map(({ value }) => value)) > before + 1e-3 * Math.abs(before);
    successes = better ? successes + 1 : 0;
    failures = better ? 0 : failures + 1;
    if (successes >= SUCCESSES) {
      length = Math.min(LENGTH.most, 2 * length);
      successes = 0;
    } else if (failures >= Math.ceil(Math.max(4 / batch.length, d / batch.length))) {
      length /= 2;
      failures = 0;
    }
    if (length < LENGTH.least) restart();
  }

  function restart(): void {
    points = [];
    values = [];
    waiting = hypercube(null);
    length = LENGTH.first;
    successes = 0;
    failures = 0;
    restarts++;
    kernel = firstKernel(d, FAMILY);
    fitted = false;
  }

  return {
    ask,
    tell,
    get length() {
      return length;
    },
    get restarts() {
      return restarts;
    },
    state: () => ({
      points: [...points],
      values: [...values],
      waiting: [...waiting],
      length,
      successes,
      failures,
      restarts,
      logs: fitted ? kernel.logs.slice() : new Float64Array(),
    }),
    restore(state) {
      points = [...state.points];
      values = [...state.values];
      waiting = [...state.waiting];
      ({ length, successes, failures, restarts } = state);
      fitted = state.logs.length > 0;
      kernel = fitted ? { logs: state.logs.slice() } : firstKernel(d, FAMILY);
    },
  };
}

function standardised(values: readonly number[]): Float64Array {
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length) || 1;
  return Float64Array.from(values, (value) => (value - middle) / spread);
}

/** 0 … count - 1 in random order (Fisher and Yates). */
function shuffled(count: number, random: RandomSource): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
