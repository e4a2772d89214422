/**
 * How the workspace is divided: splits of splits, with panes of tabs as leaves. Plain data, so that it can be remembered,
 * and pure functions over it; a scene stands in one place at most.
 */
export interface Split {
  readonly direction: 'row' | 'column';
  readonly children: readonly Layout[];
  /** One a child, in any unit. */
  readonly shares: readonly number[];
}

export interface Pane {
  /** Ids of scenes. */
  readonly tabs: readonly string[];
  /** The one that is shown. */
  readonly active: string;
}

export type Layout = Split | Pane;

export type Edge = 'left' | 'right' | 'top' | 'bottom';

export const isPane = (layout: Layout): layout is Pane => 'tabs' in layout;

export const pane = (...tabs: readonly string[]): Pane => ({ tabs, active: tabs[0] });
export const row = (shares: readonly number[], ...children: readonly Layout[]): Split => ({ direction: 'row', shares, children });
export const column = (shares: readonly number[], ...children: readonly Layout[]): Split => ({
  direction: 'column',
  shares,
  children,
});

export function panes(layout: Layout): readonly Pane[] {
  return isPane(layout) ? [layout] : layout.children.flatMap(panes);
}

export function scenesOf(layout: Layout): readonly string[] {
  return panes(layout).flatMap((leaf) => leaf.tabs);
}

/** Ids of the scenes that are shown: the active tab of every pane. */
export function shownScenes(layout: Layout): readonly string[] {
  return panes(layout).map((leaf) => leaf.active);
}

/** The layout with every pane changed by `change`; panes that become null go, and splits of one child with them. */
function mapPanes(layout: Layout, change: (leaf: Pane) => Layout | null): Layout | null {
  if (isPane(layout)) return change(layout);
  const kept = layout.children
    .map((child, i) => ({ child: mapPanes(child, change), share: layout.shares[i] }))
    .filter((part): part is { child: Layout; share: number } => part.child !== null);
  if (kept.length === 0) return null;
  if (kept.length === 1) return kept[0].child;
  return { ...layout, children: kept.map((part) => part.child), shares: kept.map((part) => part.share) };
}

/** Brings a scene that is in the layout to the front of its pane. */
export function activate(layout: Layout, scene: string): Layout {
  return mapPanes(layout, (leaf) => (leaf.tabs.includes(scene) ? { ...leaf, active: scene } : leaf)) ?? layout;
}

/** Takes a scene out; the last one stays, since a workspace of nothing helps nobody. */
export function close(layout: Layout, scene: string): Layout {
  const without = mapPanes(layout, (leaf) => {
    const at = leaf.tabs.indexOf(scene);
    if (at < 0) return leaf;
    const tabs = leaf.tabs.filter((id) => id !== scene);
    if (tabs.length === 0) return null;
    return { tabs, active: leaf.active === scene ? tabs[Math.min(at, tabs.length - 1)] : leaf.active };
  });
  return without ?? layout;
}

/** Puts a scene beside another one: as a tab of its pane, or into a new pane at an edge of it. */
export function place(layout: Layout, scene: string, beside: string, edge: Edge | null = null): Layout {
  const target = panes(layout).find((leaf) => leaf.tabs.includes(beside));
  if (!target || (scene === beside && (edge === null || target.tabs.length === 1))) return activate(layout, scene);
  const anchor = beside === scene ? (target.tabs.find((id) => id !== scene) as string) : beside;
  const without = scenesOf(layout).includes(scene) ? close(layout, scene) : layout;
  const placed = mapPanes(without, (leaf): Layout => {
    if (!leaf.tabs.includes(anchor)) return leaf;
    if (edge === null) return { tabs: [...leaf.tabs.filter((id) => id !== scene), scene], active: scene };
    const fresh = pane(scene);
    const children = edge === 'left' || edge === 'top' ? [fresh, leaf] : [leaf, fresh];
    return { direction: edge === 'left' || edge === 'right' ? 'row' : 'column', children, shares: [1, 1] };
  });
  return placed ?? layout;
}

/** Shows a scene wherever it is; one that is nowhere becomes a tab of the largest pane. */
export function show(layout: Layout, scene: string): Layout {
  if (scenesOf(layout).includes(scene)) return activate(layout, scene);
  return place(layout, scene, largestPane(layout).leaf.active);
}

function largestPane(layout: Layout, size = 1): { readonly leaf: Pane; readonly size: number } {
  if (isPane(layout)) return { leaf: layout, size };
  const sum = layout.shares.reduce((total, share) => total + share, 0);
  return layout.children
    .map((child, i) => largestPane(child, (size * layout.shares[i]) / sum))
    .reduce((best, next) => (next.size > best.size ? next : best));
}

/** The layout with the shares of one split changed; `path` is the places of children that lead to it. */
export function resize(layout: Layout, path: readonly number[], shares: readonly number[]): Layout {
  if (isPane(layout)) return layout;
  if (path.length === 0) return { ...layout, shares: [...shares] };
  return {
    ...layout,
    children: layout.children.map((child, i) => (i === path[0] ? resize(child, path.slice(1), shares) : child)),
  };
}

export const isSamePane = (a: Pane, b: Pane): boolean => a.active === b.active && a.tabs.join() === b.tabs.join();

/** Whether two layouts are divided alike, so that a pane of one stands where the same pane of the other does. */
export function differsInTabsOnly(a: Layout, b: Layout): boolean {
  if (isPane(a) || isPane(b)) return isPane(a) && isPane(b);
  return (
    a.direction === b.direction &&
    a.shares.join() === b.shares.join() &&
    a.children.length === b.children.length &&
    a.children.every((child, i) => differsInTabsOnly(child, b.children[i]))
  );
}

/** A remembered layout; null where it is none, or names no scene that is known. Unknown scenes are left out. */
export function parseLayout(text: string, known: (scene: string) => boolean): Layout | null {
  try {
    const seen = new Set<string>();
    return sound(JSON.parse(text), (scene) => known(scene) && !seen.has(scene) && seen.add(scene) !== undefined);
  } catch {
    return null;
  }
}

function sound(value: unknown, take: (scene: string) => boolean): Layout | null {
  if (typeof value !== 'object' || value === null) return null;
  const { tabs, active, direction, children, shares } = value as Record<string, unknown>;
  if (Array.isArray(tabs)) {
    const kept = tabs.filter((id): id is string => typeof id === 'string' && take(id));
    if (kept.length === 0) return null;
    return { tabs: kept, active: kept.find((id) => id === active) ?? kept[0] };
  }
  if (!Array.isArray(children) || !Array.isArray(shares)) return null;
  const parts = children.map((child, i) => ({ child: sound(child, take), share: Number(shares[i]) }));
  const kept = parts.filter((part): part is { child: Layout; share: number } => part.child !== null);
  if (kept.length === 0) return null;
  if (kept.length === 1) return kept[0].child;
  return {
    direction: direction === 'column' ? 'column' : 'row',
    children: kept.map((part) => part.child),
    shares: kept.map((part) => (part.share > 0 ? part.share : 1)),
  };
}
