/**
 * What a circuit is, as data. Everything a person sees about a circuit and everything the agent reads of it follows
 * from this declaration. SI units throughout (widths in metres).
 */

export type ParameterKind = 'width' | 'length' | 'multiplier' | 'capacitance' | 'resistance' | 'current' | 'voltage';

/** What the sized devices do in the circuit. Read by the agent as features, so that an unseen circuit is readable. */
export type DeviceRole =
  | 'input-pair'
  | 'mirror'
  | 'tail'
  | 'bias'
  | 'gain-stage'
  | 'load'
  | 'cascode'
  | 'folding'
  | 'compensation'
  | 'feed-forward'
  | 'latch'
  | 'precharge'
  | 'clock'
  | 'pass'
  | 'feedback'
  | 'output-load';

export interface ParameterDefinition {
  /** Name in the netlist template: `{wn1}`. */
  readonly name: string;
  readonly title: string;
  readonly kind: ParameterKind;
  readonly unit: 'm' | 'F' | 'ohm' | 'A' | 'V' | '';
  readonly minimum: number;
  readonly maximum: number;
  /** How [minimum, maximum] maps to [0, 1]. */
  readonly scale: 'log' | 'linear';
  /** Values are rounded to whole multiples of it where given. */
  readonly grid?: number;
  readonly initial: number;
  readonly roles: readonly DeviceRole[];
  readonly polarity: 'n' | 'p' | 'none';
  /** Instances in the netlist that it sizes. */
  readonly devices: readonly string[];
}

export type SpecKind =
  | 'gain'
  | 'bandwidth'
  | 'phase-margin'
  | 'current'
  | 'power'
  | 'swing'
  | 'settling'
  | 'slew'
  | 'delay'
  | 'charge'
  | 'energy'
  | 'rejection'
  | 'dropout'
  | 'offset'
  | 'noise'
  | 'other';

/**
 * How a measure becomes a network's number: z = (f(x) - center) / spread, f = ln for `log` (values below `floor` count
 * as `floor`), identity for `linear`; clipped to ±4.
 */
export interface MeasureTransform {
  readonly scale: 'log' | 'linear';
  readonly center: number;
  readonly spread: number;
  readonly floor?: number;
}

export interface SpecDefinition {
  readonly name: string;
  readonly title: string;
  readonly kind: SpecKind;
  readonly unit: string;
  readonly direction: 'at-least' | 'at-most';
  /** The benchmark target. */
  readonly target: number;
  /** Range that training targets are drawn from; drawn log-uniformly where the transform is `log`. */
  readonly range: { readonly easy: number; readonly hard: number };
  readonly transform: MeasureTransform;
}

/** Where a circuit's transistor models come from and under which conditions it is simulated. */
export interface ProcessDefinition {
  /** Id of a shipped model library (`gf180`, `freepdk45`, `ptm`, …) or `none`. */
  readonly library: string;
  /** Section of the library, where it has several: `typical`, `ff`, `ss`, `fs`, `sf`. */
  readonly section?: string;
  /** Further model cards, as ngspice text: a user's own file. */
  readonly models?: string;
  /** Supply in volts; `{supply}` in the netlist. */
  readonly supply: number;
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Number of a mismatch sample, where transistors are to differ from each other; none where left out. */
  readonly mismatch?: number;
}

/** What every analysis has, whatever its kind. */
interface AnalysisBase {
  /** Unique in the circuit; measures and guards refer to it. */
  readonly id: string;
  /** Changes made before it, kept by the analyses that follow: `{ 'cl': '500p', 'vip dc': '{supply}/2+0.2' }`. */
  readonly alter?: Readonly<Record<string, string | number>>;
  /** Simulator options set before it, kept by those that follow: `{ reltol: 1e-4 }`. */
  readonly options?: Readonly<Record<string, string | number>>;
  /** Vectors wanted: `v(out)`, `i(vdd)`, `@m1[gm]`. */
  readonly save: readonly string[];
  /** If one of these does not hold, the circuit is invalid and the analyses that follow are not run. */
  readonly guards?: readonly GuardDefinition[];
}

