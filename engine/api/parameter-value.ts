import { OhmbaError, parseQuantity } from '../base';
import type { ParameterDefinition } from './circuit';
import { isInRange } from './parameter-space';

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
 * Reads a parameter's value: `20` in the customary unit (20 um), or with prefix or unit (`20u`, `20um`, `3.48pF`).
 * @returns SI. @throws OhmbaError where it cannot be read or lies outside the parameter's range
 */
export function parseParameter(parameter: ParameterDefinition, given: string): number {
  const { name, minimum, maximum } = parameter;
  const range = `${customary(parameter, minimum)} to ${customary(parameter, maximum)}`;
  const value = read(parameter, given);
  if (value === null)
    throw new OhmbaError({
      what: `"${given}" is no value of ${name}`,
      expected: `a number from ${range}`,
      todo: `write for example ${name}=${customary(parameter, parameter.initial)}`,
    });
  if (!isInRange(parameter, value))
    throw new OhmbaError({ what: `${name}=${given} is outside its range`, expected: range, todo: 'choose a value within it' });
  return Math.min(maximum, Math.max(minimum, value));
}

function read({ unit }: ParameterDefinition, given: string): number | null {
  const bare = given.trim() !== '' && Number.isFinite(Number(given));
  try {
    return parseQuantity(bare ? given.trim() + CUSTOMARY[unit].unit : given, unit);
  } catch (error) {
    if (error instanceof OhmbaError) return null;
    throw error;
  }
}

/** `20um`, `3.48pF`: as a person would type it. */
export function customary(parameter: ParameterDefinition, value: number): string {
  const { factor, unit } = CUSTOMARY[parameter.unit];
  return `${Number((value / factor).toPrecision(6))}${unit}`;
}
