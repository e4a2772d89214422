import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViewState } from '../../scenes/shell/view-state';
import { DEFAULT_VIEW, formatView, parseView } from '../../scenes/shell/view-state';

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,12}$/);
const anyView: fc.Arbitrary<ViewState> = fc.record({
  circuits: fc.array(id, { minLength: 1, maxLength: 4 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  environments: fc.integer({ min: 1, max: 4096 }),
  agent: id,
  executor: fc.constantFrom('auto' as const, 'wasm' as const, 'webgpu' as const),
  preset: id,
  theme: fc.constantFrom('dark' as const, 'light' as const, null),
  selected: fc.option(fc.integer({ min: 0, max: 4095 })),
  source: fc.constantFrom('live' as const, 'synthetic' as const),
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
    expect(formatView({ ...DEFAULT_VIEW, circuits: ['ldo', 'two-stage-opamp'], theme: 'light', selected: 0 })).toBe(
      '?circuits=ldo,two-stage-opamp&theme=light&selected=0',
    );
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
