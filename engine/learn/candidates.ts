import type { HyperParameters } from '../api/hyper-parameters';

/** Random numbers as the engine's streams give them. */
export interface RandomSource {
  uniform(): number;
  normal(): number;
}

/** A step that may be paid for: the action in [-1, 1]^P, and who thought of it. */
export interface Candidate {
  readonly action: Float32Array;
  readonly origin: 'policy' | 'toward-best' | 'random' | 'refined';
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
    const noise = 0.3 * random.uniform();
    candidates.push({
      action: u.map((x, i) => clip((best[i]! - x) / hyper.actionScale + noise * random.normal())),
      origin: 'toward-best',
    });
  }
  while (candidates.length < n) candidates.push({ action: randomDirection(u.length, random), origin: 'random' });
  return candidates;
}

/** A round of the cross-entropy method: new candidates around the best tenth (`order`: indices, best first). */
export function refinedCandidates(
  candidates: readonly Candidate[],
  order: readonly number[],
  count: number,
  random: RandomSource,
): Candidate[] {
  const elite = order.slice(0, Math.max(2, Math.round(candidates.length / 10))).map((i) => candidates[i]!.action);
  const p = elite[0]!.length;
  const mean = Float32Array.from({ length: p }, (_, i) => elite.reduce((sum, a) => sum + a[i]!, 0) / elite.length);
  const deviation = mean.map((m, i) => Math.sqrt(elite.reduce((sum, a) => sum + (a[i]! - m) ** 2, 0) / elite.length) + 0.01);
  return Array.from({ length: count }, () => ({
    action: mean.map((m, i) => clip(m + deviation[i]! * random.normal())),
    origin: 'refined' as const,
  }));
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
