import { describe, expect, it } from 'vitest';
import { defaultHyperParameters } from '../../engine/api/hyper-parameters';
import { firstCandidates, randomDirection, refinedCandidates } from '../../engine/learn/candidates';
import { toyRandom } from './fixtures';

const hyper = { ...defaultHyperParameters, candidates: 100, candidatesActor: 0.4, candidatesBest: 0.2 };
const sources = {
  u: new Float32Array([0.5, 0.5, 0.5]),
  mean: new Float32Array([2, 0, -2]),
  logStd: new Float32Array([-2, -2, -2]),
  best: new Float32Array([0.6, 0.5, 0.1]),
};

describe('candidates', () => {
  it('come from actor, best point and chance in the stated shares, all within reach', () => {
    const candidates = firstCandidates(sources, hyper, toyRandom(1));
    const count = (origin: string) => candidates.filter((candidate) => candidate.origin === origin).length;
    expect([count('policy'), count('toward-best'), count('random')]).toEqual([40, 20, 40]);
    for (const { action } of candidates) expect(Math.max(...action.map(Math.abs))).toBeLessThanOrEqual(1);
    expect([...candidates[0]!.action]).toEqual([...sources.mean.map(Math.tanh)]);
  });

  it('without a best point fill up with random directions', () => {
    const candidates = firstCandidates({ ...sources, best: null }, hyper, toyRandom(1));
    expect(candidates.filter((candidate) => candidate.origin === 'random')).toHaveLength(60);
  });

  it('refined ones gather around the elite', () => {
    const random = toyRandom(2);
    const round = Array.from({ length: 200 }, () => ({ action: randomDirection(3, random), origin: 'random' as const }));
    const distance = (a: Float32Array) => Math.hypot(a[0]! - 0.3, a[1]! + 0.2, a[2]!);
    const order = round.map((_, i) => i).sort((a, b) => distance(round[a]!.action) - distance(round[b]!.action));
    const refined = refinedCandidates(round, order, 50, random);
    const mean = (list: readonly { action: Float32Array }[]) =>
      list.reduce((sum, { action }) => sum + distance(action), 0) / list.length;
    expect(mean(refined)).toBeLessThan(0.5 * mean(round));
  });
});
