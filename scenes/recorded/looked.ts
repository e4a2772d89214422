/**
 * What scenes draw from: the run that goes on, or a recorded one. Both have the same parts, so a scene cannot tell one from
 * the other; the studio has one of them in front.
 */
import type { Command } from '../../engine/api/command';
import type { Ask, RecordedRun } from '../../engine/api/questions';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import type { Milestone } from '../shell/milestones';
import type { History } from '../store/history';
import type { PointsStore } from '../store/points';
import type { Recording } from '../store/recording';
import type { Signal } from '../store/signal';

export interface Looked {
  /** Null: the run that goes on. */
  readonly run: RecordedRun | null;
  /** Settles when what was recorded before the page was opened can be looked at. */
  readonly ready: Promise<unknown>;
  readonly catalogue: Signal<Catalogue | null>;
  /** The newest snapshot of a run that goes on, the last one of a recorded run. */
  readonly live: Signal<Snapshot | null>;
  /** True once no snapshot will follow. */
  readonly ended: Signal<boolean>;
  readonly recording: Recording;
  readonly history: History;
  readonly points: PointsStore;
  readonly milestones: Signal<readonly Milestone[]>;
  readonly ask: Ask;
  send(command: Command): void;
  dispose(): void;
}
