/**
 * The contract between the shell and a scene. A scene is mounted into an element when it is shown, draws from the
 * studio's signals, sends commands, and undoes everything in `dispose` when it is hidden: what nobody sees costs
 * nothing. What must outlive that is in the stores. See scenes/README.md.
 */
import type { Command } from '../../engine/api/command';
import type { Ask, RecordedRun } from '../../engine/api/questions';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import type { Looked } from '../recorded/looked';
import type { Problem } from '../source/source';
import type { Brushes } from '../store/brush';
import type { History } from '../store/history';
import type { PointsStore } from '../store/points';
import type { Recording } from '../store/recording';
import type { Selection } from '../store/selection';
import type { Signal } from '../store/signal';
import type { Palette } from '../theme/palette';
import type { CommandDefinition, CommandRegistry } from './commands';
import type { Layout } from './layout';
import type { Milestone } from './milestones';
import type { ViewState } from './view-state';

/** What every scene shares: hovering in one lights up in all, selecting in one selects in all, brushing in one filters all. */
export interface Studio {
  /** The run that goes on, whatever is looked at. */
  readonly here: Looked;
  /** The recorded run that is looked at in its place: then `catalogue`, `live`, the stores and `ask` are of that one; null: `here`. */
  readonly recorded: Signal<RecordedRun | null>;
  readonly catalogue: Signal<Catalogue | null>;
  /** What is looked at: the newest snapshot, or a recorded one while `time` names a tick. */
  readonly snapshot: Signal<Snapshot | null>;
  /** The newest one of the run that is looked at (the last one, where it is recorded), at whatever tick: for what records. */
  readonly live: Signal<Snapshot | null>;
  /** The tick that is looked at; null: live. */
  readonly time: Signal<number | null>;
  /** What is under the pointer, and what is selected. */
  readonly hovered: Signal<Selection | null>;
  readonly selected: Signal<Selection | null>;
  readonly brushes: Signal<Brushes>;
  /** Id of the circuit that scenes of one circuit show; null before the catalogue is known. */
  readonly circuit: Signal<string | null>;
  readonly points: PointsStore;
  /** Snapshots of ticks that have passed, and all events. A scene is mounted anew when another run comes in front. */
  readonly recording: Recording;
  /** What is drawn over time, tick by tick (`store/facts.ts` names it). */
  readonly history: History;
  /** True once no snapshot will follow. */
  readonly ended: Signal<boolean>;
  /** When which target was first met. */
  readonly milestones: Signal<readonly Milestone[]>;
  readonly palette: Signal<Palette>;
  readonly view: Signal<ViewState>;
  readonly problems: Signal<readonly Problem[]>;
  readonly commands: CommandRegistry;
  /** Asks the engine for what snapshots do not show. */
  readonly ask: Ask;
  send(command: Command): void;
  /** Brings a run in front (null: the one that goes on), at a tick (null: the newest). Tells itself what goes wrong. */
  look(run: string | null, tick: number | null): Promise<void>;
  report(problem: Problem): void;
}

export interface MountedScene {
  /** Actions on what is shown. Their keys count while the scene is the one last used; `run.…` keys count everywhere. */
  readonly commands?: readonly CommandDefinition[];
  /** Ends what goes on; the host and what stands in it are thrown away. */
  dispose(): void;
}

/** A folder's one export: what the workspace needs to show it. */
export interface SceneDefinition {
  readonly id: string;
  /** On the tab. */
  readonly title: string;
  /** What it shows, in a sentence: in the palette and on hover. */
  readonly description: string;
  /** Brings it to the front. */
  readonly key?: string;
  mount(host: HTMLElement, studio: Studio): MountedScene | Promise<MountedScene>;
}

/** A workspace to begin with: scenes over the whole width, and how the rest is divided. */
export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly strip: readonly string[];
  readonly layout: Layout;
}

export interface SceneRegistry {
  register(definition: SceneDefinition): void;
  has(id: string): boolean;
  get(id: string): SceneDefinition;
  list(): readonly SceneDefinition[];
}

export function createSceneRegistry(): SceneRegistry {
  const scenes = new Map<string, SceneDefinition>();
  return {
    register(definition) {
      if (scenes.has(definition.id))
        throw new Error(`Scene "${definition.id}" is registered twice: give one of the two another id.`);
      scenes.set(definition.id, definition);
    },
    has: (id) => scenes.has(id),
    get(id) {
      const found = scenes.get(id);
      if (!found)
        throw new Error(`No scene "${id}": a preset names it, but only ${[...scenes.keys()].join(', ')} are registered.`);
      return found;
    },
    list: () => [...scenes.values()],
  };
}
