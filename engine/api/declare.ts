/** Shorthands for what circuits declare again and again. Each returns plain data, as one could write by hand. */
import type { DeviceRole, ParameterDefinition, SpecDefinition } from './circuit';

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

const WIDTHS: Range = { minimum: 0.5e-6, maximum: 100e-6 };
const LENGTHS: Range = { minimum: 0.3e-6, maximum: 2e-6 };
const CAPACITANCES: Range = { minimum: 0.1e-12, maximum: 10e-12 };

/** A channel width on a logarithmic scale; `range` in metres. */
export function width(
  name: string,
  title: string,
  initialMicrometres: number,
  roles: readonly DeviceRole[],
  polarity: 'n' | 'p',
  devices: readonly string[],
  { minimum, maximum }: Range = WIDTHS,
): ParameterDefinition {
  const initial = initialMicrometres * 1e-6;
  return { name, title, kind: 'width', unit: 'm', minimum, maximum, scale: 'log', initial, roles, polarity, devices };
}

/** A channel length on a logarithmic scale. */
export function length(
  name: string,
  title: string,
  initialMicrometres: number,
  roles: readonly DeviceRole[],
  polarity: 'n' | 'p',
  devices: readonly string[],
  { minimum, maximum }: Range = LENGTHS,
): ParameterDefinition {
  const initial = initialMicrometres * 1e-6;
  return { name, title, kind: 'length', unit: 'm', minimum, maximum, scale: 'log', initial, roles, polarity, devices };
}

/** A capacitance on a logarithmic scale; farads. */
export function capacitance(
  name: string,
  title: string,
  initial: number,
  roles: readonly DeviceRole[],
  devices: readonly string[],
  { minimum, maximum }: Range = CAPACITANCES,
): ParameterDefinition {
  return {
    name,
    title,
    kind: 'capacitance',
    unit: 'F',
    minimum,
    maximum,
    scale: 'log',
    initial,
    roles,
    polarity: 'none',
    devices,
  };
}

interface Common extends Pick<SpecDefinition, 'title' | 'kind' | 'unit' | 'direction'> {
  readonly scale: 'log' | 'linear';
  /** Of the transform: what is one unit for a network, in ln or in the measure's own unit. */
  readonly spread: number;
  /** Where the logarithm ends. */
  readonly floor?: number;
}

const COMMON = {
  gain: { title: 'Gain', kind: 'gain', unit: 'V/V', direction: 'at-least', scale: 'log', spread: 1.5, floor: 1e-2 },
  swing: { title: 'Output swing', kind: 'swing', unit: 'V', direction: 'at-least', scale: 'log', spread: 1.5, floor: 1e-3 },
  unityGainFrequency: {
    title: 'Unity-gain frequency',
    kind: 'bandwidth',
    unit: 'Hz',
    direction: 'at-least',
    scale: 'log',
    spread: 1.5,
    floor: 1e4,
  },
  phaseMargin: {
    title: 'Phase margin',
    kind: 'phase-margin',
    unit: 'deg',
    direction: 'at-least',
    scale: 'linear',
    spread: 40,
  },
  supplyCurrent: {
    title: 'Supply current',
    kind: 'current',
    unit: 'A',
    direction: 'at-most',
    scale: 'log',
    spread: 1,
    floor: 1e-5,
  },
  settling: {
    title: 'Settling time to 1 %',
    kind: 'settling',
    unit: 's',
    direction: 'at-most',
    scale: 'log',
    spread: 1,
    floor: 1e-8,
  },
  delay: { title: 'Delay', kind: 'delay', unit: 's', direction: 'at-most', scale: 'log', spread: 0.6, floor: 1e-12 },
  charge: { title: 'Charge a cycle', kind: 'charge', unit: 'C', direction: 'at-most', scale: 'log', spread: 0.7, floor: 1e-15 },
  energy: { title: 'Energy a cycle', kind: 'energy', unit: 'J', direction: 'at-most', scale: 'log', spread: 0.7, floor: 1e-15 },
  offset: {
    title: 'Input-referred offset',
    kind: 'offset',
    unit: 'V',
    direction: 'at-most',
    scale: 'log',
    spread: 0.7,
    floor: 1e-5,
  },
} as const satisfies Readonly<Record<string, Common>>;

export interface SpecNumbers {
  /** The benchmark target. */
  readonly target: number;
  /** Where training targets are drawn from. */
  readonly easy: number;
  readonly hard: number;
  /** Of random sizings: 0 for a network. */
  readonly typical: number;
  /** How far random sizings scatter, where not as usual: one unit for a network, in ln or in the measure's own unit. */
  readonly spread?: number;
  readonly title?: string;
}

/** One of the specs that many circuits share: kind, unit, direction and transform follow from its name. */
export function spec(name: keyof typeof COMMON, { target, easy, hard, typical, title, ...own }: SpecNumbers): SpecDefinition {
  const { scale, spread, floor, ...common }: Common = COMMON[name];
  const center = scale === 'log' ? Math.log(typical) : typical;
  return {
    name,
    ...common,
    ...(title === undefined ? {} : { title }),
    target,
    range: { easy, hard },
    transform: { scale, center, spread: own.spread ?? spread, ...(floor === undefined ? {} : { floor }) },
  };
}
