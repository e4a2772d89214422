import { describe, expect, it } from 'vitest';
import { defaultHyperParameters } from '../../engine/api/hyper-parameters';
import { bredSizings, firstCandidates } from '../../engine/learn/candidates';
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

  it('bred ones gather around the elite, within reach', () => {
    const random = toyRandom(2);
    const from = new Float32Array([0.5, 0.95, 0.5]);
    const sizings = Array.from({ length: 200 }, () => from.map((x) => Math.min(1, x + 0.15 * (2 * random.uniform() - 1))));
    const distance = (u: Float32Array) => Math.hypot(u[0]! - 0.55, u[1]! - 0.9, u[2]! - 0.5);
    const elite = sizings.toSorted((a, b) => distance(a) - distance(b)).slice(0, 20);
    const bred = bredSizings(elite, from, 0.15, 100, random);
    const mean = (list: readonly Float32Array[]) => list.reduce((sum, u) => sum + distance(u), 0) / list.length;
    expect(mean(bred)).toBeLessThan(0.7 * mean(sizings));
    for (const u of bred) {
      expect(Math.max(...u.map((x, i) => Math.abs(x - from[i]!)))).toBeLessThanOrEqual(0.15 + 1e-6);
      expect(Math.max(...u)).toBeLessThanOrEqual(1);
    }
  });
});
