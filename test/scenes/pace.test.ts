import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSoftwareRenderer } from '../../scenes/graphics/adapter';
import { BEAT_MILLISECONDS, throttle, untilBeat } from '../../scenes/shell/dom';
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
