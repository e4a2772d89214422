import type { Clock, RandomStream } from '../base';
import type { Agent } from './agent';
import type { Analysis } from './analysis';
import type { CircuitInfo } from './circuit-info';
import type { NumberRange } from './number-range';
import type { EngineEvent } from './snapshot';

/** A circuit and the formulas that belong to it. They are the engine's own: an agent never states them again. */
export interface AgentCircuit {
  readonly info: CircuitInfo;
  /** Initial sizing in [0, 1], [P]. */
  readonly start: Float32Array;
  /** The benchmark target as raw measures, [S]. */
  readonly benchmark: Float64Array;
  /** [0, 1]^P to physical values (SI, on the grid) and back. */
  toPhysical(u: ArrayLike<number>): Float64Array;
  toUnit(values: ArrayLike<number>): Float32Array;
  /** Raw measures to z and back, [S]. */
  toZ(measures: ArrayLike<number>): Float32Array;
  fromZ(z: ArrayLike<number>): Float64Array;
  /** Distance to each spec, reward and whether the target is met. */
  score(
    measures: ArrayLike<number>,
    valid: boolean,
    target: ArrayLike<number>,
  ): { readonly distances: Float32Array; readonly reward: number; readonly met: boolean };
  /** A target from the circuit's range, [S]; each spec on its own. */
  sampleTarget(random: RandomStream): Float64Array;
}

/** What an agent gets to live on. */
export interface AgentContext {
  /** In the order of `CircuitInfo.index`. */
  readonly circuits: readonly AgentCircuit[];
  readonly seed: number;
  /** A stream of the agent's own; split it by name. */
  readonly random: RandomStream;
  /** Training simulations of the whole run. */
  readonly budget: number;
  /** Environments in all, and steps of an episode. */
  readonly environments: number;
  readonly episodeSteps: number;
  readonly clock: Clock;
  /** Free settings of this run that are not hyper-parameters. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Learning machinery; null where the engine was started without. */
  readonly learn: LearnServices | null;
  report(event: Omit<EngineEvent, 'tick'>): void;
}

/** The engine's own learning machinery, handed over so that an agent plugin needs nothing but this interface. */
export interface LearnServices {
  /** What it computes on; shown in the catalogue. */
  readonly executor: { readonly kind: string; readonly description: string; readonly reason: string };
  createModelBasedAgent(context: AgentContext, hyperParameters: object): Promise<Agent>;
  /**
   * Tensors beside the training, loaded when first asked for. Ask each time, rather than keep it: an executor whose
   * device is lost is replaced.
   */
  analysis(): Promise<Analysis>;
  /** Tells when another executor has taken over. */
  onExecutorChange?(listener: () => void): void;
  dispose?(): void | Promise<void>;
}

export interface AgentDefinition<Hyper extends object = object> {
  readonly id: string;
  readonly title: string;
  /** Every number that decides how it works, with what it is by default. */
  readonly defaults: Readonly<Hyper>;
  /** What its numbers may be; one that is left out may be any of 0 or more, or any at all where its default is negative. */
  readonly ranges?: Readonly<Partial<Record<keyof Hyper, NumberRange>>>;
  /** Those of them that decide the shape of its saved state: a run that goes on from a checkpoint must keep them. */
  readonly structural?: readonly (keyof Hyper)[];
  /**
   * Whether it has a policy that can be evaluated apart from its exploration; true where left out. One without is created anew for each
   * held target, with that as the benchmark and that episode's start.
   */
  readonly evaluates?: boolean;
  /**
   * Whether its environments run episodes, each from a start that is simulated; true where left out. An optimiser that
   * looks at no state has none: only each circuit's exact start is simulated, once.
   */
  readonly episodic?: boolean;
  /** @param hyper the defaults with a person's changes */
  create(context: AgentContext, hyper: Readonly<Hyper>): Promise<Agent> | Agent;
}
