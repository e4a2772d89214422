/** Declarations for the synthetic source: two circuits of different lengths, in the form of real ones. */

import type { DeviceRole, ParameterDefinition, SpecDefinition } from '../../engine/api/circuit';
import type { CircuitInfo } from '../../engine/api/circuit-info';

function width(name: string, title: string, initial: number, role: DeviceRole): ParameterDefinition {
  return {
    name,
    title,
    kind: 'width',
    unit: 'm',
    minimum: 0.5e-6,
    maximum: 100e-6,
    scale: 'log',
    initial: initial * 1e-6,
    roles: [role],
    polarity: name.startsWith('wn') ? 'n' : 'p',
    devices: [],
  };
}

type SpecRow = readonly [
  name: string,
  title: string,
  kind: SpecDefinition['kind'],
  unit: string,
  direction: '≥' | '≤',
  target: number,
];

function spec([name, title, kind, unit, direction, target]: SpecRow): SpecDefinition {
  return {
    name,
    title,
    kind,
    unit,
    direction: direction === '≥' ? 'at-least' : 'at-most',
    target,
    range: direction === '≥' ? { easy: target / 2, hard: target } : { easy: target * 2, hard: target },
    transform: { scale: 'log', center: Math.log(target), spread: 1 },
  };
}

const capacitor: ParameterDefinition = {
  name: 'cc',
  title: 'Compensation capacitor',
  kind: 'capacitance',
  unit: 'F',
  minimum: 0.1e-12,
  maximum: 10e-12,
  scale: 'log',
  initial: 3.48e-12,
  roles: ['compensation'],
  polarity: 'none',
  devices: [],
};

const opamp: Omit<CircuitInfo, 'index'> = {
  id: 'two-stage-opamp',
  title: 'Two-stage op-amp',
  parameters: [
    width('wn1', 'Input pair', 88.76, 'input-pair'),
    width('wn3', 'Tail', 46.21, 'tail'),
    width('wn4', 'Bias diode', 19.64, 'bias'),
    width('wn5', 'Second-stage sink', 70, 'load'),
    width('wp1', 'Mirror', 17.33, 'mirror'),
    width('wp3', 'Second stage', 72.1, 'gain-stage'),
    capacitor,
  ],
  specs: (
    [
      ['gain', 'Gain', 'gain', 'V/V', '≥', 300],
      ['ugf', 'Unity-gain frequency', 'bandwidth', 'Hz', '≥', 20e6],
      ['pm', 'Phase margin', 'phase-margin', 'deg', '≥', 60],
      ['swing', 'Output swing', 'swing', 'V', '≥', 2.6],
      ['current', 'Supply current', 'current', 'A', '≤', 300e-6],
      ['settling', 'Settling time', 'settling', 's', '≤', 1.5e-6],
    ] as const
  ).map(spec),
};

const comparator: Omit<CircuitInfo, 'index'> = {
  id: 'strongarm-comparator',
  title: 'StrongARM comparator',
  parameters: ['wn1', 'wn2', 'wn3', 'wp1', 'wp2', 'wp3'].map((name) => width(name, name, 33.3, 'latch')),
  specs: (
    [
      ['delay', 'Decision delay', 'delay', 's', '≤', 130e-12],
      ['charge', 'Charge per cycle', 'charge', 'C', '≤', 0.6e-12],
    ] as const
  ).map(spec),
};

/** Circuits of the wanted ids; an unknown id is answered by the op-amp under that id. */
export function syntheticCircuits(ids: readonly string[]): readonly CircuitInfo[] {
  const known = [opamp, comparator];
  return ids.map((id, index) => ({ ...(known.find((circuit) => circuit.id === id) ?? { ...opamp, id, title: id }), index }));
}
