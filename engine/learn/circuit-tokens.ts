import type { CircuitInfo, DeviceRole, ParameterDefinition, ParameterKind, SpecDefinition, SpecKind } from '../api';
import type { CircuitTokens } from '../model/packed-batch';

/**
 * How a circuit is described to the networks. Features describe, they do not name: what a parameter is and sizes, what
 * a spec measures and which way it is wanted. A circuit never seen before is readable by the same vocabulary.
 */
const PARAMETER_KINDS: readonly ParameterKind[] = [
  'width',
  'length',
  'multiplier',
  'capacitance',
  'resistance',
  'current',
  'voltage',
];
const ROLES: readonly DeviceRole[] = [
  'input-pair',
  'mirror',
  'tail',
  'bias',
  'gain-stage',
  'load',
  'cascode',
  'folding',
  'compensation',
  'feed-forward',
  'latch',
  'precharge',
  'clock',
  'pass',
  'feedback',
  'output-load',
];
const SPEC_KINDS: readonly SpecKind[] = [
  'gain',
  'bandwidth',
  'phase-margin',
  'current',
  'power',
  'swing',
  'settling',
  'slew',
  'delay',
  'charge',
  'energy',
  'rejection',
  'dropout',
  'offset',
  'noise',
  'other',
];
const POSITIONS = 4;

const parameterPart = PARAMETER_KINDS.length + ROLES.length + 4;
const specPart = SPEC_KINDS.length + 2;
const tokenKinds = 4; // opening circuit token, parameter, spec, closing circuit token

/** Static features of a token. */
export const TOKEN_FEATURES = tokenKinds + parameterPart + specPart + 2 * POSITIONS;

export function describeCircuit(circuit: CircuitInfo): CircuitTokens {
  const parameters = circuit.parameters.map(describeParameter);
  const specs = circuit.specs.map(describeSpec);
  const summary = [...mean(parameters, parameterPart), ...mean(specs, specPart)];
  const none = (length: number) => Array.from({ length }, () => 0);
  const tokens = [
    [...oneHot(0, tokenKinds), ...summary, ...position(0)],
    ...parameters.map((features, i) => [...oneHot(1, tokenKinds), ...features, ...none(specPart), ...position(i)]),
    ...specs.map((features, i) => [...oneHot(2, tokenKinds), ...none(parameterPart), ...features, ...position(i)]),
    [...oneHot(3, tokenKinds), ...summary, ...position(0)],
  ];
  return { parameters: parameters.length, specs: specs.length, features: Float32Array.from(tokens.flat()) };
}

function describeParameter(p: ParameterDefinition): number[] {
  const decades = Math.log10(p.maximum / p.minimum);
  return [
    ...oneHot(PARAMETER_KINDS.indexOf(p.kind), PARAMETER_KINDS.length),
    ...ROLES.map((role) => (p.roles.includes(role) ? 1 : 0)),
    p.polarity === 'n' ? 1 : 0,
    p.polarity === 'p' ? 1 : 0,
    p.scale === 'log' ? 1 : 0,
    Number.isFinite(decades) ? decades / 3 : 1,
  ];
}

function describeSpec(s: SpecDefinition): number[] {
  return [
    ...oneHot(SPEC_KINDS.indexOf(s.kind), SPEC_KINDS.length),
    s.direction === 'at-least' ? 1 : -1,
    s.transform.scale === 'log' ? 1 : 0,
  ];
}

/** Place in the list, as a few sines: two parameters of the same description stay two. */
function position(index: number): number[] {
  return Array.from({ length: POSITIONS }, (_, i) => index / 2 ** i).flatMap((phase) => [Math.sin(phase), Math.cos(phase)]);
}

function oneHot(index: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (i === index ? 1 : 0));
}

function mean(rows: readonly number[][], length: number): number[] {
  return Array.from({ length }, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / Math.max(1, rows.length));
}