/** Numbers may be given as text with `{name}` and SPICE suffixes. */
export type AnalysisDefinition =
  | (AnalysisBase & { readonly kind: 'op' })
  | (AnalysisBase & {
      readonly kind: 'dc';
      readonly source: string;
      readonly start: string | number;
      readonly stop: string | number;
      readonly step: string | number;
    })
  | (AnalysisBase & {
      readonly kind: 'ac';
      readonly pointsPerDecade: number;
      readonly start: string | number;
      readonly stop: string | number;
    })
  | (AnalysisBase & {
      /** Noise densities at `output` (`onoise_spectrum`) and referred to `source` (`inoise_spectrum`), saved without being asked for. */
      readonly kind: 'noise';
      /** `v(out)` */
      readonly output: string;
      readonly source: string;
      readonly pointsPerDecade: number;
      readonly start: string | number;
      readonly stop: string | number;
    })
  | (AnalysisBase & {
      readonly kind: 'tran';
      readonly step: string | number;
      readonly stop: string | number;
      readonly start?: string | number;
      readonly maximumStep?: string | number;
      /** Ends after so many time steps: a circuit that oscillates for ever would take thousands. */
      readonly pointLimit?: number;
      /**
       * Where a `settling` measure of this analysis hangs on a peak that just touches its band, the analysis is run again,
       * with one refinement after the other, until the peak is clearly within or outside.
       */
      readonly refinements?: readonly Refinement[];
    });

export interface Refinement {
  /** How near to the edge of the band a peak is not clearly within or outside, as a share of the band's half width. */
  readonly margin: number;
  /** Simulator options of the finer run; those of the analysis are back after it. */
  readonly options: Readonly<Record<string, string | number>>;
  /** In place of the analysis' own. */
  readonly pointLimit?: number;
}

/** What one analysis gave: its axis and the vectors saved, all of one length. */
export interface Waveforms {
  readonly kind: AnalysisDefinition['kind'];
  /** Sweep value, hertz or seconds; a single 0 for an operating point. */
  readonly axis: Float64Array;
  /** Real parts, by the vector's name in lower case. */
  readonly real: Readonly<Record<string, Float64Array>>;
  /** Imaginary parts; empty but for AC. */
  readonly imaginary: Readonly<Record<string, Float64Array>>;
}

/** Waveforms of the analyses that ran, by analysis id. */
export type AnalysisResults = Readonly<Record<string, Waveforms>>;

