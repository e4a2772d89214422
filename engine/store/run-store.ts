import type { EngineEvent, FailureClass } from '../api';

/** A call of the simulator, with what is needed to make it again. */
export interface SimulationRecord {
  /** From 1, in the order of the run. */
  readonly simulation: number;
  readonly tick: number;
  readonly circuit: string;
  readonly slot: number;
  readonly episode: number;
  readonly step: number;
  /** Who asked. */
  readonly phase: 'training' | 'evaluation';
  readonly origin: string;
  readonly parameters: Float64Array;
  readonly target: Float64Array;
  readonly measures: Float64Array;
  readonly valid: boolean;
  readonly failure: FailureClass | null;
  readonly reward: number;
  readonly met: boolean;
  readonly milliseconds: number;
}

/** Where facts of a run go. Calls return at once; whoever stores slowly buffers. */
export interface RunStore {
  simulations(records: readonly SimulationRecord[]): void;
  event(event: EngineEvent): void;
  metrics(tick: number, values: Readonly<Record<string, number>>): void;
  close(): Promise<void>;
}
