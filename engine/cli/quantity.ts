import type { ParameterDefinition } from '../api/circuit';
import { UsageError } from './usage-error';

const PREFIXES: Readonly<Record<string, number>> = {
  f: 1e-15,
  p: 1e-12,
  n: 1e-9,
  u: 1e-6,
  µ: 1e-6,
  μ: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};

/** What designers mean by a bare number: micrometres, picofarads, microamperes. */
const CUSTOMARY: Readonly<Record<ParameterDefinition['unit'], { readonly factor: number; readonly unit: string }>> = {
  m: { factor: 1e-6, unit: 'um' },
  F: { factor: 1e-12, unit: 'pF' },
  A: { factor: 1e-6, unit: 'uA' },
  ohm: { factor: 1, unit: 'ohm' },
  V: { factor: 1, unit: 'V' },
  '': { factor: 1, unit: '' },
};

/**
 * Reads a parameter's value: `20` in the customary unit (20 um), or with prefix and unit (`20u`, `20um`, `3.48pF`,
 * `1e-5m`). @returns SI. @throws UsageError where it cannot be read or lies outside the parameter's range.
 */
export function parseParameter(parameter: ParameterDefinition, given: string): number {
  const { name, unit, minimum, maximum } = parameter;
  const { factor } = CUSTOMARY[unit];
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$/i.exec(given.trim());
  const scale = match ? scaleOf(match[2]!, unit, factor) : undefined;
  const range = `${customary(parameter, minimum)} to ${customary(parameter, maximum)}`;
  if (!match || scale === undefined)
    throw new UsageError(
      `"${given}" is no value of ${name}: expected a number from ${range}; write ${name}=${customary(parameter, parameter.initial)}`,
    );
  const value = Number(match[1]) * scale;
  // The bounds themselves stay inside, however they were rounded on the way here.
  const slack = 1e-9 * Math.max(Math.abs(minimum), Math.abs(maximum));
  if (!(value >= minimum - slack && value <= maximum + slack))
    throw new UsageError(`${name}=${given} is outside its range: expected ${range}; choose a value within it`);
  return Math.min(maximum, Math.max(minimum, value));
}

function scaleOf(suffix: string, unit: string, customaryFactor: number): number | undefined {
  if (suffix === '') return customaryFactor;
  if (suffix === unit && unit !== '') return 1;
  const prefix = PREFIXES[[...suffix][0]!];
  const rest = [...suffix].slice(1).join('');
  return prefix !== undefined && (rest === '' || rest === unit || (unit === 'ohm' && rest === 'Ω')) ? prefix : undefined;
}

/** `20um`, `3.48pF`: as a person would type it. */
export function customary(parameter: ParameterDefinition, value: number): string {
  const { factor, unit } = CUSTOMARY[parameter.unit];
  return `${Number((value / factor).toPrecision(6))}${unit}`;
}
