import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSoftwareRenderer } from '../../scenes/graphics/adapter';
import { BEAT_MILLISECONDS, createPace } from '../../scenes/shell/pace';
import { throttle, untilBeat } from '../../scenes/shell/throttle';
import { createHistory } from '../../scenes/store/history';

describe('beat', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 100_010 });
    vi.stubGlobal('window', globalThis);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('is the same for all who wait', () => {
    expect(1010 + untilBeat(1010, 0)).toBe(1250);
    expect(1240 + untilBeat(1240, 1100)).toBe(1250);
    expect(1000 + untilBeat(1000, 1300)).toBe(1500);
  });
  it('brings together what is called at different times, and keeps what is to be fast off it', () => {
    const moments: Record<string, number[]> = { a: [], b: [], fast: [] };
    const noted = (name: string, milliseconds: number) =>
      throttle(milliseconds, () => moments[name].push(Math.round(performance.now())));
    const [a, b, fast] = [noted('a', BEAT_MILLISECONDS), noted('b', 400), noted('fast', 40)];
    for (let i = 0; i < 100; i++) {
      if (i % 2) a.call();
      else b.call();
      fast.call();
      vi.advanceTimersByTime(17);
    }
    expect(moments.a.length).toBeGreaterThanOrEqual(6);
    for (const moment of [...moments.a, ...moments.b]) expect(Math.abs(moment - moments.a[0]) % BEAT_MILLISECONDS).toBe(0);
    expect(moments.b.length).toBeLessThan(moments.a.length);
    expect(moments.fast.length).toBeGreaterThan(30);
  });
  it('takes in what is called for by what is done on it', () => {
    const moments: number[] = [];
    const second = throttle(BEAT_MILLISECONDS, () => moments.push(performance.now()));
    const first = throttle(BEAT_MILLISECONDS, () => {
      moments.push(performance.now());
      second.call();
    });
    first.call();
    vi.advanceTimersByTime(BEAT_MILLISECONDS);
    expect(moments.length).toBe(2);
    expect(moments[1] - moments[0]).toBeLessThan(2);
  });
});

describe('pace', () => {
  const paid = (milliseconds: number) => {
    const pace = createPace();
    for (let i = 0; i < 20; i++) pace.spent(milliseconds);
    return pace;
  };
  it('keeps pictures within three hundredths of the time, and at one in two seconds at least', () => {
    expect([0, 7, 10, 20, 40, 500].map((cost) => paid(cost).beat(5000))).toEqual([250, 250, 500, 1000, 2000, 2000]);
  });
  it('answers at once whoever asks for something, and rests again half a second later', () => {
    const pace = paid(500);
    expect(pace.attend(5000)).toBe(true);
    expect(pace.attend(5400)).toBe(false);
    expect(pace.beat(5800)).toBe(BEAT_MILLISECONDS);
    expect(pace.beat(6000)).toBe(2000);
  });
  it('forgets what was dear once', () => {
    const pace = paid(5);
    pace.spent(4000);
    for (let i = 0; i < 6; i++) pace.spent(5);
    expect(pace.beat(5000)).toBe(BEAT_MILLISECONDS);
  });
});

describe('who paints', () => {
  it.each([
    ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', true],
    ['llvmpipe (LLVM 15.0.6, 256 bits)', true],
    ['ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)', true],
    ['ANGLE (NVIDIA, NVIDIA GeForce RTX 4070 Direct3D11 vs_5_0 ps_5_0, D3D11)', false],
    ['Apple M2', false],
  ])('%s: by the processor %s', (name, software) => expect(isSoftwareRenderer(name)).toBe(software));
});

it('a history tells those who drew it whether there is more', () => {
  const history = createHistory(8);
  const before = history.version;
  history.record({ tick: 1, seconds: 1, simulations: 1 }, { y: 1 });
  expect(history.version).toBeGreaterThan(before);
});
