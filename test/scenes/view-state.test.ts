import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViewState } from '../../scenes/shell/view-state';
import { DEFAULT_VIEW, formatView, parseView } from '../../scenes/shell/view-state';
import { environmentAt, pointAt } from '../../scenes/store/selection';

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,12}$/);
const anyView: fc.Arbitrary<ViewState> = fc.record({
  circuits: fc.array(id, { minLength: 1, maxLength: 4 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  environments: fc.integer({ min: 1, max: 4096 }),
  agent: id,
  executor: fc.constantFrom('auto' as const, 'wasm' as const, 'webgpu' as const),
  heldEvery: fc.nat({ max: 1e9 }),
  heldTargets: fc.integer({ min: 1, max: 1000 }),
  preset: id,
  theme: fc.constantFrom('dark' as const, 'light' as const, null),
  scene: fc.option(id),
  circuit: fc.option(id),
  selected: fc.option(
    fc.oneof(
      fc.nat({ max: 1e6 }).map(environmentAt),
      fc.tuple(id, fc.nat({ max: 1e6 })).map(([circuit, point]) => pointAt(circuit, point)),
    ),
  ),
  brush: fc.array(
    fc
      .record({
        circuit: id,
        axis: fc.constantFrom('p.wn1', 'm.phase_margin', 'reward'),
        a: fc.double({ noNaN: true }),
        b: fc.double({ noNaN: true }),
      })
      .map(({ circuit, axis, a, b }) => ({ circuit, axis, low: Math.min(a, b) + 0, high: Math.max(a, b) + 0 })),
    { maxLength: 3 },
  ),
  time: fc.option(fc.nat({ max: 1e6 })),
  recorded: fc.option(id),
  begin: fc.constantFrom('running' as const, 'paused' as const),
  run: fc.option(id),
  look: fc
    .uniqueArray(fc.tuple(fc.constantFrom('colour', 'across', 'top'), fc.stringMatching(/^[A-Za-z0-9_.-]{1,9}$/)), {
      selector: ([name]) => name,
    })
    .map((pairs) => Object.fromEntries(pairs)),
  source: fc.constantFrom('live' as const, 'synthetic' as const),
  points: fc.nat({ max: 1e6 }),
  past: fc.nat({ max: 1e6 }),
  renderer: fc.constantFrom('webgl' as const, 'webgpu' as const),
});

describe('the address', () => {
  it('brings every view back', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(parseView(formatView(view))).toEqual({ view, complaints: [] });
      }),
    );
  });
  it('is empty for the default view', () => {
    expect(formatView(DEFAULT_VIEW)).toBe('');
    expect(parseView('').view).toEqual(DEFAULT_VIEW);
  });
  it('reads as a person would write it', () => {
    expect(
      formatView({ ...DEFAULT_VIEW, circuits: ['ldo', 'two-stage-opamp'], theme: 'light', selected: environmentAt(0) }),
    ).toBe('?circuits=ldo,two-stage-opamp&theme=light&selected=0');
  });
  it.each([
    'seed=abc',
    'seed=-1',
    'seed=',
    'seed=1.5',
    'circuits=',
    'circuits=<b>',
    'theme=blue',
    'executor=cuda',
    'selected=-2',
    'selected=a:b',
    'brush=two-stage-opamp~p.wn1~2~1',
    'brush=two-stage-opamp~width~1~2',
    'time=-1',
    'environments=0',
  ])('says what is wrong with %s and goes on with the default', (query) => {
    const { view, complaints } = parseView(`?${query}`);
    expect(view).toEqual(DEFAULT_VIEW);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain('expected');
  });
  it('leaves alone what it does not know', () => {
    expect(parseView('?utm_source=x').complaints).toEqual([]);
  });
});
