import { mean } from '../base';
import type { CircuitCount } from './resources';

/** A circuit that meets nearly all of its targets still gets this much of what one that meets none gets. */
const LEAST_NEED = 0.1;

/**
 * How much a circuit needs simulations, 0 … 1. A run that is to stop when all is met gives nothing to a circuit that has
 * met its benchmark target; one that goes on gives a circuit the less, the more of its recent episodes met theirs,
 * once its random phase is over.
 */
export function needOf(count: CircuitCount, stopWhenMet: boolean): number {
  if (!count.present) return 0;
  if (stopWhenMet) return count.best?.met ? 0 : 1;
  if (count.byChance) return 1;
  const success = mean(count.episodes.toArray());
  return Number.isNaN(success) ? 1 : Math.max(LEAST_NEED, 1 - success);
}

/**
 * Deals out a tick's simulations: the neediest circuit acts with all of its environments, the others with a part of
 * theirs that grows with their need. Parts of a simulation are kept as credit for later ticks.
 * @param environments training environments of each circuit
 * @returns how many of each circuit's environments may act now
 */
export function dealShares(
  counts: readonly CircuitCount[],
  environments: readonly number[],
  stopWhenMet: boolean,
): readonly number[] {
  const needs = counts.map((count) => needOf(count, stopWhenMet));
  const neediest = Math.max(...needs);
  const total = needs.reduce((sum, need, c) => sum + need * environments[c]!, 0);
  return counts.map((count, c) => {
    count.share = total > 0 ? (needs[c]! * environments[c]!) / total : 0;
    if (neediest > 0) count.credit = Math.min(environments[c]!, count.credit + (needs[c]! / neediest) * environments[c]!);
    return needs[c]! === 0 ? 0 : Math.floor(count.credit + 1e-9);
  });
}
