import type { Command } from './command';
import type { Ask } from './questions';
import type { Catalogue, Snapshot } from './snapshot';

/** What a run is: plain data that crosses threads and is stored with the run. Everything has a default. */
export interface RunConfiguration {
  /** Ids of circuits. */
  readonly circuits: readonly string[];
  readonly seed: number;
  /** In all, dealt out evenly. */
  readonly environments: number;
  readonly agent: string;
  readonly schedule: string;
  /** Training simulations after which the run ends. */
  readonly budget: number;
  readonly mode: 'lockstep' | 'free-running';
  /** What training episodes aim at: the benchmark target, targets drawn from the range, or half and half. */
  readonly targets: 'benchmark' | 'range' | 'mixed';
  /** End once every circuit's benchmark target has been met; circuits that met it give their share to the others. */
  readonly stopWhenMet: boolean;
  /** Steps of an episode, and its start's largest distance (in u) from the initial sizing, where a circuit has none of its own. */
  readonly episodeSteps: number;
  readonly startPerturbation: number;
  /** An episode is given up after so many invalid results in a row. */
  readonly resetAfterInvalid: number;
  readonly evaluation: {
    /** Shares of the budget at which the plain policy is evaluated. */
    readonly at: readonly number[];
    /** Also when a circuit's benchmark target was first met. */
    readonly whenFirstMet: boolean;
    /**
     * When training is over, so many of each circuit's held targets (0 or left out: none): from the published start and
     * from random ones, by the plain policy and by ranked exploration, or, of an optimiser, by a search of its own for each. Nothing is
     * learnt from them.
     */
    readonly held?: number;
    /**
     * While training, whenever so many more training simulations were made (0 or left out: never), the plain policy alone tries the
     * first `heldTargets` held targets of each circuit from the published start. Counted as evaluation; nothing is learnt from it.
     */
    readonly heldEvery?: number;
    readonly heldTargets?: number;
  };
  /** Changes to the agent's defaults. */
  readonly hyperParameters: Readonly<Record<string, unknown>>;
  /** Free settings for the agent. */
  readonly agentOptions: Readonly<Record<string, unknown>>;
  /** Ticks a second; null: as fast as it goes. */
  readonly ticksPerSecond: number | null;
  readonly startPaused: boolean;
}

/** One component of an entity with its values, for people. */
export interface ComponentDescription {
  readonly component: string;
  readonly values: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface EntityDescription {
  readonly entity: number;
  readonly components: readonly ComponentDescription[];
}

/** What the trained agent makes of held targets of one circuit, one way of acting, one kind of start. */
export interface HeldResult {
  readonly circuit: string;
  /** The policy alone, with candidates ranked before each step, or, of an optimiser, a search from nothing for each target. */
  readonly policy: 'plain' | 'ranked' | 'search';
  readonly start: 'published' | 'random';
  /** Targets that some of 300 random single steps from the start meets are easy. */
  readonly targets: 'easy' | 'hard';
  readonly episodes: number;
  readonly met: number;
  /** Simulations of all episodes, and of those that met their target; random starts count. */
  readonly simulations: number;
  readonly simulationsOfMet: number;
}

/** How a run ended. */
export interface RunResult {
  readonly reason: 'met' | 'budget' | 'stopped' | 'failed';
  /** The error that ended it; empty where none did. */
  readonly failure: string;
  readonly snapshot: Snapshot;
  /** Where the configuration asks for held targets. */
  readonly held?: readonly HeldResult[];
  /** Over all transitions and final weights: the same seed and executor give the same hash in lockstep. */
  readonly hash: string;
}

/** A part of starting up, for whoever waits. */
export interface StartupStep {
  /** Stable id: `plugins`, `simulator`, `agent`. */
  readonly id: string;
  readonly title: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** What exactly is being done, or what came of it. */
  readonly detail: string;
}

/** A running engine: in this thread, in a worker, or elsewhere. */
export interface Engine {
  /** Resolves once everything is built. */
  readonly ready: Promise<Catalogue>;
  /** The catalogue anew whenever the set of circuits changes. Returns the function that ends the subscription. */
  onCatalogue(listener: (catalogue: Catalogue) => void): () => void;
  /** Resolves when the run has ended; rejects only if it could not be started. */
  readonly finished: Promise<RunResult>;
  send(command: Command): void;
  /** Steps of starting up, those that have been included. Returns the function that ends the subscription. */
  onStartup(listener: (step: StartupStep) => void): () => void;
  /**
   * Snapshots after ticks, at most `perSecond` of them (default 30; Infinity: each tick), and always the last one.
   * Returns the function that ends the subscription.
   */
  subscribe(listener: (snapshot: Snapshot) => void, perSecond?: number): () => void;
  /** Asks for what snapshots do not show: see `Questions`. Rejects with the reason where there is no answer. */
  readonly ask: Ask;
  dispose(): Promise<void>;
}

export const defaultConfiguration: RunConfiguration = {
  circuits: ['two-stage-opamp'],
  seed: 1,
  environments: 16,
  agent: 'm3',
  schedule: 'linear',
  budget: 2000,
  mode: 'lockstep',
  targets: 'benchmark',
  stopWhenMet: true,
  episodeSteps: 30,
  startPerturbation: 0.1,
  resetAfterInvalid: 8,
  evaluation: { at: [1], whenFirstMet: true },
  hyperParameters: {},
  agentOptions: {},
  ticksPerSecond: null,
  startPaused: false,
};
