import { symmetricEigen } from './eigen';

export interface NormalSource {
  normal(): number;
}

/** A candidate and the standard-normal draw it came from is not needed again: only where it lies. */
export type Candidate = Float64Array;

export interface CmaEs {
  readonly population: number;
  readonly generation: number;
  readonly sigma: number;
  readonly mean: Float64Array;
  /** A new candidate, anywhere in R^n. */
  sample(): Candidate;
  /** Ends a generation: `population` candidates with their costs, smaller is better. */
  update(candidates: readonly { readonly x: Candidate; readonly cost: number }[]): void;
  /** Nothing left to find from here: the distribution has collapsed or gone numerically bad. */
  stalled(): boolean;
  state(): CmaEsState;
  restore(state: CmaEsState): void;
}

/** Everything that a generation leaves to the next, the random stream aside. */
export interface CmaEsState {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  readonly pathSigma: Float64Array;
  readonly pathC: Float64Array;
  readonly sigma: number;
  readonly generation: number;
  readonly basis: Float64Array;
  readonly scales: Float64Array;
}

export interface CmaEsOptions {
  readonly start: ArrayLike<number>;
  readonly sigma: number;
  /** 0: 4 + floor(3 ln n). */
  readonly population: number;
  readonly random: NormalSource;
}

/** (mu/mu_w, lambda)-CMA-ES with all defaults of N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv 1604.00772. */
export function createCmaEs({ start, sigma: startSigma, population: wished, random }: CmaEsOptions): CmaEs {
  const n = start.length;
  const population = wished > 0 ? wished : 4 + Math.floor(3 * Math.log(n));
  const parents = Math.floor(population / 2);
  const raw = Array.from({ length: parents }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  // Symbols as in the tutorial: eq. 8, 55, 56, 57, 58.
  const muEff = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const c1 = 2 / ((n + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  const chiN = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));

  const mean = Float64Array.from(start);
  const covariance = identity(n);
  const pathSigma = new Float64Array(n);
  const pathC = new Float64Array(n);
  let sigma = startSigma;
  let generation = 0;
  let basis = identity(n);
  let scales = new Float64Array(n).fill(1);

  function update(candidates: readonly { readonly x: Candidate; readonly cost: number }[]): void {
    const best = [...candidates].sort((a, b) => a.cost - b.cost).slice(0, parents);
    const steps = best.map(({ x }) => x.map((value, i) => (value - mean[i]!) / sigma));
    const step = new Float64Array(n);
    for (const [k, y] of steps.entries()) for (let i = 0; i < n; i++) step[i]! += weights[k]! * y[i]!;
    for (let i = 0; i < n; i++) mean[i]! += sigma * step[i]!;
    generation++;

    const whitened = inverseRoot(step);
    const keepSigma = Math.sqrt(cSigma * (2 - cSigma) * muEff);
    for (let i = 0; i < n; i++) pathSigma[i] = (1 - cSigma) * pathSigma[i]! + keepSigma * whitened[i]!;
    const length = Math.hypot(...pathSigma);
    // A step size that is growing fast must not stretch the covariance as well (eq. 45).
    const calm = length / Math.sqrt(1 - (1 - cSigma) ** (2 * generation)) < (1.4 + 2 / (n + 1)) * chiN ? 1 : 0;
    const keepC = calm * Math.sqrt(cC * (2 - cC) * muEff);
    for (let i = 0; i < n; i++) pathC[i] = (1 - cC) * pathC[i]! + keepC * step[i]!;

    const decay = 1 - c1 - cMu + (1 - calm) * c1 * cC * (2 - cC);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let rankMu = 0;
        for (const [k, y] of steps.entries()) rankMu += weights[k]! * y[i]! * y[j]!;
        const value = decay * covariance[i * n + j]! + c1 * pathC[i]! * pathC[j]! + cMu * rankMu;
        covariance[i * n + j] = value;
        covariance[j * n + i] = value;
      }
    }
    sigma *= Math.exp((cSigma / dSigma) * (length / chiN - 1));
    const { values, vectors } = symmetricEigen(covariance, n);
    basis = vectors;
    scales = values.map((value) => Math.sqrt(Math.max(value, 1e-300)));
  }

  /** C^(-1/2) y = B D^-1 B^T y */
  function inverseRoot(y: Float64Array): Float64Array {
    const turned = new Float64Array(n);
    for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) turned[k]! += (basis[i * n + k]! * y[i]!) / scales[k]!;
    return multiply(turned);
  }

  function multiply(v: Float64Array): Float64Array {
    const result = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) result[i]! += basis[i * n + k]! * v[k]!;
    return result;
  }

  return {
    population,
    get generation() {
      return generation;
    },
    get sigma() {
      return sigma;
    },
    mean,
    sample() {
      const z = Float64Array.from({ length: n }, (_, k) => scales[k]! * random.normal());
      return multiply(z).map((value, i) => mean[i]! + sigma * value);
    },
    update,
    stalled() {
      const largest = Math.max(...scales);
      return !Number.isFinite(sigma) || sigma * largest < 1e-7 || largest / Math.min(...scales) > 1e7;
    },
    state: () => ({
      mean: mean.slice(),
      covariance: covariance.slice(),
      pathSigma: pathSigma.slice(),
      pathC: pathC.slice(),
      sigma,
      generation,
      basis: basis.slice(),
      scales: scales.slice(),
    }),
    restore(state) {
      mean.set(state.mean);
      covariance.set(state.covariance);
      pathSigma.set(state.pathSigma);
      pathC.set(state.pathC);
      ({ sigma, generation } = state);
      basis = state.basis.slice();
      scales = state.scales.slice();
    },
  };
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
}
