/**
 * The contract between the shell and a scene. A scene is mounted into an element, draws from the studio's signals,
 * sends commands, and undoes everything in `dispose`. See scenes/README.md.
 */
import type { Command } from '../../engine/api/command';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import type { Problem } from '../source/source';
import type { Signal } from '../store/signal';
import type { Palette } from '../theme/palette';
import type { CommandRegistry } from './commands';
import type { Milestone } from './milestones';
import type { ViewState } from './view-state';

/** What every scene shares: hovering in one lights up in all, selecting in one selects in all. */
export interface Studio {
  readonly catalogue: Signal<Catalogue | null>;
  readonly snapshot: Signal<Snapshot | null>;
  /** Environment under the pointer, and the selected one; places in the snapshot. */
  readonly hovered: Signal<number | null>;
  readonly selected: Signal<number | null>;
  /** True once no snapshot will follow. */
  readonly ended: Signal<boolean>;
  /** When which target was first met. */
  readonly milestones: Signal<readonly Milestone[]>;
  readonly palette: Signal<Palette>;
  readonly view: Signal<ViewState>;
  readonly problems: Signal<readonly Problem[]>;
  readonly commands: CommandRegistry;
  send(command: Command): void;
  report(problem: Problem): void;
}

export interface MountedScene {
  dispose(): void;
}

export interface SceneDefinition {
  readonly id: string;
  readonly title: string;
  mount(host: HTMLElement, studio: Studio): MountedScene | Promise<MountedScene>;
}

/** Places of the frame. `strip` runs over the whole width, `side` is a resizable column. */
export type Slot = 'strip' | 'main' | 'side';

/** A layout: which scenes stand where, from top to bottom. */
export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly scenes: Readonly<Record<Slot, readonly string[]>>;
}

export interface SceneRegistry {
  register(definition: SceneDefinition): void;
  get(id: string): SceneDefinition;
}

export function createSceneRegistry(): SceneRegistry {
  const scenes = new Map<string, SceneDefinition>();
  return {
    register(definition) {
      if (scenes.has(definition.id))
        throw new Error(`Scene "${definition.id}" is registered twice: give one of the two another id.`);
      scenes.set(definition.id, definition);
    },
    get(id) {
      const found = scenes.get(id);
      if (!found)
        throw new Error(`No scene "${id}": a preset names it, but only ${[...scenes.keys()].join(', ')} are registered.`);
      return found;
    },
  };
}
