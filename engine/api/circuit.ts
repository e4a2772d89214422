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
