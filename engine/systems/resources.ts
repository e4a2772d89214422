import type {
  Agent,
  AgentCircuit,
  CircuitDefinition,
  Diagnosis,
  EngineEvent,
  Evaluation,
  MetricDefinition,
  Observation,
  Proposal,
  RunConfiguration,
  ScheduleDefinition,
  Scheduled,
  Simulator,
  Snapshot,
} from '../api';
import type { ContentHash, RandomStream, RingBuffer } from '../base';
import { defineResource } from '../ecs';
import type { RunStore } from '../store';
import type { PointHistory } from './history';

/** A circuit of this run. */
export interface RunCircuit extends AgentCircuit {
  readonly definition: CircuitDefinition;
  readonly episodeSteps: number;
  readonly startPerturbation: number;
}

/** What does not change while a run lasts, but for circuits that join: `roster` alone adds those. */
export interface Run {
  readonly configuration: RunConfiguration;
  /** By `CircuitInfo.index`, those that have left included. */
  readonly circuits: RunCircuit[];
  readonly agent: Agent;
  /** Another agent of this kind, for one circuit alone, with one environment and random numbers of its own. */
  readonly createAgent: (circuit: AgentCircuit, stream: string) => Promise<Agent> | Agent;
  readonly agentEvaluates: boolean;
  readonly agentEpisodic: boolean;
  readonly schedule: ScheduleDefinition;
  readonly simulator: Simulator;
  readonly store: RunStore;
  readonly metricDefinitions: readonly MetricDefinition[];
  readonly report: (event: Omit<EngineEvent, 'tick'>) => void;
}
export const Run = defineResource<Run>('Run');

/** One simulated sizing of this tick. */
export interface Transition {
  readonly phase: 'training' | 'evaluation';
  readonly observation: Observation;
  readonly evaluation: Evaluation;
  readonly parameters: Float64Array;
  /** What the agent expected, where it did. */
  readonly predicted: Proposal['predicted'] | null;
  readonly origin: string;
  readonly episode: number;
  readonly step: number;
  /** Best of the episode so far. */
  readonly bestReward: number;
  /** Place among all calls of the simulator, from 1; 0 where no call was needed because the result was known. */
  readonly simulation: number;
}

/** Whether nobody chose its sizing, as in a random phase. A random candidate that was valued was chosen for its value. */
export function wasByChance({ origin, predicted }: Transition): boolean {
  return origin === 'random' && predicted === null;
}

/** What this tick did so far. */
export interface TickState {
  number: number;
  scheduled: Scheduled;
  transitions: Transition[];
  /** Training simulations that were paid for: known results are none. */
  newSimulations: number;
  phases: Record<string, number>;
  /** What it is in the middle of. */
  activity: Snapshot['activity'];
}
export const Tick = defineResource<TickState>('Tick');

export interface BestPoint {
  readonly reward: number;
  readonly simulation: number;
  readonly parameters: Float64Array;
  readonly measures: Float64Array;
  readonly distances: Float32Array;
  readonly met: boolean;
}

export interface CircuitCount {
  /** Whether it takes part; one that has left keeps what was counted. */
  present: boolean;
  training: number;
  evaluation: number;
  failures: number;
  /** Failures that hang on the machine: no result in time. */
  timedOut: number;
  stepsToTarget: number | null;
  best: BestPoint | null;
  /** 1 for each recent training episode that met its target, 0 for the others. */
  readonly episodes: RingBuffer<number>;
  /** Whether its last simulation was a random one: what it meets in a random phase says nothing of the agent. */
  byChance: boolean;
  /** What the simulator said about the exact initial sizing. */
  startResult: Evaluation | null;
  /** Simulations that it may make before others get more, and its present share of them, 0 … 1. */
  credit: number;
  share: number;
}

export interface Counts {
  training: number;
  evaluation: number;
  /** Asked for by whoever looks; no part of the run. */
  byHand: number;
  updates: number;
  readonly circuits: CircuitCount[];
}
export const Counts = defineResource<Counts>('Counts');

/** Simulations under way, and those that have come back since the last tick. */
export interface InFlight {
  readonly waiting: Map<number, Promise<void>>;
  readonly arrived: { readonly slot: number; readonly evaluation: Evaluation; readonly called: boolean }[];
}
export const InFlight = defineResource<InFlight>('InFlight');

/** Evaluations of the plain policy: which are due, and whether one is going on. */
export interface EvaluationPlan {
  /** Shares of the budget that are still to come, ascending. */
  readonly remaining: number[];
  /** Circuits that wait for one. */
  readonly due: Set<number>;
  active: boolean;
  /** Why, in words. */
  reason: string;
  /** Training simulations when held targets were last tried. */
  heldAt: number;
}
export const EvaluationPlan = defineResource<EvaluationPlan>('EvaluationPlan');

/** What diagnoses look back on, by circuit, and what they found. */
export interface DiagnosisState {
  circuits: {
    /** Of the last simulations that the agent chose: reward (0 where met), distance from the best sizing, validity. */
    readonly rewards: number[];
    readonly distances: number[];
    readonly valid: number[];
    /** By how much the best sizing missed the benchmark target, after each. */
    readonly shortfalls: number[];
    best: { readonly shortfall: number; readonly u: Float32Array } | null;
  }[];
  found: readonly Diagnosis[];
}
export const DiagnosisState = defineResource<DiagnosisState>('DiagnosisState');

/** Circuits that are about to join or leave. */
export interface Roster {
  readonly pending: (
    | {
        readonly kind: 'join';
        readonly id: string;
        /** Its index when it was here before; null: it is new. */
        readonly index: number | null;
        readonly create: (index: number) => RunCircuit;
        readonly environments: number;
      }
    | { readonly kind: 'leave'; readonly index: number }
  )[];
  /** Told at once of a change, before a snapshot shows it. */
  changed: () => void;
  /** The next environment's slot, and the random stream of a slot. */
  nextSlot: number;
  readonly stream: (slot: number) => RandomStream;
}
export const Roster = defineResource<Roster>('Roster');

/** Random streams by environment slot, so that the order of environments never matters. */
export const EnvironmentStreams = defineResource<Map<number, RandomStream>>('EnvironmentStreams');

export interface AgentHealth {
  /** The error that stopped the agent; empty while it is well. */
  failure: string;
  /** So that a broken schedule is reported once. */
  scheduleFailed: boolean;
}
export const AgentHealth = defineResource<AgentHealth>('AgentHealth');

/** Points simulated so far, by circuit index. */
export const Histories = defineResource<PointHistory[]>('Histories');

export interface Recording {
  readonly hash: ContentHash;
  readonly metrics: Record<string, number>;
  readonly events: RingBuffer<EngineEvent>;
  /** Results without a call that the agent has been shown. */
  known: number;
  /** Running seconds, simulations and updates of recent ticks, for rates. */
  readonly marks: RingBuffer<{ readonly seconds: number; readonly simulations: number; readonly updates: number }>;
}
export const Recording = defineResource<Recording>('Recording');

/** The run's own time, as the loop keeps it. */
export interface Timeline {
  paused(): boolean;
  /** Ticks a second; Infinity = as fast as it goes. */
  speed(): number;
  /** Seconds of running, pauses excluded. */
  seconds(): number;
}
export const Timeline = defineResource<Timeline>('Timeline');

/** Who looks: a snapshot is made only when somebody wants one. */
export interface Viewers {
  wanted(): boolean;
  show(snapshot: Snapshot): void;
}
export const Viewers = defineResource<Viewers>('Viewers');
