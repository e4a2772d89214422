import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, spiceNumber } from '../../engine/circuit/deck/expression';

const none = () => undefined;

describe('spiceNumber', () => {
  it.each([
    ['10u', 1e-5],
    ['3.3u', 3.3e-6],
    ['2.5meg', 2.5e6],
    ['1m', 1e-3],
    ['-4.7kohm', -4700],
    ['1e-6', 1e-6],
    ['2pF', 2e-12],
    ['.5', 0.5],
    ['100', 100],
  ])('reads %s', (text, value) => expect(spiceNumber(text)).toBe(value));

  it.each(['', 'abc', 'w1', '1u2', '{x}'])('refuses "%s"', (text) => expect(spiceNumber(text)).toBeNaN());

  it('reads back every number that a deck writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(spiceNumber(String(value)) + 0).toBe(value + 0);
      }),
    );
  });
});

describe('evaluate', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['-2**2', -4],
    ['2**-1', 0.5],
    ['8 / 4 / 2', 1],
    ['1 == 1 ? 5 : 6', 5],
    ['(0==0)*3.2e+041 + (0==1)*3.5e+042', 3.2e41],
    ['sqrt(16) + max(1, 2, 3)', 7],
    ['agauss(4, 1, 3)', 4],
    ['3.3/2 - 1m', 1.649],
    ['1 < 2 && 2 <= 2 || 0', 1],
    ['!0', 1],
  ])('%s = %d', (text, value) => expect(evaluate(text, none)).toBeCloseTo(value, 12));

  it('looks names up without regard to case', () => {
    expect(evaluate('W1 * 2', (name) => (name === 'w1' ? 21 : undefined))).toBe(42);
  });

  it.each(['', '1 +', '(1', 'nope', '1 2', 'foo(1)', '1 ? 2', ')'])('refuses "%s" in one line', (text) => {
    expect(() => evaluate(text, none)).toThrow(/^the expression .*; expected .*; correct the expression\.$/);
  });
});
