/** Which scenes are mounted, each in a host element of its own that moves with its pane. */
import { element } from './dom';
import type { SceneRegistry, Studio } from './scene';

export interface Mounts {
  /** The element of a scene, mounted or not. */
  host(scene: string): HTMLElement;
  /** Mounts those that are not; their hosts must stand in the page, so that they have a size. */
  mount(scenes: readonly string[]): Promise<void>;
  /** Disposes of all others. */
  keep(scenes: readonly string[]): void;
}

interface Mount {
  readonly host: HTMLElement;
  /** Ends it, once it has begun; null before. */
  end: (() => void) | null;
}

export function createMounts(studio: Studio, scenes: SceneRegistry): Mounts {
  const mounts = new Map<string, Mount>();

  function host(id: string): HTMLElement {
    const known = mounts.get(id);
    if (known) return known.host;
    const created = element('section', { className: 'scene', ariaLabel: scenes.get(id).title, dataset: { scene: id } });
    mounts.set(id, { host: created, end: null });
    return created;
  }

  async function begin(id: string): Promise<void> {
    host(id);
    const mount = mounts.get(id) as Mount;
    if (mount.end) return;
    const definition = scenes.get(id);
    let ended = false;
    mount.end = () => {
      ended = true;
    };
    try {
      const mounted = await definition.mount(mount.host, studio);
      const withdraw = studio.commands.register(mounted.commands ?? [], id);
      const end = () => {
        withdraw();
        mounted.dispose();
        mount.host.replaceChildren();
      };
      // Hidden again while it was still getting ready.
      if (ended) end();
      else mount.end = end;
    } catch (error) {
      sayFailed(definition.title, mount.host, error);
    }
  }

  /** A scene that fails says so in its own place; the others go on. */
  function sayFailed(title: string, place: HTMLElement, error: unknown): void {
    place.replaceChildren(element('p', { className: 'hint' }, `“${title}” could not be shown. Training is not affected.`));
    studio.report({
      id: `scene-${title}`,
      level: 'error',
      title: `“${title}” could not be shown. Training is not affected.`,
      remedy: 'Reload the page. If it happens again, open an issue with the details below.',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }

  return {
    host,
    mount: async (ids) => {
      await Promise.all(ids.map(begin));
    },
    keep(ids) {
      for (const [id, mount] of mounts) {
        if (ids.includes(id)) continue;
        mounts.delete(id);
        mount.end?.();
      }
    },
  };
}
