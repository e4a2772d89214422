import type { SqlDatabase } from '../sql/database';
import { type RunSummary, readMetrics, readSimulations } from '../sql/queries';
import type { ScalarPoint } from './tensorboard';

/** Everything of a run that is a number over ticks: its metrics, and the best reward of each circuit so far. */
export function readScalars(database: SqlDatabase, { circuits, created }: RunSummary): ScalarPoint[] {
  const timeOf = tickTimes(database, Date.parse(created) / 1000);
  const points: ScalarPoint[] = [];
  for (const [tag, series] of readMetrics(database)) {
    for (const { tick, value } of series)
      if (Number.isFinite(value)) points.push({ tag, step: tick, wallTime: timeOf(tick), value });
  }
  for (const { circuit, tick, reward } of improvements(readSimulations(database, circuits)))
    points.push({ tag: `best reward/${circuit}`, step: tick, wallTime: timeOf(tick), value: reward });
  return points;
}

/** Simulations that were better than all valid ones of their circuit before. */
export function* improvements<S extends { readonly circuit: string; readonly valid: boolean; readonly reward: number }>(
  simulations: Iterable<S>,
): Generator<S> {
  const best = new Map<string, number>();
  for (const simulation of simulations) {
    const { circuit, valid, reward } = simulation;
    if (!valid || reward <= (best.get(circuit) ?? Number.NEGATIVE_INFINITY)) continue;
    best.set(circuit, reward);
    yield simulation;
  }
}

/** When a tick was, from the pictures of the run; running time, so pauses are left out. */
function tickTimes(database: SqlDatabase, begin: number): (tick: number) => number {
  const known = database.prepare('SELECT tick, seconds FROM snapshot ORDER BY tick').all() as [number, number][];
  const start = Number.isFinite(begin) ? begin : 0;
  return (tick) => {
    const after = known.findIndex(([at]) => at >= tick);
    if (after < 0) return start + (known.at(-1)?.[1] ?? 0);
    const [tickAfter, secondsAfter] = known[after]!;
    const [tickBefore, secondsBefore] = known[after - 1] ?? [0, 0];
    const share = tickAfter > tickBefore ? (tick - tickBefore) / (tickAfter - tickBefore) : 1;
    return start + secondsBefore + share * (secondsAfter - secondsBefore);
  };
}
