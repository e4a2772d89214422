import type { Waveforms } from '../../api/circuit';
import type { DataGuard, DeckDefinition } from './deck-definition';
import type { Lookup } from './expression';
import { numberOf } from './template';

/** Ends a transient as soon as its earliest guards are seen not to hold: what follows would not count. */
export interface EarlyStop {
  /** Commands that have to come before the analysis. */
  readonly commands: readonly string[];
  /** An analysis that ends before this time was stopped; seconds. */
  readonly before: number;
  /** The guards of that moment. */
  readonly guards: readonly DataGuard[];
}

/** Time in which the first step after a guard's moment is looked for, as a share of the moment. */
const LOOK = 0.01;
/** Of the run: what is to be spared, at least. */
const WORTH = 0.3;

/**
 * Null where there is nothing to be spared. A stop costs little but is only asked for the earliest moment: a comparator
 * that does not decide does not decide the first time.
 */
export function earlyStop(analysis: DeckDefinition['analyses'][number], lookup: Lookup): EarlyStop | null {
  if (analysis.kind !== 'tran') return null;
  const declared: readonly DataGuard[] = analysis.guards;
  const timed = declared.flatMap((guard) => (guard.use === 'within' && guard.at !== undefined ? [guard] : []));
  const first = Math.min(...timed.map(({ at }) => at!));
  if (!(first > 0 && first < (1 - WORTH) * numberOf(analysis.stop, lookup))) return null;
  const before = first * (1 + LOOK);
  const guards = timed.filter(({ at }) => at === first);
  // A stop that begins with the time would make the simulator step on that moment, and results would depend on it.
  const commands = guards
    .flatMap(({ vector, minimum, maximum }) => [
      ...(maximum === undefined ? [] : [`${vector} > ${numberOf(maximum, lookup)}`]),
      ...(minimum === undefined ? [] : [`${vector} < ${numberOf(minimum, lookup)}`]),
    ])
    .map((condition) => `stop when ${condition} when time > ${first} when time < ${before}`);
  return { commands, before, guards };
}

export function wasStopped({ before }: EarlyStop, { axis }: Waveforms): boolean {
  return axis[axis.length - 1]! < before;
}
