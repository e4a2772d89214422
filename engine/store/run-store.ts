import type {
  AgentState,
  BranchChanges,
  Catalogue,
  CircuitDefinition,
  EngineEvent,
  FailureClass,
  RunListing,
  RunParent,
  RunResult,
  Snapshot,
} from '../api';
import type { SqlDatabase } from './sql/database';

/** A simulation of a sizing, with what is needed to make it again. */
export interface SimulationRecord {
  /** Its last call's place among all calls of the simulator, from 1. */
  readonly simulation: number;
  readonly tick: number;
  readonly circuit: string;
  readonly slot: number;
  readonly episode: number;
  readonly step: number;
  /** Who asked. */
  readonly phase: 'training' | 'evaluation';
  readonly origin: string;
  /** Physical values, [P]. */
  readonly parameters: Float64Array;
  readonly target: Float64Array;
  readonly measures: Float64Array;
  readonly valid: boolean;
  readonly failure: FailureClass | null;
  readonly reward: number;
  readonly met: boolean;
  /** Calls of the simulator that it took: more than one where corners were simulated, too. */
  readonly calls: number;
  readonly milliseconds: number;
}

/** An episode that has ended. */
export interface EpisodeRecord {
  readonly tick: number;
  readonly circuit: string;
  readonly slot: number;
  readonly episode: number;
  readonly phase: 'training' | 'evaluation';
  readonly steps: number;
  readonly bestReward: number;
  readonly met: boolean;
}

/** How far a circuit is, so that a list of runs need not count. */
export interface ProgressRecord {
  readonly circuit: string;
  readonly training: number;
  readonly evaluation: number;
  readonly failures: number;
  readonly stepsToTarget: number | null;
  /** Best sizing against the benchmark target: its simulation and reward; null before the first valid one. */
  readonly best: { readonly simulation: number; readonly reward: number; readonly met: boolean } | null;
}

/** All of a run between two ticks. What `world` is belongs to the systems, what `agent` is to the agent. */
export interface Checkpoint {
  readonly tick: number;
  /** Calls of the simulator so far. */
  readonly simulations: number;
  readonly world: unknown;
  readonly agent: AgentState;
}

/** What a run left behind when it ended or was ended. */
export interface ResumedRun {
  /** Null: there is none that is whole, and the run is made again from its start. */
  readonly checkpoint: Checkpoint | null;
  /** Checkpoints that could not be used, and why. */
  readonly skipped: readonly string[];
  /** Simulations up to the checkpoint, for who looks; read once. */
  readonly before: Iterable<RecordedSimulation>;
  /** Those after it: made again, they are answered from here and not paid twice. */
  readonly after: readonly RecordedSimulation[];
  /** Those that the run which this one was branched from made after the branch: where both ask the same, it is known. */
  readonly elsewhere: readonly RecordedSimulation[];
}

/** A simulation as the store gives it back. */
export type RecordedSimulation = Omit<SimulationRecord, 'phase'> & { readonly phase: string };

/** A sizing whose result is known without a call: somebody else paid for it. */
export interface KnownResult {
  readonly circuit: string;
  readonly parameters: Float64Array;
  readonly measures: Float64Array;
  readonly valid: boolean;
}

/**
 * Where facts of a run go. Facts are taken at once and written in batches, at the end of a tick at most; nothing but
 * `begin` throws. What cannot be written ends the run with the reason (`failure`): a run whose facts are lost is no run.
 */
export interface RunStore {
  /** Before the first tick: what the run is. */
  begin(catalogue: Catalogue, circuits: readonly CircuitDefinition[]): void;
  /** Circuits have joined; those that were there keep their places. */
  circuitsChanged(circuits: readonly CircuitDefinition[]): void;
  simulations(records: readonly SimulationRecord[]): void;
  episode(record: EpisodeRecord): void;
  event(event: EngineEvent): void;
  metrics(tick: number, values: Readonly<Record<string, number>>): void;
  /** Whether a picture of the run is wanted now, and the picture. */
  wantsSnapshot(seconds: number): boolean;
  snapshot(snapshot: Snapshot): void;
  /** The end of a tick: writes what is due. */
  tick(progress: () => readonly ProgressRecord[]): void;
  /** Why nothing is written any more; empty while all is well. */
  readonly failure: string;
  /** Without checkpoints a run is recorded, but cannot be resumed. */
  readonly keepsCheckpoints: boolean;
  /** Whether a checkpoint should be made now. */
  wantsCheckpoint(): boolean;
  /** Keeps a checkpoint; resolves when it would survive a loss of power, rejects where it cannot be kept. */
  checkpoint(checkpoint: Checkpoint): Promise<void>;
  end(result: Pick<RunResult, 'reason' | 'failure' | 'hash'>): void;
  close(): Promise<void>;
}

/** The runs that are recorded in one place, for whoever wants to look at them while one goes on. */
export interface RunLibrary {
  /** Id of the run that goes on. */
  readonly current: string;
  list(): Promise<readonly RunListing[]>;
  /** @returns bytes that are free now. @throws OhmbaError for the run that goes on, and one that is not there */
  remove(run: string): Promise<number>;
  /** Lets `work` look into a run's store (null: the one that goes on). @throws OhmbaError where there is none */
  read<T>(run: string | null, work: (database: SqlDatabase, listing: RunListing) => T): Promise<T>;
  /**
   * Records a new run that goes on from a run's last checkpoint at or before a tick.
   * @param change the new run's catalogue from the old one's. @throws OhmbaError where there is no such checkpoint
   */
  branch(
    run: string | null,
    tick: number,
    change: { readonly changes: BranchChanges; catalogue(before: Catalogue): Catalogue },
  ): Promise<{ readonly run: string; readonly parent: RunParent }>;
}
