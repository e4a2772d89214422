/**
 * What whoever looks may ask of a run beyond its snapshots. Plain data both ways, so that the same questions reach an
 * engine in this thread, in a worker, or a recorded run. They are answered at once, in the middle of a tick too: nothing
 * that is asked waits for training, and nothing that is answered changes it.
 */
import type { Attribution } from './agent';
import type { PrincipalComponents } from './analysis';
import type { CircuitFiles, Evaluation } from './circuit';
import type { CircuitInfo } from './circuit-info';
import type { EntityDescription, RunConfiguration } from './engine';
import type { Insight } from './insight';
import type { Catalogue, EngineEvent, Snapshot } from './snapshot';
import type { Verified } from './verification';

/** Simulated sizings of one circuit, oldest first, as columns. Row-wise fields have P (parameters) or S (specs) per point. */
export interface Points {
  /** Index of the circuit in the catalogue. */
  readonly circuit: number;
  /** Number of the first point here, counted per circuit from 0; later than asked for where older ones are gone. */
  readonly first: number;
  /** Points here, and of the circuit in all so far. */
  readonly count: number;
  readonly total: number;
  /** Place among all simulations of the run, from 1. */
  readonly simulation: Uint32Array;
  readonly tick: Uint32Array;
  readonly slot: Uint32Array;
  readonly episode: Uint32Array;
  readonly step: Uint16Array;
  /** 0 training, 1 evaluation. */
  readonly phase: Uint8Array;
  /** Index into `origins`. */
  readonly origin: Uint8Array;
  /** `policy`, `random`, `toward-best`, `reset`, … */
  readonly origins: readonly string[];
  readonly valid: Uint8Array;
  /** Against the benchmark target, whatever the episode aimed at. */
  readonly met: Uint8Array;
  readonly reward: Float32Array;
  /** In [0, 1], [count · P]. */
  readonly u: Float32Array;
  /** Raw measures, [count · S]; NaN where missing. */
  readonly measures: Float64Array;
  /** What the neural simulator expected, [count · S] in units of z; NaN where it was not asked. */
  readonly predicted: Float32Array;
  readonly spread: Float32Array;
  /** Predicted chance of being valid; NaN where it was not asked. */
  readonly validity: Float32Array;
}

/** A sizing simulated by hand, judged against the benchmark target. */
export interface SimulatedByHand {
  readonly evaluation: Evaluation;
  readonly distances: Float32Array;
  readonly reward: number;
  readonly met: boolean;
}

/** The inside of the agent in one situation, and where its policy believes that it would go from there. */
export interface LensAnswer {
  /** Index of the circuit; step of the episode. */
  readonly circuit: number;
  readonly step: number;
  /** Sizing in [0, 1], [P]; measures in units of z, [S]; what is aimed at, raw, [S]. */
  readonly u: Float32Array;
  readonly z: Float32Array;
  readonly valid: boolean;
  readonly target: Float64Array;
  readonly insight: Insight;
  /** Steps of the policy's mean in the neural simulator, from here on. */
  readonly rollout: readonly {
    readonly u: Float32Array;
    readonly z: Float32Array;
    readonly spread: Float32Array;
    readonly validity: number;
  }[];
}

/** A circuit by its index in the catalogue, or by its id. */
export type CircuitWish = number | string;

/** What may be changed where a run branches off. */
export type BranchChanges = Partial<
  Pick<RunConfiguration, 'hyperParameters' | 'schedule' | 'budget' | 'targets' | 'stopWhenMet'>
>;

/** Where a run was branched off. */
export interface RunParent {
  readonly run: string;
  /** Of the checkpoint that it goes on from, with the calls of the simulator until then. */
  readonly tick: number;
  readonly simulations: number;
  readonly changes: BranchChanges;
}

/** A recorded run in a list. */
export interface RunListing {
  readonly id: string;
  /** `running` (it goes on, or was ended by force), `stopped`, `met`, `budget`, `failed`. */
  readonly state: string;
  /** Whether it is the run that goes on here. */
  readonly current: boolean;
  /** ISO 8601. */
  readonly created: string;
  readonly agent: string;
  readonly seed: number;
  readonly budget: number;
  readonly training: number;
  readonly circuits: readonly {
    readonly id: string;
    readonly training: number;
    readonly stepsToTarget: number | null;
    /** Against the benchmark target; null before the first valid sizing. */
    readonly bestReward: number | null;
  }[];
  /** Null where it was begun from nothing. */
  readonly parent: RunParent | null;
  readonly bytes: number;
}

/** All of a recorded run that is not a picture or a point. */
export interface RecordedRun {
  readonly listing: RunListing;
  /** With all circuits that ever took part. */
  readonly catalogue: Catalogue;
  /** Ticks of which there is a picture, ascending. */
  readonly ticks: Float64Array;
  /** Oldest first. */
  readonly events: readonly EngineEvent[];
  /** From where it can be branched off, oldest first. */
  readonly checkpoints: readonly { readonly tick: number; readonly simulations: number }[];
}

/** How near the best sizing of a circuit came to its benchmark target, over the circuit's simulations. */
export interface BestCourse {
  readonly circuit: string;
  /** Simulations of the circuit, all in all. */
  readonly total: number;
  /** Which of them, from 1, were better than all before. */
  readonly simulation: Uint32Array;
  /** Mean of what each spec is missed by, from 1 (all of it) down to 0 (met). */
  readonly distance: Float64Array;
}

