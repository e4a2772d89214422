/**
 * What the engine shows of itself after a tick: flat, read-only, safe to transfer. Scenes, the recorder and the
 * progress line see nothing else. Ragged per-environment data is pooled: environment e of circuit c owns
 * `parameters[parameterOffset[e] … + P_c]` and `…[specOffset[e] … + S_c]`.
 */
import type { Scheduled } from './agent';
import type { SimulatorStatistics } from './circuit';
import type { CircuitInfo } from './circuit-info';
import type { PhaseName } from './phases';
import type { PanelDefinition, PluginReport } from './plugin';

export const EnvironmentState = { idle: 0, simulating: 1, failed: 2, met: 3, invalid: 4 } as const;
export type EnvironmentState = (typeof EnvironmentState)[keyof typeof EnvironmentState];

export interface EnvironmentsSnapshot {
  readonly count: number;
  readonly entity: Uint32Array;
  readonly circuit: Uint16Array;
  readonly state: Uint8Array;
  readonly episode: Uint32Array;
  readonly episodeStep: Uint16Array;
  readonly reward: Float32Array;
  /** Best reward of the current episode. */
  readonly bestReward: Float32Array;
  readonly parameterOffset: Uint32Array;
  readonly specOffset: Uint32Array;
  /** Physical values, SI. */
  readonly parameters: Float64Array;
  /** Raw measures; NaN where missing. */
  readonly measures: Float64Array;
  readonly targets: Float64Array;
  /** Distance to each spec: normalised violation in [-1, 1], negative where the spec is missed, ≥ 0 where it holds. */
  readonly distances: Float32Array;
}

export interface CircuitProgress {
  readonly circuit: number;
  /** Whether it takes part; one that has left keeps its figures and may join again. */
  readonly present: boolean;
  /** Share of the training simulations that it gets at present, 0 … 1. */
  readonly share: number;
  /** Calls of the simulator, whoever made them. */
  readonly training: number;
  readonly evaluation: number;
  readonly failures: number;
  /** Of these, no result in time: on another machine there might have been one, and the run with it another. */
  readonly timedOut: number;
  /** Simulations (training) until the benchmark target was first met; null while it has not been. */
  readonly stepsToTarget: number | null;
  /** Best sizing against the benchmark target so far. */
  readonly best: {
    readonly reward: number;
    readonly simulation: number;
    readonly parameters: Float64Array;
    readonly measures: Float64Array;
    readonly distances: Float32Array;
    readonly met: boolean;
  } | null;
  /** Share of recent training episodes that met their target, 0 … 1; NaN before the first. */
  readonly successRate: number;
}

export interface Snapshot {
  readonly tick: number;
  readonly paused: boolean;
  /** Ticks a second asked for; Infinity = as fast as it goes. */
  readonly speed: number;
  /** Wall-clock seconds of running (pauses excluded). */
  readonly seconds: number;
  /** Calls of the simulator. Those by hand belong to whoever asked for them and are no part of the run. */
  readonly simulations: { readonly training: number; readonly evaluation: number; readonly byHand: number };
  readonly budget: number;
  readonly updates: number;
  readonly simulationsPerSecond: number;
  readonly updatesPerSecond: number;
  readonly scheduled: Scheduled;
  readonly environments: EnvironmentsSnapshot;
  readonly progress: readonly CircuitProgress[];
  /** What goes wrong at present, as far as it shows. */
  readonly diagnoses: readonly Diagnosis[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly simulator: SimulatorStatistics;
  /** Milliseconds that each phase of the last tick took. */
  readonly phases: Readonly<Record<string, number>>;
  /** What a tick is in the middle of, and the share of it that is done (NaN where unknown); null between ticks. */
  readonly activity: { readonly phase: PhaseName; readonly progress: number } | null;
  readonly events: readonly EngineEvent[];
}

/** A signature of a training that goes wrong, and what is likely behind it; each also comes as an event `diagnosis-…`. */
export interface Diagnosis {
  readonly circuit: number;
  /** Performance is flat, rewards vary much, or convergence is too slow for what is left of the budget. */
  readonly kind: 'flat' | 'variance' | 'slow';
  /** The neural simulator's error, the exploration, or the schedule. */
  readonly cause: 'model' | 'exploration' | 'schedule';
  /** With the figures that it rests on. */
  readonly message: string;
  /** Training simulations of the circuit when it first showed. */
  readonly since: number;
}

/** Something worth telling a person, once. */
export interface EngineEvent {
  readonly tick: number;
  readonly level: 'info' | 'warning' | 'error';
  /** Stable id: `target-met`, `simulator-replaced`, `executor-fallback`. */
  readonly kind: string;
  readonly message: string;
}

/** Sent once at start, whenever the set of circuits changes, and when another executor has taken over. */
export interface Catalogue {
  /** By `CircuitInfo.index`; circuits that have left included (`CircuitProgress.present`). */
  readonly circuits: readonly CircuitInfo[];
  readonly agent: string;
  readonly schedule: string;
  readonly executor: { readonly kind: string; readonly description: string; readonly reason: string };
  readonly simulator: { readonly kind: string; readonly description: string; readonly reason: string };
  readonly seed: number;
  /** Under which id the run is recorded; left out where it is not. */
  readonly run?: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The agent's hyper-parameters as they are used. */
  readonly hyperParameters?: Readonly<Record<string, unknown>>;
  /** What became of each plugin. */
  readonly plugins?: readonly PluginReport[];
  /** Charts that plugins ask for. */
  readonly panels?: readonly PanelDefinition[];
}
