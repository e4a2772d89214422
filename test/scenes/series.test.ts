import { describe, expect, it, vi } from 'vitest';
import { createSeries } from '../../scenes/headline/series';
import { createSignal } from '../../scenes/store/signal';

describe('series', () => {
  it('keeps a spike however long ago it was', () => {
    const series = createSeries(16);
    for (let i = 0; i < 5000; i++) series.push(i, i === 777 ? 100 : 1);
    const [xs, last, least, most] = series.columns();
    expect(xs.length).toBeLessThanOrEqual(16);
    expect(Math.max(...most)).toBe(100);
    expect(Math.min(...least)).toBe(1);
    expect(xs.at(-1)).toBe(4999);
    expect(last.at(-1)).toBe(1);
    expect([...xs]).toEqual([...xs].sort((a, b) => a - b));
  });
  it('is exact until it is full', () => {
    const series = createSeries(8);
    for (let i = 0; i < 8; i++) series.push(i, i * i);
    expect([...series.columns()[1]]).toEqual([0, 1, 4, 9, 16, 25, 36, 49]);
    series.clear();
    expect(series.length).toBe(0);
  });
  it('refuses a capacity that it cannot halve', () => {
    expect(() => createSeries(5)).toThrow('even capacity');
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