/** Explored sizings of a circuit along their principal components, over all points that are kept. */
export interface PointProjection extends PrincipalComponents {
  readonly circuit: number;
  /** Number of the first point here, counted as in `Points`; points here, and of the circuit in all so far. */
  readonly first: number;
  readonly count: number;
  readonly total: number;
}

/** By name: what is asked, and what comes back. An engine that cannot answer rejects with the reason. */
export interface Questions {
  /** All components of an entity with their values, or of every entity that lives (`entity` null). */
  readonly entities: { readonly ask: { readonly entity: number | null }; readonly answer: readonly EntityDescription[] };
  /** Points from number `since` on, at most `limit`. */
  readonly points: {
    readonly ask: { readonly circuit: number; readonly since: number; readonly limit?: number };
    readonly answer: Points;
  };
  /**
   * Principal components of all sizings so far (`components`: how many, 2 where left out), and where the points from number
   * `since` on lie. Rejects where the engine was started without an executor, or nothing was simulated yet.
   */
  readonly projection: {
    readonly ask: { readonly circuit: number; readonly since: number; readonly components?: number };
    readonly answer: PointProjection;
  };
  /** What moves the policy's next action in an environment. Rejects where the agent cannot tell, or the slot is not there. */
  readonly attribution: { readonly ask: { readonly slot: number }; readonly answer: Attribution };
  /**
   * Simulates a sizing (physical values, [P]) with its waveforms, beside the training and outside of its counts: the snapshot
   * counts it as `byHand`. The circuit need not take part.
   */
  readonly simulate: {
    readonly ask: { readonly circuit: CircuitWish; readonly parameters: Float64Array };
    readonly answer: SimulatedByHand;
  };
  /** Under which conditions a sizing of the circuit can be verified: titles of its corners, and whether mismatch of its process is known. */
  readonly conditions: {
    readonly ask: { readonly circuit: CircuitWish };
    readonly answer: { readonly corners: readonly string[]; readonly mismatch: boolean };
  };
  /**
   * Simulates a sizing at one of those corners (by its place among the titles) or with one mismatch sample, counted as `byHand`. One a
   * question: whoever asks decides how many are under way, shows how far it is, and stops by asking no more.
   */
  readonly verify: {
    readonly ask: {
      readonly circuit: CircuitWish;
      readonly parameters: Float64Array;
      readonly condition: { readonly corner: number } | { readonly sample: number };
    };
    readonly answer: Verified;
  };
  /**
   * Looks into the agent where an environment stands now (by its place in the snapshot), or stood at a point (aiming at
   * the benchmark target), without touching the training. `steps`: length of a rollout in the neural simulator, none
   * where left out. Rejects where the agent has nothing to show.
   */
  readonly lens: {
    readonly ask: ({ readonly environment: number } | { readonly circuit: number; readonly point: number }) & {
      readonly steps?: number;
    };
    readonly answer: LensAnswer;
  };
  /** The netlist of a sizing, with its analyses, as stock ngspice runs it. */
  readonly netlist: {
    readonly ask: { readonly circuit: CircuitWish; readonly parameters: Float64Array };
    readonly answer: string;
  };
  /** All circuits that could take part: those of plugins, and those loaded. `index` is -1 for those that never did. */
  readonly circuits: { readonly ask: Record<string, never>; readonly answer: readonly CircuitInfo[] };
  /**
   * Reads a circuit from plain files. It can be simulated then, and join the training by `add-circuit` with its id. Files of
   * the same id replace what was loaded before. Rejects with file and line of what is wrong.
   */
  readonly 'load-circuit': { readonly ask: { readonly files: CircuitFiles }; readonly answer: CircuitInfo };
  /** Runs that are recorded where this one is, latest first; none where nothing is recorded. */
  readonly runs: { readonly ask: Record<string, never>; readonly answer: readonly RunListing[] };
  /** Deletes a recorded run, not the one that goes on. Answers how many bytes are free now. */
  readonly 'delete-run': { readonly ask: { readonly run: string }; readonly answer: { readonly bytes: number } };
  /** What is known of a recorded run (null, here and below: the one that goes on). */
  readonly 'recorded-run': { readonly ask: { readonly run: string | null }; readonly answer: RecordedRun };
  /** Pictures of a recorded run from a tick on, beginning with the last one at or before it; at most `count`. */
  readonly 'recorded-snapshots': {
    readonly ask: { readonly run: string | null; readonly from: number; readonly count: number };
    readonly answer: { readonly snapshots: readonly Snapshot[] };
  };
  /** As `points`; `circuit` is its index in the recorded run. What the neural simulator had expected is not recorded. */
  readonly 'recorded-points': {
    readonly ask: { readonly run: string | null; readonly circuit: number; readonly since: number; readonly limit?: number };
    readonly answer: Points;
  };
  readonly 'recorded-courses': { readonly ask: { readonly run: string | null }; readonly answer: readonly BestCourse[] };
  /**
   * Records a new run that goes on from the last checkpoint at or before a tick with some settings changed. It goes on once
   * a page is opened on it. Answers its id.
   */
  readonly 'branch-run': {
    readonly ask: { readonly run: string | null; readonly tick: number; readonly changes: BranchChanges };
    readonly answer: { readonly run: string; readonly parent: RunParent };
  };
}

export type QuestionName = keyof Questions;

/** Asks; what comes back depends on the question. */
export type Ask = <Name extends QuestionName>(name: Name, question: Questions[Name]['ask']) => Promise<Questions[Name]['answer']>;
