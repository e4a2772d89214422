import { describe, expect, it } from 'vitest';
import { memberSides } from '../../engine/learn/correction';

describe('members that know nothing of their own', () => {
  it.each([2, 3, 4, 5, 6, 8])('are moved apart, together by nothing: %i of them', (members) => {
    for (const sides of memberSides(members)) {
      expect(sides.reduce((sum, side) => sum + side, 0)).toBeCloseTo(0, 12);
      expect(sides.reduce((sum, side) => sum + side ** 2, 0) / members).toBeCloseTo(1, 12);
    }
  });

  it('are moved by exactly one deviation, each spec its own way, where there are four', () => {
    const sides = memberSides(4).map((pattern) => [...pattern]);
    expect(new Set(sides.flat())).toEqual(new Set([1, -1]));
    expect(new Set(sides.map((pattern) => pattern.join())).size).toBe(3);
  });

  it('is not moved where it is the only one', () => {
    for (const sides of memberSides(1)) expect([...sides]).toEqual([0]);
  });
});
