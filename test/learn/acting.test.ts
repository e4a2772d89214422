import { describe, expect, it } from 'vitest';
import { defaultHyperParameters, type Situation } from '../../engine/api';
import { baseOf } from '../../engine/learn/acting';
import { toyCircuit, toyRandom } from './fixtures';

const [here, own, best] = [0.1, 0.2, 0.3].map((x) => new Float32Array([x, x]));
const situation: Situation = {
  slot: 0,
  circuit: toyCircuit(0, 2, 1),
  step: 3,
  u: here!,
  z: new Float32Array(1),
  valid: true,
  target: new Float64Array(1),
};
const hyper = { ...defaultHyperParameters, fromBest: 0.5, apartBeyond: 0.01 };

/** Around which sizings an environment looks in a hundred proposals. */
function bases(apart: boolean, shortfall: number, change: { situation?: Partial<Situation>; apartBeyond?: number } = {}) {
  const random = toyRandom(1);
  const known = { best: Number.isFinite(shortfall) ? best! : null, shortfall, correction: null };
  const all = Array.from({ length: 100 }, () =>
    baseOf({ ...situation, ...change.situation }, { member: 0, apart, own: own! }, known, { ...hyper, ...change }, random),
  );
  for (const { u, isBest } of all) expect(isBest).toBe(u === best);
  return new Set(all.map(({ u }) => u));
}

describe('the sizing around which an environment looks', () => {
  it('is far from the target the best of all, or of its own episode where it stays apart', () => {
    expect(bases(false, 0.1)).toEqual(new Set([best]));
    expect(bases(true, 0.1)).toEqual(new Set([own]));
  });

  it('is near the target, of held targets, and where nothing is to stay apart, the best of all or where it stands', () => {
    const either = new Set([best, here]);
    for (const apart of [true, false]) {
      expect(bases(apart, 0.01)).toEqual(either);
      expect(bases(apart, 0.1, { situation: { told: [] } })).toEqual(either);
      expect(bases(apart, 0.1, { apartBeyond: 1 })).toEqual(either);
    }
  });

  it('is where it stands as long as nothing is known', () => {
    expect(bases(true, Number.POSITIVE_INFINITY)).toEqual(new Set([here]));
  });
});
