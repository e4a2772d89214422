import { expect, it } from 'vitest';
import { ContentHash, fromExactJson, RandomStream, toExactJson } from '../../engine/base';

it('exact JSON gives back every bit', () => {
  const state = {
    numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0.1, 5e-324, Number.MAX_VALUE, 2 ** 53 - 1],
    arrays: [Float32Array.of(Number.NaN, -0, 1.1), Float64Array.of(Math.PI), Uint8Array.of(0, 255), new Float32Array()],
    map: new Map<unknown, unknown>([
      [1, { nested: new Map([['x', Number.NaN]]) }],
      ['two', null],
    ]),
    text: '$ "é\n',
    part: new Float64Array([1, 2, 3]).subarray(1, 2),
  };
  const back = fromExactJson(toExactJson(state)) as typeof state;
  expect(back).toEqual({ ...state, part: Float64Array.of(2) });
  expect(back.numbers.map((n) => Object.is(n, -0))).toEqual(state.numbers.map((n) => Object.is(n, -0)));
  expect(() => toExactJson({ $: 1 })).toThrow(/reserved|key "\$"/);
  expect(() => fromExactJson('{"$":"Date"}')).toThrow(/kind "Date"/);
});

it('streams and hashes go on from a state', () => {
  const stream = new RandomStream(3);
  stream.normal();
  const copy = new RandomStream(9);
  copy.restore(stream.state());
  expect([copy.normal(), copy.word()]).toEqual([stream.normal(), stream.word()]);
  const hash = new ContentHash().text('a');
  const twin = new ContentHash();
  twin.restore(hash.state());
  expect(twin.text('b').digest()).toBe(hash.text('b').digest());
});
