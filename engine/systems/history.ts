import {
  emptyPointColumns,
  growPointColumns,
  POINT_COLUMNS,
  type PointColumnName,
  type PointColumnSet,
  type Points,
  widthOfColumn,
} from '../api';
import type { RunCircuit, Transition } from './resources';

/** Points kept per circuit; when there are more, the older half goes. */
const CAPACITY = 1 << 18;

/** What a history keeps of a transition. */
export type HistoryPoint = Pick<Transition, 'phase' | 'origin' | 'episode' | 'step' | 'simulation' | 'predicted'> & {
  readonly observation: Pick<Transition['observation'], 'slot' | 'u' | 'measures' | 'valid'>;
};

/** What was simulated for one circuit, as columns that grow. */
export interface PointHistory {
  add(tick: number, point: HistoryPoint): void;
  /** A copy of the points from number `since` on, at most `limit`. */
  since(since: number, limit?: number): Points;
}

/** @param capacity points kept */
export function createPointHistory(circuit: Pick<RunCircuit, 'info' | 'benchmark' | 'score'>, capacity = CAPACITY): PointHistory {
  const { parameters, specs, index } = circuit.info;
  const origins: string[] = [];
  const columns = emptyPointColumns();
  const [P, S] = [parameters.length, specs.length];
  let room = 0;
  let first = 0;
  let count = 0;

  /** Room for one more: columns double until the capacity, then the older half goes. */
  function makeRoom(): void {
    if (count < room) return;
    if (room < capacity) {
      room = Math.min(capacity, Math.max(256, room * 2));
      growPointColumns(columns, room, P, S);
      return;
    }
    const gone = Math.ceil(count / 2);
    for (const name of POINT_COLUMNS) {
      const width = widthOfColumn(name, P, S);
      columns[name].copyWithin(0, gone * width, count * width);
    }
    first += gone;
    count -= gone;
  }

  function originIndex(origin: string): number {
    const known = origins.indexOf(origin);
    // One byte: whoever invents more origins than that shares the last.
    return known >= 0 ? known : Math.min(255, origins.push(origin) - 1);
  }

  return {
    add(tick, { observation, phase, origin, episode, step, simulation, predicted }) {
      makeRoom();
      const at = count++;
      const { valid } = observation;
      const { reward, met } = circuit.score(observation.measures, valid, circuit.benchmark);
      columns.simulation[at] = simulation;
      columns.tick[at] = tick;
      columns.slot[at] = observation.slot;
      columns.episode[at] = episode;
      columns.step[at] = step;
      columns.phase[at] = phase === 'training' ? 0 : 1;
      columns.origin[at] = originIndex(origin);
      columns.valid[at] = valid ? 1 : 0;
      columns.met[at] = met ? 1 : 0;
      columns.reward[at] = reward;
      columns.u.set(observation.u, at * P);
      columns.measures.set(observation.measures, at * S);
      const own = at * S;
      if (predicted) {
        columns.predicted.set(predicted.z, own);
        columns.spread.set(predicted.spread, own);
      } else {
        columns.predicted.fill(Number.NaN, own, own + S);
        columns.spread.fill(Number.NaN, own, own + S);
      }
      columns.validity[at] = predicted ? predicted.validity : Number.NaN;
    },
    since(since, limit = Number.POSITIVE_INFINITY) {
      const from = Math.min(count, Math.max(0, since - first));
      const to = Math.min(count, from + limit);
      const cut = (name: PointColumnName) => {
        const width = widthOfColumn(name, P, S);
        return columns[name].slice(from * width, to * width);
      };
      const copies = Object.fromEntries(POINT_COLUMNS.map((name) => [name, cut(name)]));
      return {
        circuit: index,
        first: first + from,
        count: to - from,
        total: first + count,
        origins: [...origins],
        ...(copies as unknown as PointColumnSet),
      };
    },
  };
}
