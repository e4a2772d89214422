/**
 * Where snapshots come from. The studio cannot tell a live engine from a recording or from made-up data: all it may do
 * is listen, ask and send commands.
 */
import type { Command } from '../../engine/api/command';
import type { Ask } from '../../engine/api/questions';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';

export interface StartupStep {
  readonly id: string;
  readonly title: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** What exactly is being done, or what came of it. */
  readonly detail?: string;
}

/** Something that went wrong or that a person should know: what happened, and what to do about it. */
export interface Problem {
  readonly id: string;
  readonly level: 'success' | 'note' | 'warning' | 'error';
  readonly title: string;
  readonly remedy: string;
  /** Another address of this page that answers it. */
  readonly link?: { readonly title: string; readonly search: string };
  /** Stack or message as it came, for a bug report. */
  readonly detail?: string;
}

export interface SourceListener {
  step(step: StartupStep): void;
  catalogue(catalogue: Catalogue): void;
  snapshot(snapshot: Snapshot): void;
  problem(problem: Problem): void;
  /** No snapshot will follow: the run is over or has failed. */
  ended(): void;
}

export interface SnapshotSource {
  start(listener: SourceListener): void;
  send(command: Command): void;
  /** Asks for what snapshots do not show; rejects, with the reason, where nobody can answer. */
  readonly ask: Ask;
  dispose(): void;
}
