import type { NumberRange } from './number-range';

/**
 * Every number that decides how M3 learns, in one place. Printed at the start of a run and stored with it. One set of
 * constants serves all circuits.
 */
export interface HyperParameters {
  /** Switches for experiments, all else equal. 1: Transformer blocks of the same number of weights in place of Mamba's. */
  transformer: number;
  /** 0: plain soft actor-critic, without a neural simulator (no fitting, rollouts, imagined gradient, ranking). */
  modelBased: number;
  /** 0: the synthetic buffer stays empty; actor and critics train on real transitions alone. */
  synthetic: number;
  /** Makes the neural simulator worse: normal noise and a shift of every predicted measure, in units of z. */
  modelNoise: number;
  modelBias: number;

  /** Mamba: model width, state size, layers; the initial range of step sizes (short sequences want large ones). */
  width: number;
  state: number;
  layers: number;
  stepLow: number;
  stepHigh: number;

  /** A unit of action moves a parameter by this share of its (log) range. */
  actionScale: number;
  /** Discount. */
  gamma: number;
  /** Target critics follow by this share an update. */
  tau: number;
  actorRate: number;
  criticRate: number;
  temperatureRate: number;
  initialTemperature: number;
  /** Target entropy per parameter, nats. */
  targetEntropy: number;
  /** Sequences in an actor-critic batch, rounded down to as many for each member of the ensemble. */
  batch: number;
  /** Norm at which gradients are clipped. */
  clip: number;
  /** Weight of the gradient through the neural simulator in the actor's loss. */
  imaginedWeight: number;

  /** Simulations of a circuit that are random before the policy takes over. */
  warmup: number;
  /** Share of them that is uniform over the space; the others walk from the start. */
  warmupUniform: number;

  /** Members of the neural simulator's ensemble. */
  members: number;
  modelRate: number;
  modelDecay: number;
  /** Batch of a fit step, per member. */
  modelBatch: number;
  /** Fit after so many new simulations; that many steps each time, and the first time. */
  fitEvery: number;
  fitSteps: number;
  firstFitSteps: number;
  validityWeight: number;
  /** Share of the rate that is left at the end of each round of fitting; it falls linearly. */
  fitAnneal: number;
  /** Points near the target count up to 1 + this in the fit: 1 + weight · exp(sharpness · shortfall). */
  nearTargetWeight: number;
  nearTargetSharpness: number;

  /** Ranked exploration: candidates per environment (0 = the plain policy with its noise). */
  candidates: number;
  /** Share of candidates from the actor, toward the best known point; the others are random directions. */
  candidatesActor: number;
  candidatesBest: number;
  /** Near the target: chance that an environment looks for its next sizing around the best known point in place of around where it stands. */
  fromBest: number;
  /**
   * Where the best known sizing misses the target by more than this (as a reward), half of the environments keep to it, and half to the
   * best of their own episode, in turns of episodes. 1: never.
   */
  apartBeyond: number;
  /** Chance that it looks further than an action reaches, and how many actions far at most. */
  farChance: number;
  farReach: number;
  /** How near it looks at least where it looks around the best point and not far, in actions. */
  nearReach: number;
  /** Rounds in which half as many more are bred from the best tenth. */
  refinements: number;
  /**
   * Correct the ensemble by real results near a candidate (Gaussian-process regression, on what it misses or in its
   * place). 0: the networks alone.
   */
  correction: number;
  /** An environment values candidates by its own member of the ensemble with this weight, by the mean with the rest. */
  ownMember: number;
  /** Standard deviations of the ensemble added to a candidate's value. */
  optimism: number;
  /** Training aims this much beyond each target that is set, as a share of violation. */
  margin: number;

  /** Real and synthetic transitions kept, per circuit. */
  realCapacity: number;
  syntheticCapacity: number;
  /** The synthetic buffer is emptied every so many fits: the neural simulators that imagined what is in it are outdated. */
  syntheticFits: number;
  /** Shares of training goals that are drawn from the range, and taken in hindsight; the rest is the environment's own. */
  goalsFromRange: number;
  goalsInHindsight: number;
}

