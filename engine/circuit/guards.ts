import type { Waveforms } from '../api/circuit';
import type { DataGuard } from './deck/deck-definition';
import { valueAt } from './measures/curves';

/** What is wrong by a guard, or null where it holds. A vector that is missing is wrong. */
export function guardFault(guard: DataGuard, waveforms: Waveforms): string | null {
  const vector = waveforms.real[guard.vector.toLowerCase()];
  if (!vector) return `${guard.vector} was not simulated`;
  const value = guard.at === undefined ? vector[vector.length - 1]! : valueAt(waveforms.axis, vector, guard.at);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = guard;
  return value >= minimum && value <= maximum ? null : `${guard.otherwise} (${guard.vector} = ${value.toPrecision(4)})`;
}
