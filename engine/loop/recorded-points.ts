/** Points and courses of a recorded run, judged as a running one judges them: against the benchmark target. */
import { type BestCourse, type CircuitInfo, type Points, sizingToUnit } from '../api';
import { benchmarkTargets, score } from '../circuit';
import { readCircuitSimulations, readSummary, type SqlDatabase, type StoredSimulation, single } from '../store';
import { createPointHistory } from '../systems/history';

/** Simulations that are read at once: as many as make a chart, not a run of a million. */
const PAGE = 20_000;

export function recordedPoints(database: SqlDatabase, circuit: number, since: number, limit = PAGE): Points {
  const { circuits } = readSummary(database);
  const info = infoAt(circuits, circuit);
  const history = createPointHistory({
    info,
    benchmark: benchmarkTargets(info.specs),
    score: (measures, valid, target) => score(info.specs, measures, valid, target),
  });
  for (const { tick, phase, slot, parameters, measures, valid, ...rest } of readCircuitSimulations(database, circuits, circuit, {
    skip: since,
    limit: Math.min(limit, PAGE),
  })) {
    const observation = { slot, u: sizingToUnit(info.parameters, parameters), measures, valid };
    history.add(tick, { ...rest, phase: phase === 'training' ? 'training' : 'evaluation', observation, predicted: null });
  }
  return { ...history.since(0), first: since, total: totalOf(database, circuit) };
}

export function recordedCourses(database: SqlDatabase): BestCourse[] {
  const { circuits } = readSummary(database);
  return circuits.map(({ circuit, id, specs }) => {
    const simulation: number[] = [];
    const distance: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    let count = 0;
    for (const { measures, valid } of pages(database, circuits, circuit)) {
      count++;
      if (!valid) continue;
      const { reward, met } = score(specs, measures, valid, benchmarkTargets(specs));
      const missed = met ? 0 : -reward;
      if (missed >= least) continue;
      least = missed;
      simulation.push(count);
      distance.push(missed);
    }
    return { circuit: id, total: count, simulation: Uint32Array.from(simulation), distance: Float64Array.from(distance) };
  });
}

function* pages(
  database: SqlDatabase,
  circuits: ReturnType<typeof readSummary>['circuits'],
  circuit: number,
): Generator<StoredSimulation> {
  for (let skip = 0; ; skip += PAGE) {
    const page = readCircuitSimulations(database, circuits, circuit, { skip, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
  }
}

function infoAt(circuits: ReturnType<typeof readSummary>['circuits'], index: number): CircuitInfo {
  const { id, title, parameters, specs } = circuits[index]!;
  return { id, title, index, parameters, specs };
}

function totalOf(database: SqlDatabase, circuit: number): number {
  return Number(single(database, 'SELECT count(*) FROM simulation WHERE circuit = ?', [circuit]));
}
