import type { HyperParameters } from '../api/hyper-parameters';

/** Keeps a population that has become one point from staying it; share of the range. */
const BREEDING_NOISE = 0.002;
/** Differences are taken between so much of themselves and one more: never quite none (dither, Storn and Price). */
const SMALLEST_DIFFERENCE = 0.2;
/** Largest noise on the way to the best known point, in actions: the way itself is one sizing only. */
const NOISE_TOWARD_BEST = 0.3;

/** Random numbers as the engine's streams give them. */
export interface RandomSource {
  uniform(): number;
  normal(): number;
}

/** A step that may be paid for: the action in [-1, 1]^P, and who thought of it. */
export interface Candidate {
  readonly action: Float32Array;
  readonly origin: 'policy' | 'toward-best' | 'random';
}

export interface CandidateSources {
  readonly u: Float32Array;
  /** The policy here, before squashing, [P]. */
  readonly mean: Float32Array;
  readonly logStd: Float32Array;
  /** Best known sizing of this circuit, if any. */
  readonly best: Float32Array | null;
}

/** First candidates: what the policy says, samples of it, ways to the best known point, random directions of random length. */
export function firstCandidates(sources: CandidateSources, hyper: HyperParameters, random: RandomSource): Candidate[] {
  const { u, mean, logStd, best } = sources;
  const n = hyper.candidates;
  const fromActor = Math.round(n * hyper.candidatesActor);
  const fromBest = best ? Math.round(n * hyper.candidatesBest) : 0;
  const candidates: Candidate[] = [{ action: mean.map(Math.tanh), origin: 'policy' }];
  while (candidates.length < fromActor) {
    candidates.push({ action: mean.map((m, i) => Math.tanh(m + Math.exp(logStd[i]!) * random.normal())), origin: 'policy' });
  }
  while (best && candidates.length < fromActor + fromBest) {
    const noise = NOISE_TOWARD_BEST * random.uniform();
    candidates.push({
      action: u.map((x, i) => clip((best[i]! - x) / hyper.actionScale + noise * random.normal())),
      origin: 'toward-best',
    });
  }
  while (candidates.length < n) candidates.push({ action: randomDirection(u.length, random), origin: 'random' });
  return candidates;
}

/**
 * Better sizings bred from the best so far, as in differential evolution (Storn and Price, 1997): one of the elite, moved
 * along the difference of two others. Differences follow the narrow ridges on which circuits balance, where independent
 * noise falls off.
 *
 * @param elite sizings, best first; at least 3
 * @param from where the environment stands; no part moves further than `reach`
 */
export function bredSizings(
  elite: readonly Float32Array[],
  from: Float32Array,
  reach: number,
  count: number,
  random: RandomSource,
): Float32Array[] {
  const pick = () => elite[Math.min(elite.length - 1, Math.floor(random.uniform() * elite.length))]!;
  return Array.from({ length: count }, () => {
    const base = pick();
    const a = pick();
    const b = pick();
    const step = SMALLEST_DIFFERENCE + random.uniform();
    return from.map((x, i) => {
      const moved = base[i]! + step * (a[i]! - b[i]!) + BREEDING_NOISE * random.normal();
      return Math.max(0, x - reach, Math.min(1, x + reach, moved));
    });
  });
}

/** A direction uniform on the sphere, scaled so that its largest part is U(0, 1): short steps are as likely as long ones. */
export function randomDirection(length: number, random: RandomSource): Float32Array {
  const direction = Float32Array.from({ length }, () => random.normal());
  const largest = direction.reduce((m, x) => Math.max(m, Math.abs(x)), 1e-12);
  const reach = random.uniform() / largest;
  return direction.map((x) => x * reach);
}

function clip(x: number): number {
  return Math.max(-1, Math.min(1, x));
}