/** What a measure or a guard may look at besides the waveforms. */
export interface MeasureContext {
  readonly results: AnalysisResults;
  /** Physical values by parameter name. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly supply: number;
  readonly temperature: number;
}

/**
 * A measure is a named built-in one with its arguments (`{ use: 'phase-margin', analysis: 'ac', output: 'v(out)' }`,
 * see engine/circuit/measures), a statement of ngspice (`{ use: 'meas', analysis: 'ac', statement: 'find vdb(out) at=1k' }`), or a
 * function of the waveforms. Numbers among the arguments may be text with `{supply}` and parameters. Missing is NaN.
 */
export type MeasureDefinition =
  | { readonly use: string; readonly [argument: string]: string | number | boolean | readonly string[] }
  | ((context: MeasureContext) => number);

/** A condition without which nothing that was measured means anything. */
export type GuardDefinition =
  | {
      readonly use: 'within';
      /** A vector; its last value counts unless `at` (on the axis) is given. */
      readonly vector: string;
      readonly at?: number;
      /** Text may use `{supply}`, `{temperature}` and parameters. */
      readonly minimum?: number | string;
      readonly maximum?: number | string;
      /** What it means when it does not hold: `the output sits on a rail`. */
      readonly otherwise: string;
    }
  | {
      readonly use: 'saturated';
      /** MOSFETs of the netlist whose |vds| must be at least vdsat + margin; what it reads is saved without being asked for. */
      readonly devices: readonly string[];
      /** Volts; 0 where left out. */
      readonly margin?: number;
    }
  /** Returns what is wrong, or null. Code plugins only; its analysis is the last that it may look at. */
  | ((context: MeasureContext) => string | null);

export interface PublishedFigure {
  readonly work: string;
  readonly what: string;
  readonly figure: string;
}

/** A sizing known to meet some targets, with what it measured: a witness. */
export interface HeldTarget {
  readonly target: readonly number[];
  /** Physical values, in the parameters' order, and measures, in the specs' order. */
  readonly witness: { readonly parameters: readonly number[]; readonly measures: readonly number[] };
  /** How many of 300 random single steps from the start meet it; 0 = hard. */
  readonly metByRandomSteps: number;
}

/** What is left out is as in the circuit's process. */
export interface CornerDefinition {
  readonly section?: string;
  /** Volts. */
  readonly supply?: number;
  /** Degrees Celsius. */
  readonly temperature?: number;
}

export interface CircuitDefinition {
  readonly id: string;
  readonly title: string;
  /** One or two sentences. */
  readonly description: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly specs: readonly SpecDefinition[];
  readonly process: ProcessDefinition;
  /**
   * ngspice netlist with `{name}` for parameters and `{supply}`; no title line, analyses, `.control` or `.end`.
   * Arithmetic is allowed: `{wn1 * 2}`.
   */
  readonly netlist: string;
  /** Voltages near the solution, by node; text may use `{supply}`. A hint to the solver: results do not depend on it. */
  readonly nodeset?: Readonly<Record<string, string | number>>;
  /** Simulator options for all analyses. */
  readonly options?: Readonly<Record<string, string | number>>;
  /** In the order in which they run, on one loaded circuit. */
  readonly analyses: readonly AnalysisDefinition[];
  /** By spec name: every spec has one. Further ones are shown, not scored. */
  readonly measures: Readonly<Record<string, MeasureDefinition>>;
  /** Conditions over all measures (by spec name), after the analyses' own guards: `{ gain: { minimum: 1 } }`. */
  readonly plausible?: Readonly<Record<string, { readonly minimum?: number; readonly maximum?: number }>>;
  readonly episode?: {
    readonly steps?: number;
    /** Largest distance in u of an episode's start from the initial sizing. */
    readonly startPerturbation?: number;
  };
  /**
   * The person at this machine vouches for the netlist: it may hold commands, and include files of this machine. Never read
   * from a circuit's files.
   */
  readonly trusted?: boolean;
  /**
   * Conditions besides the nominal ones under which the targets are to hold. They are simulated once the nominal result meets
   * the benchmark target; a measure is then the worst of all.
   */
  readonly corners?: readonly CornerDefinition[];
  /**
   * Why the yield under mismatch says nothing about the circuit, where that is so: `its testbench is open loop`. Shown wherever a
   * yield is.
   */
  readonly yieldCaveat?: string;
  readonly heldTargets?: readonly HeldTarget[];
  readonly references?: readonly PublishedFigure[];
  /** Milliseconds after which an evaluation counts as hung. */
  readonly timeLimitMilliseconds?: number;
}

/** Texts of a circuit folder by file name, `circuit.json` among them. */
export type CircuitFiles = Readonly<Record<string, string>>;

/** Why an evaluation has no result that counts. */
export type FailureClass =
  | 'no-convergence'
  | 'time-out'
  | 'missing-measure'
  | 'out-of-range'
  | 'invalid-operating-point'
  | 'engine-died'
  | 'bad-netlist';

/** What the simulator said about one sizing. */
export interface Evaluation {
  /** In the specs' order; NaN where missing. */
  readonly measures: Float64Array;
  readonly valid: boolean;
  readonly failure: FailureClass | null;
  /** What failed, in words; empty where nothing did. */
  readonly failureDetail: string;
  /** Time that the simulator took for it. */
  readonly milliseconds: number;
  /** Calls of the simulator that it took, where it took more than one (corners). */
  readonly calls?: number;
  /** Waveforms, where `detail` was asked for. */
  readonly curves?: AnalysisResults;
}

export interface SimulatorStatistics {
  readonly evaluations: number;
  readonly failures: Readonly<Record<FailureClass, number>>;
  /** Instances ended because they hung or died, and instances renewed after their share of runs. */
  readonly replaced: number;
  readonly recycled: number;
  /** Evaluations waiting and running now. */
  readonly queued: number;
  readonly busy: number;
  /** Answers that were known and cost no simulation; they are not among the evaluations. */
  readonly cacheHits: number;
  /** Sum of all evaluations' milliseconds. */
  readonly milliseconds: number;
}

export interface SimulatorEvent {
  readonly kind: 'replaced' | 'recycled';
  readonly worker: number;
  readonly message: string;
}

/** One way to run ngspice. */
export interface Simulator {
  readonly kind: string;
  readonly description: string;
  /** Evaluations that run at once. */
  readonly capacity: number;
  /** A circuit must be registered before it is evaluated; registering the same id again replaces it. */
  register(circuit: CircuitDefinition): void;
  /** Parameters are physical values, [P]. Never rejects because of a circuit: failures are in the answer. */
  evaluate(request: {
    readonly circuitId: string;
    readonly parameters: Float64Array;
    readonly detail?: boolean;
  }): Promise<Evaluation>;
  statistics(): SimulatorStatistics;
  onEvent(listener: (event: SimulatorEvent) => void): () => void;
  dispose(): Promise<void>;
}
