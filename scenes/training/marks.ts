/** What happened, as numbered marks over the charts: where each stands on the axis, newest last. */
import type { EngineEvent } from '../../engine/api/snapshot';
import type { History, TimeAxis } from '../store/history';

export interface Mark {
  /** Counted from the first event of the run, so that a mark keeps its number. */
  readonly number: number;
  /** On the axis of time. */
  readonly at: number;
  readonly event: EngineEvent;
}

/** More would hide the charts. */
const MOST = 12;

/** Events of the rows `from` up to `to`, the newest of them. An event stands where its tick was recorded. */
export function marksOf(
  events: readonly EngineEvent[],
  history: Pick<History, 'axis'>,
  axis: TimeAxis,
  from: number,
  to: number,
): readonly Mark[] {
  const ticks = history.axis('tick');
  const places = history.axis(axis);
  const marks: Mark[] = [];
  events.forEach((event, i) => {
    const row = firstAtOrAfter(ticks, event.tick);
    if (row >= from && row < to) marks.push({ number: i + 1, at: places[row], event });
  });
  return marks.slice(-MOST);
}

function firstAtOrAfter(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
