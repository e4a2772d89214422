import { OhmbaError } from '../base';
import type { ParameterDefinition } from './circuit';

/** [0, 1] to a physical value, on the grid where there is one; values outside are clipped. */
export function toPhysical(parameter: ParameterDefinition, u: number): number {
  const { minimum, maximum, scale } = parameter;
  const place = Math.min(1, Math.max(0, u));
  if (place === 0) return onGrid(parameter, minimum);
  if (place === 1) return onGrid(parameter, maximum);
  const value = scale === 'log' ? minimum * Math.exp(Math.log(maximum / minimum) * place) : minimum + (maximum - minimum) * place;
  return onGrid(parameter, value);
}

/** The place of a physical value in [0, 1]; values outside the range are clipped. */
export function toUnit(parameter: ParameterDefinition, value: number): number {
  const { minimum, maximum, scale } = parameter;
  const clipped = Math.min(maximum, Math.max(minimum, value));
  const place =
    scale === 'log' ? Math.log(clipped / minimum) / Math.log(maximum / minimum) : (clipped - minimum) / (maximum - minimum);
  return Math.min(1, Math.max(0, place));
}

/** The nearest multiple of the grid within the range. */
export function onGrid({ grid, minimum, maximum }: ParameterDefinition, value: number): number {
  if (grid === undefined) return Math.min(maximum, Math.max(minimum, value));
  const lowest = Math.ceil(minimum / grid - 1e-9);
  const highest = Math.floor(maximum / grid + 1e-9);
  return Math.min(highest, Math.max(lowest, Math.round(value / grid))) * grid;
}

/** A whole sizing, [P], to physical values. */
export function sizingToPhysical(parameters: readonly ParameterDefinition[], u: ArrayLike<number>): Float64Array {
  return Float64Array.from(parameters, (parameter, i) => toPhysical(parameter, u[i]!));
}

/** A whole sizing, [P], to [0, 1]. */
export function sizingToUnit(parameters: readonly ParameterDefinition[], values: ArrayLike<number>): Float32Array {
  return Float32Array.from(parameters, (parameter, i) => toUnit(parameter, values[i]!));
}

/** The circuit's starting point, physical. */
export function initialSizing(parameters: readonly ParameterDefinition[]): Float64Array {
  return Float64Array.from(parameters, (parameter) => parameter.initial);
}

/** Rounding of a value at the very edge is no mistake. */
export function isInRange({ minimum, maximum }: ParameterDefinition, value: number): boolean {
  const slack = 1e-9 * Math.max(Math.abs(minimum), Math.abs(maximum));
  return value >= minimum - slack && value <= maximum + slack;
}

/**
 * Checks a value that a person gave.
 * @throws OhmbaError if it is not a number within the parameter's range
 */
export function checkInRange(parameter: ParameterDefinition, value: number): void {
  if (isInRange(parameter, value)) return;
  const { minimum, maximum, unit, name } = parameter;
  throw new OhmbaError({
    what: `${name} = ${value} ${unit} is outside its range`,
    expected: `${minimum} to ${maximum} ${unit}`,
    todo: 'choose a value within the range',
  });
}
