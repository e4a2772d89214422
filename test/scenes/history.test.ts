import { describe, expect, it, vi } from 'vitest';
import { createHistory } from '../../scenes/store/history';
import { createSignal } from '../../scenes/store/signal';
import { buckets, firstRow, smooth, thinAxis, thinColumn } from '../../scenes/store/thin';

import { marksOf } from '../../scenes/training/marks';

const at = (tick: number) => ({ tick, seconds: tick / 2, simulations: tick * 16 });

describe('history', () => {
  it('keeps a spike however long ago it was', () => {
    const history = createHistory(16);
    for (let i = 0; i < 5000; i++) history.record(at(i), { y: i === 777 ? 100 : 1 });
    const { last, least, most } = history.column('y')!;
    const ticks = history.axis('tick');
    expect(ticks.length).toBeLessThanOrEqual(16);
    expect(Math.max(...most)).toBe(100);
    expect(Math.min(...least)).toBe(1);
    expect(ticks.at(-1)).toBe(4999);
    expect(history.axis('simulations').at(-1)).toBe(4999 * 16);
    expect(last.at(-1)).toBe(1);
    expect([...ticks]).toEqual([...ticks].sort((a, b) => a - b));
  });
  it('is exact until it is full', () => {
    const history = createHistory(8);
    for (let i = 0; i < 8; i++) history.record(at(i), { y: i * i });
    expect([...history.column('y')!.last]).toEqual([0, 1, 4, 9, 16, 25, 36, 49]);
  });
  it('takes facts that come late or are missing at times', () => {
    const history = createHistory(4);
    for (let i = 0; i < 6; i++) history.record(at(i), i < 3 ? { a: i } : { a: Number.NaN, late: i });
    expect(history.names).toEqual(['a', 'late']);
    const late = history.column('late')!;
    expect(Number.isNaN(late.last[0])).toBe(true);
    expect(late.last.at(-1)).toBe(5);
    expect(late.least.at(-1)).toBe(4);
    expect(history.column('never')).toBeNull();
  });
  it('begins again with another run', () => {
    const history = createHistory(4);
    history.record(at(5), { a: 1 });
    history.record(at(1), { b: 2 });
    expect([history.length, history.names]).toEqual([1, ['b']]);
  });
  it('refuses a capacity that it cannot halve', () => {
    expect(() => createHistory(5)).toThrow('even capacity');
  });
});

describe('thinning and smoothing', () => {
  const axis = Float64Array.from({ length: 1000 }, (_, i) => i);
  const spiky = axis.map((x) => (x === 123 ? 50 : x === 456 ? -50 : 1));
  const column = { last: spiky, least: spiky, most: spiky };

  it('keeps extremes, whatever the width', () => {
    const thinned = buckets(100, 1000, 90);
    const { least, most, last } = thinColumn(column, thinned);
    expect(thinned.rows.length).toBe(90);
    expect([Math.max(...most), Math.min(...least), last.at(-1)]).toEqual([50, -50, 1]);
    expect(thinAxis(axis, thinned).at(-1)).toBe(999);
  });
  it('leaves what is short as it is', () => {
    expect([...thinColumn(column, buckets(0, 5, 90)).last]).toEqual([...spiky.subarray(0, 5)]);
    expect(buckets(0, 0, 90).rows.length).toBe(0);
  });
  it('smooths over the axis: a step is answered to 63 % after the span, from the first value on', () => {
    const step = axis.map((x) => (x < 500 ? 2 : 3));
    const smoothed = smooth(axis, step, 50);
    expect(smoothed[0]).toBe(2);
    expect(smoothed[499]).toBe(2);
    expect(smoothed[549]).toBeCloseTo(2 + 1 - Math.exp(-1), 1);
    expect(smooth(axis, step, 0)).toBe(step);
  });
  it('finds where a window begins', () => {
    expect(firstRow(axis, 100)).toBe(899);
    expect(firstRow(axis, Number.POSITIVE_INFINITY)).toBe(0);
    expect(firstRow(new Float64Array(0), 10)).toBe(0);
  });
});

describe('signal', () => {
  it('tells of changes only, and not after the end', () => {
    const signal = createSignal(1);
    const heard: number[] = [];
    const end = signal.subscribe((value) => heard.push(value));
    signal.set(1);
    signal.set(2);
    end();
    signal.set(3);
    expect(heard).toEqual([2]);
    expect(signal.value).toBe(3);
  });
  it('goes on to the next listener when one throws', async () => {
    const errors: unknown[] = [];
    const queue = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((work) => {
      try {
        work();
      } catch (error) {
        errors.push(error);
      }
    });
    const signal = createSignal(1);
    const heard: number[] = [];
    signal.subscribe(() => {
      throw new Error('broken scene');
    });
    signal.subscribe((value) => heard.push(value));
    signal.set(2);
    queue.mockRestore();
    expect(heard).toEqual([2]);
    expect(errors).toHaveLength(1);
  });
});

describe('marks of what happened', () => {
  const event = (tick: number) => ({ tick, level: 'info' as const, kind: 'target-met', message: `at ${tick}` });
  it('stand where their tick was recorded, keep their numbers, and are those of the time that is shown', () => {
    const history = createHistory(16);
    for (let tick = 10; tick < 20; tick++) history.record(at(tick), {});
    const events = [3, 12, 15, 40].map(event);
    expect(marksOf(events, history, 'seconds', 0, 10).map(({ number, at: place }) => [number, place])).toEqual([
      [1, 5],
      [2, 6],
      [3, 7.5],
    ]);
    expect(marksOf(events, history, 'simulations', 4, 10).map(({ number, at: place }) => [number, place])).toEqual([[3, 240]]);
  });
  it('are the newest where there are many', () => {
    const history = createHistory(128);
    for (let tick = 0; tick < 100; tick++) history.record(at(tick), {});
    const marks = marksOf(
      Array.from({ length: 50 }, (_, i) => event(i)),
      history,
      'tick',
      0,
      100,
    );
    expect([marks.length, marks[0].number, marks.at(-1)?.number]).toEqual([12, 39, 50]);
  });
});
