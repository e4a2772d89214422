import type { AnalysisDefinition, GuardDefinition, Waveforms } from '../api/circuit';
import type { DataGuard } from './deck/deck-definition';
import type { Lookup } from './deck/expression';
import { numberOf } from './deck/template';
import { valueAt } from './measures/curves';

/**
 * What is wrong by a guard, or null where it holds. A vector that is missing is wrong.
 * @param lookup parameters, supply and temperature, for bounds that are text
 */
export function guardFault(guard: DataGuard, waveforms: Waveforms, lookup: Lookup): string | null {
  switch (guard.use) {
    case 'within':
      return rangeFault(guard, waveforms, lookup);
    case 'saturated':
      return saturationFault(guard, waveforms);
  }
}

/** The vectors that an analysis saves: those that it names, those that its guards read, and of a noise analysis its densities. */
export function savedVectors({ kind, save, guards = [] }: AnalysisDefinition): readonly string[] {
  const densities = kind === 'noise' ? NOISE_DENSITIES : [];
  return [...new Set([...save, ...densities, ...guards.flatMap(vectorsOf)])];
}

const NOISE_DENSITIES: readonly string[] = ['onoise_spectrum', 'inoise_spectrum'];

function vectorsOf(guard: GuardDefinition): readonly string[] {
  if (typeof guard === 'function' || guard.use !== 'saturated') return [];
  return guard.devices.flatMap((device) => [drainVoltage(device), saturationVoltage(device)]);
}

const drainVoltage = (device: string) => `@${device}[vds]`;
const saturationVoltage = (device: string) => `@${device}[vdsat]`;

function rangeFault(guard: DataGuard & { readonly use: 'within' }, { axis, real }: Waveforms, lookup: Lookup): string | null {
  const vector = real[guard.vector.toLowerCase()];
  if (!vector) return `${guard.vector} was not simulated`;
  const value = guard.at === undefined ? vector[vector.length - 1]! : valueAt(axis, vector, guard.at);
  const minimum = numberOf(guard.minimum ?? Number.NEGATIVE_INFINITY, lookup);
  const maximum = numberOf(guard.maximum ?? Number.POSITIVE_INFINITY, lookup);
  return value >= minimum && value <= maximum ? null : `${guard.otherwise} (${guard.vector} = ${value.toPrecision(4)})`;
}

function saturationFault({ devices, margin = 0 }: DataGuard & { readonly use: 'saturated' }, { real }: Waveforms): string | null {
  for (const device of devices) {
    const name = device.toLowerCase();
    const vds = real[drainVoltage(name)]?.at(-1);
    const vdsat = real[saturationVoltage(name)]?.at(-1);
    if (vds === undefined || vdsat === undefined) return `${device} was not simulated`;
    if (!(Math.abs(vds) >= vdsat + margin))
      return `${device} is not saturated (vds = ${vds.toPrecision(4)}, vdsat = ${vdsat.toPrecision(4)})`;
  }
  return null;
}
