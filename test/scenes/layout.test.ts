import { describe, expect, it } from 'vitest';
import type { Layout } from '../../scenes/shell/layout';
import {
  activate,
  close,
  column,
  differsInTabsOnly,
  pane,
  panes,
  parseLayout,
  place,
  resize,
  row,
  scenesOf,
  show,
  shownScenes,
} from '../../scenes/shell/layout';
import { PRESETS } from '../../scenes/shell/presets';

const layout = row([3, 1], pane('wall', 'training'), column([1, 1], pane('circuits'), pane('inspector', 'entities')));
const everything = () => true;

describe('layout', () => {
  it('shows the active tab of every pane, and another when asked', () => {
    expect(shownScenes(layout)).toEqual(['wall', 'circuits', 'inspector']);
    expect(shownScenes(activate(layout, 'entities'))).toEqual(['wall', 'circuits', 'entities']);
  });
  it('opens what is nowhere as a tab of the largest pane, and finds what is somewhere', () => {
    expect(panes(show(layout, 'map'))[0]).toEqual({ tabs: ['wall', 'training', 'map'], active: 'map' });
    expect(scenesOf(show(layout, 'entities'))).toEqual(scenesOf(layout));
  });
  it('closes tabs, and with the last tab the pane, but never the last scene', () => {
    expect(panes(close(layout, 'wall'))[0]).toEqual(pane('training'));
    expect(close(close(layout, 'inspector'), 'entities')).toEqual(row([3, 1], pane('wall', 'training'), pane('circuits')));
    expect(close(pane('wall'), 'wall')).toEqual(pane('wall'));
  });
  it('moves a tab into another pane, and to an edge of one', () => {
    expect(panes(place(layout, 'training', 'circuits')).map((leaf) => leaf.tabs)).toEqual([
      ['wall'],
      ['circuits', 'training'],
      ['inspector', 'entities'],
    ]);
    expect(place(pane('a', 'b'), 'b', 'a', 'left')).toEqual(row([1, 1], pane('b'), pane('a')));
    expect(place(pane('a', 'b'), 'a', 'a', 'bottom')).toEqual(column([1, 1], pane('b'), pane('a')));
    expect(place(pane('a'), 'a', 'a', 'bottom')).toEqual(pane('a'));
  });
  it('resizes one split and leaves the others', () => {
    const resized = resize(layout, [1], [2, 5]) as { shares: readonly number[]; children: readonly Layout[] };
    expect(resized.shares).toEqual([3, 1]);
    expect((resized.children[1] as { shares: readonly number[] }).shares).toEqual([2, 5]);
  });
  it('knows a change that leaves every pane where it is', () => {
    expect(differsInTabsOnly(layout, activate(layout, 'entities'))).toBe(true);
    expect(differsInTabsOnly(layout, place(layout, 'training', 'circuits'))).toBe(true);
    expect(differsInTabsOnly(layout, resize(layout, [1], [2, 5]))).toBe(false);
    expect(differsInTabsOnly(layout, close(layout, 'circuits'))).toBe(false);
    expect(differsInTabsOnly(layout, place(layout, 'training', 'wall', 'left'))).toBe(false);
    expect(differsInTabsOnly(layout, pane('wall'))).toBe(false);
    expect(differsInTabsOnly(pane('a', 'b'), pane('c'))).toBe(true);
    expect(differsInTabsOnly(row([1, 1], pane('a'), pane('b')), row([1, 1], pane('a'), pane('b'), pane('c')))).toBe(false);
  });
  it('comes back from what is remembered, without what is not known any more', () => {
    expect(parseLayout(JSON.stringify(layout), everything)).toEqual(layout);
    expect(scenesOf(parseLayout(JSON.stringify(layout), (id) => id !== 'circuits') as Layout)).toEqual([
      'wall',
      'training',
      'inspector',
      'entities',
    ]);
    expect(parseLayout('{"tabs":["a","a"],"active":"b"}', everything)).toEqual(pane('a'));
  });
  it.each(['', 'null', '[]', '{"children":[]}', '{"tabs":[1]}', '{'])('takes %j for no layout', (text) => {
    expect(parseLayout(text, everything)).toBeNull();
  });
});

describe('presets', () => {
  it.each(PRESETS)('$id shows each scene in one place', ({ strip, layout: own }) => {
    const named = [...strip, ...scenesOf(own)];
    expect(new Set(named).size).toBe(named.length);
  });
});
