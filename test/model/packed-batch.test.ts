import { describe, expect, it } from 'vitest';
import { type CircuitTokens, memberRows, packBatch, stackMembers } from '../../engine/model/packed-batch';
import { repeatSegments, reversedRows, segmentStarts } from '../../engine/model/segments';

const circuit = (parameters: number, specs: number): CircuitTokens => ({
  parameters,
  specs,
  features: new Float32Array((parameters + specs + 2) * 3),
});

describe('packed batches', () => {
  const batch = packBatch([circuit(2, 1), circuit(3, 2)], [2, 1]);

  it('lays circuits of different length one after the other without padding', () => {
    expect(batch.sequences).toBe(3);
    expect([...batch.segments]).toEqual([0, 5, 10, 17]);
    expect([...batch.parameterSegments]).toEqual([0, 2, 4, 7]);
    expect([...batch.specSegments]).toEqual([0, 1, 2, 4]);
    expect(batch.rows).toBe(17);
  });

  it('gives every token exactly one meaning', () => {
    const opening = [...batch.segments].slice(0, -1);
    const tokens = [...opening, ...batch.tokenOfParameter, ...batch.tokenOfSpec, ...batch.lastToken];
    expect(tokens.sort((a, b) => a - b)).toEqual(Array.from({ length: batch.rows }, (_, i) => i));
  });

  it('points every token at the static features of its own circuit', () => {
    expect([...batch.featureOfToken]).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('stacks members so that each has rows of its own', () => {
    const stacked = stackMembers(batch, 3);
    expect(stacked.sequences).toBe(9);
    expect(stacked.rows).toBe(51);
    expect([...stacked.segments]).toEqual([...repeatSegments(batch.segments, 3)]);
    expect([...stacked.lastToken]).toEqual([...memberRows(batch.lastToken, batch.rows, 3)]);
    expect(stacked.sequenceOfSpec[stacked.specRows - 1]).toBe(8);
  });

  it('refuses an empty batch, saying what it got', () => {
    expect(() => packBatch([circuit(1, 1)], [0])).toThrow(/1 circuits with counts \[0\]/);
  });
});

describe('segments', () => {
  it('reverses each segment and is its own inverse', () => {
    const segments = segmentStarts([3, 1, 2]);
    const reverse = reversedRows(segments);
    expect([...reverse]).toEqual([2, 1, 0, 3, 5, 4]);
    expect([...reverse].map((row) => reverse[row])).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
