/**
 * What an agent is to the engine. An agent proposes sizings and learns from what the simulator said; how it does so is
 * its own affair. All numbers are normalised: parameters u in [0, 1], measures z by the spec's transform.
 */
import type { AgentCircuit } from './agent-definition';
import type { CircuitInfo } from './circuit-info';
import type { Insight } from './insight';

/** An environment that waits for its next sizing. `slot` identifies it for as long as it lives. */
export interface Situation {
  readonly slot: number;
  readonly circuit: CircuitInfo;
  /** Step of the episode, 0 at the initial sizing. */
  readonly step: number;
  /** Current sizing, [P]. */
  readonly u: Float32Array;
  /** Measures at `u`, [S]; zeros where invalid. */
  readonly z: Float32Array;
  readonly valid: boolean;
  /** Targets as raw measures, [S]. */
  readonly target: Float64Array;
  /** Of held targets: what this episode was told so far, to be used for its next step and for nothing else. */
  readonly told?: readonly ToldPoint[];
}

/** A simulated sizing, [P], and its measures, [S]; zeros where invalid. */
export interface ToldPoint {
  readonly u: Float32Array;
  readonly z: Float32Array;
  readonly valid: boolean;
}

export interface Proposal {
  readonly slot: number;
  /** Next sizing, [P], within [0, 1]. */
  readonly u: Float32Array;
  /** The step in [-1, 1]^P that the agent took, before clipping at the bounds; [P]. */
  readonly action: Float32Array;
  /** What the agent expects the simulator to say, where it has a neural simulator. */
  readonly predicted?: { readonly z: Float32Array; readonly spread: Float32Array; readonly validity: number };
  /** `policy`, `random`, `toward-best`, `reset`: where the proposal came from. */
  readonly origin: string;
}

/** What the simulator said about a sizing. */
export interface Observation {
  readonly slot: number;
  readonly circuit: CircuitInfo;
  /** Sizing before and action that led here; absent for a reset. */
  readonly from: {
    readonly u: Float32Array;
    readonly z: Float32Array;
    readonly valid: boolean;
    readonly action: Float32Array;
  } | null;
  readonly u: Float32Array;
  readonly z: Float32Array;
  readonly valid: boolean;
  /** Raw measures, [S]; NaN where missing. */
  readonly measures: Float64Array;
  readonly target: Float64Array;
  readonly reward: number;
  readonly met: boolean;
  /** The episode ended here: targets met or out of steps. */
  readonly done: boolean;
}

/** What the schedule decided for this tick. */
export interface Scheduled {
  /** Share of real transitions in a training batch, 0 … 1. */
  readonly realRatio: number;
  /** The same by circuit, where it differs between them; `realRatio` stands for a circuit that is left out. */
  readonly realRatioByCircuit?: readonly number[];
  /** Actor-critic updates per simulation. */
  readonly updates: number;
  /** Imagined sequences started per tick. */
  readonly rollouts: number;
  /** Steps of each. */
  readonly rolloutLength: number;
  /** Why, in words. */
  readonly reason: string;
}

/** Measures per circuit of how well the agent understands and acts; names and values go to charts as they are. */
export type AgentMetrics = Readonly<Record<string, number>>;

/** What an agent keeps, as facts to show. */
export interface AgentParts {
  readonly buffers: readonly {
    /** `real`, `synthetic`. */
    readonly kind: string;
    /** Index of the circuit whose transitions it holds; -1 for all. */
    readonly circuit: number;
    readonly size: number;
    readonly capacity: number;
  }[];
  readonly neuralSimulators: readonly {
    readonly members: number;
    /** Optimiser steps so far. */
    readonly fitSteps: number;
    /** Error on real results it had not seen, in units of z; NaN before there is one. Per circuit: `errorByCircuit`. */
    readonly error: number;
    readonly errorByCircuit: readonly number[];
  }[];
}

/** Everything that an agent needs to go on as if it had never been interrupted. */
export interface AgentState {
  /** Plain data, maps and typed arrays; kept exactly (`toExactJson`), NaN included. */
  readonly facts: unknown;
  /** What is large: weights, moments, buffers, by name. Weights carry the names that other tools know them by. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/**
 * What proposals are for: to learn from (`training`), to see what the policy alone can (`evaluation`), or to see what the
 * agent can with all that it knows, exploration aids included, without learning from it (`ranked`).
 */
export type ProposalPhase = 'training' | 'evaluation' | 'ranked';

/** What moves each action of a policy. */
export interface Attribution {
  /** Index of the circuit. */
  readonly circuit: number;
  /**
   * [P, P + S]: how much each parameter's and each spec's token moves the action on each parameter, to first order, and
   * which way; the sizes of a row sum to 1.
   */
  readonly shares: Float32Array;
}

export interface Agent {
  /** True where proposals `ranked` are more than its policy and chance: held targets are tried with them, too. */
  readonly ranks?: boolean;
  /** Next sizings, in one go. A situation that is left out waits for the next tick; not all may be. */
  propose(situations: readonly Situation[], phase: ProposalPhase): Promise<readonly Proposal[]>;
  /** Results, in the order in which they came. */
  observe(observations: readonly Observation[]): void;
  /**
   * The steps of M3 after acting; an agent without a model leaves them out. Each returns what it did.
   * @param shares each circuit's present share of the simulations, by index: none will come of one with 0
   */
  fit?(shares: readonly number[]): Promise<number>;
  rollout?(scheduled: Scheduled): Promise<number>;
  train?(scheduled: Scheduled, newSimulations: number): Promise<number>;
  /**
   * A circuit joins, by an index of its own: the next one, or that under which it was here before. An agent that leaves
   * this out works on the circuits of its context only. What it throws keeps the circuit out, nothing else.
   */
  join?(circuit: AgentCircuit): Promise<void> | void;
  /** No more situations of this circuit will come, unless it joins again. */
  leave?(index: number): Promise<void> | void;
  /** Its inside in a situation, for whoever looks. Looking changes nothing; an agent with nothing to show leaves it out. */
  look?(situation: Situation): Promise<Insight>;
  metrics(): AgentMetrics;
  /** Buffers and neural simulators it keeps, which become entities of the world. */
  describe?(): AgentParts;
  /** What of a situation moves the policy's actions; asked by whoever looks, in the middle of a step too. Changes nothing. */
  explain?(situation: Situation): Promise<Attribution>;
  /** A hash of all weights, for the run's own; agents without weights leave it out. */
  weightsHash?(): Promise<string>;
  /**
   * Its whole state between two ticks, and the way back into it: an agent that was just created for the same run and is
   * given the state goes on bit for bit like the one that gave it. An agent without the two cannot be resumed.
   */
  saveState?(): Promise<AgentState>;
  restoreState?(state: AgentState): Promise<void>;
  dispose(): void;
}
