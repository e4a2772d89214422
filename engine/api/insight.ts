/** What an agent shows of its inside in one situation, for whoever looks; looking changes nothing. */

/** One layer of a network with a selective state, token by token in the order in which they are told. */
export interface InsightLayer {
  /** `actor`, `critic 1`, `critic 2`. */
  readonly network: string;
  readonly layer: number;
  /** Reads the sequence from its end. */
  readonly backward: boolean;
  /** Step size Δ, the mean over channels: how much of a token is taken in; [T]. */
  readonly step: Float32Array;
  /** Root mean square of the state after the token, over channels and state; [T]. */
  readonly state: Float32Array;
}

export interface Insight {
  /** Tokens are: the circuit, its P parameters, its S specs, the circuit again. T = P + S + 2. */
  readonly tokens: number;
  /** The policy's distribution before squashing by tanh, [P] each. */
  readonly mean: Float32Array;
  readonly logStd: Float32Array;
  /** The sizing that the mean leads to, [P]. */
  readonly next: Float32Array;
  /** What each critic expects of that step, discounted to the end of the episode. */
  readonly values: readonly number[];
  /** What the neural simulator expects of that sizing; null where there is none. */
  readonly predicted: { readonly z: Float32Array; readonly spread: Float32Array; readonly validity: number } | null;
  readonly layers: readonly InsightLayer[];
  /** Of each action's mean to each token: gradient times input, summed over the token's numbers; [P · T]. */
  readonly attribution: Float32Array;
}