const SWITCH: NumberRange = { low: 0, high: 1, whole: true };
const SHARE: NumberRange = { low: 0, high: 1 };
const ANY_AMOUNT: NumberRange = { low: 0, high: Number.POSITIVE_INFINITY };
const whole = (low: number, high = Number.POSITIVE_INFINITY): NumberRange => ({ low, high, whole: true });

/** What each may be. */
export const hyperParameterRanges: Readonly<Record<keyof HyperParameters, NumberRange>> = {
  transformer: SWITCH,
  modelBased: SWITCH,
  synthetic: SWITCH,
  modelNoise: ANY_AMOUNT,
  modelBias: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
  width: whole(1, 4096),
  state: whole(1, 1024),
  layers: whole(1, 64),
  stepLow: { low: 1e-6, high: 100 },
  stepHigh: { low: 1e-6, high: 100 },
  actionScale: { low: 1e-6, high: 1 },
  gamma: SHARE,
  tau: SHARE,
  actorRate: ANY_AMOUNT,
  criticRate: ANY_AMOUNT,
  temperatureRate: ANY_AMOUNT,
  initialTemperature: { low: 1e-12, high: Number.POSITIVE_INFINITY },
  targetEntropy: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
  batch: whole(1, 65_536),
  clip: { low: 1e-12, high: Number.POSITIVE_INFINITY },
  imaginedWeight: ANY_AMOUNT,
  warmup: whole(1),
  warmupUniform: SHARE,
  members: whole(1, 64),
  modelRate: ANY_AMOUNT,
  modelDecay: ANY_AMOUNT,
  modelBatch: whole(1, 65_536),
  fitEvery: whole(1),
  fitSteps: whole(0),
  firstFitSteps: whole(0),
  validityWeight: ANY_AMOUNT,
  fitAnneal: SHARE,
  nearTargetWeight: ANY_AMOUNT,
  nearTargetSharpness: ANY_AMOUNT,
  candidates: whole(0, 65_536),
  candidatesActor: SHARE,
  candidatesBest: SHARE,
  fromBest: SHARE,
  apartBeyond: SHARE,
  farChance: SHARE,
  farReach: { low: 1, high: Number.POSITIVE_INFINITY },
  nearReach: { low: 1e-6, high: 1 },
  refinements: whole(0, 10_000),
  correction: SWITCH,
  ownMember: SHARE,
  optimism: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
  margin: { low: 0, high: 0.5 },
  realCapacity: whole(1),
  syntheticCapacity: whole(1),
  syntheticFits: whole(1),
  goalsFromRange: SHARE,
  goalsInHindsight: SHARE,
};

export const defaultHyperParameters: HyperParameters = {
  transformer: 0,
  modelBased: 1,
  synthetic: 1,
  modelNoise: 0,
  modelBias: 0,
  width: 32,
  state: 8,
  layers: 2,
  stepLow: 0.05,
  stepHigh: 0.8,
  actionScale: 0.15,
  gamma: 0.9,
  tau: 0.01,
  actorRate: 1e-3,
  criticRate: 2e-3,
  temperatureRate: 2e-3,
  initialTemperature: 0.03,
  targetEntropy: -1,
  batch: 128,
  clip: 1,
  imaginedWeight: 1,
  warmup: 40,
  warmupUniform: 0.5,
  members: 4,
  modelRate: 2e-3,
  modelDecay: 1e-5,
  modelBatch: 64,
  fitEvery: 10,
  fitSteps: 40,
  firstFitSteps: 300,
  validityWeight: 0.3,
  fitAnneal: 0.1,
  nearTargetWeight: 3,
  nearTargetSharpness: 20,
  candidates: 128,
  candidatesActor: 0.4,
  candidatesBest: 0.2,
  fromBest: 0.5,
  apartBeyond: 0.01,
  farChance: 0.4,
  farReach: 4,
  nearReach: 0.1,
  refinements: 12,
  correction: 1,
  ownMember: 1,
  optimism: 0.3,
  margin: 0.005,
  realCapacity: 8192,
  syntheticCapacity: 4096,
  syntheticFits: 10,
  goalsFromRange: 0.3,
  goalsInHindsight: 0.3,
};
