/** A pane of the workspace: tabs over the scene that is in front. Tabs are dragged to other panes, or to an edge of one. */
import { element } from './dom';
import type { Edge, Pane } from './layout';
import type { SceneRegistry } from './scene';

export interface PaneActions {
  activate(scene: string): void;
  close(scene: string): void;
  /** A tab was let go over this pane, whose front scene is `beside`. */
  drop(scene: string, beside: string, edge: Edge | null): void;
  /** Somebody works in this pane. */
  focus(scene: string): void;
  /** Somebody wants another scene here. */
  add(): void;
}

const DRAG_TYPE = 'application/x-ohmba-scene';
/** Nearer to an edge than this share of the pane's size, a tab that is let go splits the pane. */
const EDGE_SHARE = 0.25;

export interface PaneView {
  readonly root: HTMLElement;
  /** Other tabs, or another one in front: all that does not change stays in the page as it is. */
  show(leaf: Pane): void;
}

export function createPane(
  first: Pane,
  scenes: SceneRegistry,
  host: (scene: string) => HTMLElement,
  actions: PaneActions,
): PaneView {
  let leaf = first;
  const list = element('div', { className: 'tabs', role: 'tablist', ariaLabel: 'Scenes of this pane' });
  const add = element(
    'button',
    { type: 'button', className: 'tab-add', ariaLabel: 'Show another scene', title: 'Show another scene', onclick: actions.add },
    '+',
  );
  const body = element('div', { className: 'pane-body', role: 'tabpanel', tabIndex: 0 });
  const root = element('div', { className: 'pane' }, element('div', { className: 'tab-row' }, list, add), body);
  root.addEventListener('pointerdown', () => actions.focus(leaf.active), { capture: true });
  root.addEventListener('focusin', () => actions.focus(leaf.active));
  acceptDrops(root, body, () => leaf.active, actions);
  show(first);
  return { root, show };

  function show(next: Pane): void {
    leaf = next;
    const { tabs, active } = leaf;
    root.dataset.front = active;
    const holdsFocus = list.contains(document.activeElement);
    list.replaceChildren(...tabs.map(createTab));
    if (holdsFocus) document.getElementById(`tab-${active}`)?.focus();
    body.id = panelOf(active);
    body.setAttribute('aria-labelledby', `tab-${active}`);
    body.replaceChildren(host(active));
  }

  function createTab(id: string): HTMLElement {
    const { title, description } = scenes.get(id);
    const chosen = id === leaf.active;
    const tab = element(
      'button',
      {
        type: 'button',
        className: 'tab',
        id: `tab-${id}`,
        role: 'tab',
        title: description,
        ariaSelected: String(chosen),
        tabIndex: chosen ? 0 : -1,
        draggable: true,
        onclick: () => actions.activate(id),
        onauxclick: (event) => event.button === 1 && actions.close(id),
        ondragstart: (event) => event.dataTransfer?.setData(DRAG_TYPE, id),
        onkeydown: (event) => onTabKey(event, id),
        dataset: { tab: id },
      },
      title,
    );
    if (chosen) tab.setAttribute('aria-controls', panelOf(id));
    return tab;
  }

  function onTabKey(event: KeyboardEvent, id: string): void {
    if (event.key === 'Delete') actions.close(id);
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    event.stopPropagation();
    const next = leaf.tabs[(leaf.tabs.indexOf(id) + (event.key === 'ArrowRight' ? 1 : leaf.tabs.length - 1)) % leaf.tabs.length];
    actions.activate(next);
    document.getElementById(`tab-${next}`)?.focus();
  }
}

const panelOf = (scene: string) => `panel-${scene}`;

function acceptDrops(root: HTMLElement, body: HTMLElement, front: () => string, actions: PaneActions): void {
  const mine = (event: DragEvent) => event.dataTransfer?.types.includes(DRAG_TYPE) ?? false;
  const edgeOf = (event: DragEvent): Edge | null => {
    if (!body.contains(event.target as Node)) return null;
    const { left, top, width, height } = body.getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    const near: readonly (readonly [Edge, number])[] = [
      ['left', x],
      ['right', 1 - x],
      ['top', y],
      ['bottom', 1 - y],
    ];
    const [edge, distance] = near.reduce((best, next) => (next[1] < best[1] ? next : best));
    return distance < EDGE_SHARE ? edge : null;
  };
  root.addEventListener('dragover', (event) => {
    if (!mine(event)) return;
    event.preventDefault();
    root.dataset.drop = edgeOf(event) ?? 'tab';
  });
  root.addEventListener('dragleave', (event) => {
    if (!root.contains(event.relatedTarget as Node | null)) delete root.dataset.drop;
  });
  root.addEventListener('drop', (event) => {
    const scene = event.dataTransfer?.getData(DRAG_TYPE) ?? '';
    delete root.dataset.drop;
    if (scene === '') return;
    event.preventDefault();
    actions.drop(scene, front(), edgeOf(event));
  });
}
