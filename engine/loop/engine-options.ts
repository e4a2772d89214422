import type { EngineEvent, LearnServices, Plugin, RunConfiguration, Simulator } from '../api';
import type { Clock } from '../base';
import type { KnownResult, ResumedRun, RunLibrary, RunStore } from '../store';

/**
 * Called between chunks of computing, with the share of the work that is done where it is known. It lets messages
 * through, shows how far the tick is, and resolves only when the run is not paused.
 */
export type Breathe = (progress?: number) => Promise<void>;

/** What an engine is built from. Whatever depends on the host (clock, simulator, executor) comes in here. */
export interface EngineOptions {
  /** In any order; requirements decide. */
  readonly plugins: readonly Plugin[];
  /** What differs from `defaultConfiguration`. */
  readonly configuration: Partial<RunConfiguration>;
  readonly clock: Clock;
  /** Where SPICE runs, and why there. The engine registers the run's circuits with it and disposes it at the end. */
  readonly simulator: { readonly instance: Simulator; readonly reason: string };
  /** Opens learning machinery (an executor) once it is clear that the run is valid. Long work in it is to `breathe`. */
  readonly learn?: (breathe: Breathe) => Promise<LearnServices>;
  /** Where facts of the run go; left out, it is not recorded. */
  readonly store?: RunStore;
  /** Recorded runs, this one among them, for whoever asks. */
  readonly library?: RunLibrary;
  /** Where an earlier process left the run. The configuration is to be that run's own; its budget may be larger. */
  readonly resume?: ResumedRun;
  /** Results that somebody else paid for: the agent is shown those that it has not seen, before the first tick. */
  readonly known?: readonly KnownResult[];
  /** Each event at once, besides the snapshot's. */
  readonly onEvent?: (event: EngineEvent) => void;
}
