/**
 * The workspace: panes of tabs that can be resized, moved and closed, remembered for each preset. A scene is mounted
 * while its tab is in front and disposed of when it is not, so that what nobody sees costs nothing.
 */
import { element } from './dom';
import type { Layout } from './layout';
import {
  activate,
  close,
  differsInTabsOnly,
  isPane,
  isSamePane,
  pane,
  panes,
  parseLayout,
  place,
  resize,
  scenesOf,
  show,
  shownScenes,
} from './layout';
import { remember, remembered } from './memory';
import { createMounts } from './mounts';
import { createPane, type PaneView } from './pane';
import type { Preset, SceneRegistry, Studio } from './scene';
import { createDivider } from './splitter';

export interface Workspace {
  readonly root: HTMLElement;
  /** Scenes over the whole width. */
  readonly strip: HTMLElement;
  /** Resolves when every scene of the preset that is in front has been mounted. */
  use(preset: Preset): Promise<void>;
  /** Brings a scene to the front, wherever it is. */
  show(scene: string): Promise<void>;
}

const key = (preset: Preset) => `ohmba.layout.${preset.id}`;

export function createWorkspace(studio: Studio, scenes: SceneRegistry, presets: readonly Preset[]): Workspace {
  const root = element('main', { className: 'main' });
  const strip = element('div', { className: 'strip' });
  const mounts = createMounts(studio, scenes);
  let preset = presets[0];
  let layout: Layout = preset.layout;
  /** Shown alone, over all others. */
  let alone: string | null = null;
  let focused: string | null = null;
  /** What stands in the page, and its panes in the order of the layout's. */
  let drawn: { readonly layout: Layout; readonly panes: readonly PaneView[]; readonly strip: Preset['strip'] } | null = null;

  function focus(scene: string): void {
    focused = scene;
    studio.commands.focus(scene);
  }

  async function apply(next: Layout): Promise<void> {
    if (next !== layout) {
      layout = next;
      remember(key(preset), JSON.stringify(layout));
    }
    if (alone !== null && !scenesOf(layout).includes(alone)) alone = null;
    const shown = alone === null ? layout : pane(alone);
    const wanted = [...preset.strip, ...shownScenes(shown)];
    mounts.keep(wanted);
    draw(shown);
    if (focused === null || !wanted.includes(focused)) focus(shownScenes(shown)[0]);
    await mounts.mount(wanted);
  }

  /** Where only tabs changed, panes that kept theirs are left alone: to put a pane in anew costs its layout and its paint. */
  function draw(shown: Layout): void {
    if (drawn && differsInTabsOnly(drawn.layout, shown) && drawn.strip === preset.strip) {
      const before = panes(drawn.layout);
      for (const [i, leaf] of panes(shown).entries()) if (!isSamePane(leaf, before[i])) drawn.panes[i].show(leaf);
      drawn = { ...drawn, layout: shown };
      return;
    }
    const views: PaneView[] = [];
    strip.replaceChildren(...preset.strip.map(mounts.host));
    root.replaceChildren(render(shown, [], views));
    drawn = { layout: shown, panes: views, strip: preset.strip };
  }

  /**
   * @param path places of children that lead to `part`
   * @param views takes the panes, in the order of the layout's
   */
  function render(part: Layout, path: readonly number[], views: PaneView[]): HTMLElement {
    if (isPane(part)) {
      const view = createPane(part, scenes, mounts.host, {
        activate(scene) {
          focus(scene);
          name(scene);
          void apply(activate(layout, scene));
        },
        close: closeTab,
        drop: (scene, beside, edge) => void apply(place(layout, scene, beside, edge)),
        focus,
        add: () => studio.commands.run('view.palette.scenes'),
      });
      views.push(view);
      return view.root;
    }
    const box = element('div', { className: 'split', dataset: { direction: part.direction } });
    const children = part.children.map((child, i) => render(child, [...path, i], views));
    const shares = [...part.shares];
    children.forEach((child, i) => {
      child.style.flexGrow = String(shares[i]);
      if (i > 0) {
        const divider = createDivider(part.direction, [children[i - 1], child], [shares[i - 1], shares[i]], (pair) => {
          shares.splice(i - 1, 2, ...pair);
          // Sizes stand already: only what is remembered changes.
          layout = resize(layout, path, shares);
          if (drawn) drawn = { ...drawn, layout };
          remember(key(preset), JSON.stringify(layout));
        });
        box.append(divider);
      }
      box.append(child);
    });
    return box;
  }

  /** The address names the scene that a person asked for. */
  const name = (scene: string | null) => studio.view.set({ ...studio.view.value, scene });

  function closeTab(scene: string): void {
    if (studio.view.value.scene === scene) name(null);
    void apply(close(layout, scene));
  }

  async function bringToFront(scene: string): Promise<void> {
    focus(scene);
    if (alone !== null) alone = scene;
    await apply(show(layout, scene));
  }

  studio.commands.register([
    ...scenes.list().map((scene) => ({
      id: `scene.show.${scene.id}`,
      title: `Show ${scene.title.toLowerCase()}`,
      group: 'Scenes',
      keys: scene.key === undefined ? [] : [scene.key],
      run: () => {
        name(scene.id);
        void bringToFront(scene.id);
      },
    })),
    {
      id: 'workspace.maximise',
      title: 'This scene alone, or all again',
      group: 'Workspace',
      keys: ['f'],
      run: () => {
        alone = alone === null ? focused : null;
        void apply(layout);
      },
    },
    {
      id: 'workspace.close',
      title: 'Close this tab',
      group: 'Workspace',
      unavailable: () => (scenesOf(layout).length > 1 ? null : 'It is the last one.'),
      run: () => {
        if (focused !== null) closeTab(focused);
      },
    },
    {
      id: 'workspace.reset',
      title: 'This layout as it was at first',
      group: 'Workspace',
      run: () => {
        alone = null;
        void apply(preset.layout);
      },
    },
  ]);

  // Scenes keep much of the run that they draw: another one is drawn by others.
  studio.recorded.subscribe(() => {
    mounts.keep([]);
    drawn = null;
    queueMicrotask(() => void apply(layout));
  });

  return {
    root,
    strip,
    async use(next) {
      preset = next;
      alone = null;
      layout = parseLayout(remembered(key(next)) ?? '', scenes.has) ?? next.layout;
      root.dataset.preset = next.id;
      await apply(layout);
    },
    show: bringToFront,
  };
}
