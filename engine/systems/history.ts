import type { Points } from '../api';
import type { RunCircuit, Transition } from './resources';

/** Points kept per circuit; when there are more, the older half goes. */
const CAPACITY = 1 << 18;

type Column = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

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
  /** Per column: values a point. */
  const widths = {
    simulation: 1,
    tick: 1,
    slot: 1,
    episode: 1,
    step: 1,
    phase: 1,
    origin: 1,
    valid: 1,
    met: 1,
    reward: 1,
    u: parameters.length,
    measures: specs.length,
    predicted: specs.length,
    spread: specs.length,
    validity: 1,
  };
  const columns = {
    simulation: new Uint32Array(0),
    tick: new Uint32Array(0),
    slot: new Uint32Array(0),
    episode: new Uint32Array(0),
    step: new Uint16Array(0),
    phase: new Uint8Array(0),
    origin: new Uint8Array(0),
    valid: new Uint8Array(0),
    met: new Uint8Array(0),
    reward: new Float32Array(0),
    u: new Float32Array(0),
    measures: new Float64Array(0),
    predicted: new Float32Array(0),
    spread: new Float32Array(0),
    validity: new Float32Array(0),
  };
  const names = Object.keys(columns) as (keyof typeof columns)[];
  let room = 0;
  let first = 0;
  let count = 0;

  /** Room for one more: columns double until the capacity, then the older half goes. */
  function makeRoom(): void {
    if (count < room) return;
    if (room < capacity) {
      room = Math.min(capacity, Math.max(256, room * 2));
      for (const name of names) {
        const grown = new (columns[name].constructor as new (length: number) => Column)(room * widths[name]);
        grown.set(columns[name]);
        Object.assign(columns, { [name]: grown });
      }
      return;
    }
    const gone = Math.ceil(count / 2);
    for (const name of names) columns[name].copyWithin(0, gone * widths[name], count * widths[name]);
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
      columns.u.set(observation.u, at * widths.u);
      columns.measures.set(observation.measures, at * widths.measures);
      const own = at * widths.predicted;
      if (predicted) {
        columns.predicted.set(predicted.z, own);
        columns.spread.set(predicted.spread, own);
      } else {
        columns.predicted.fill(Number.NaN, own, own + widths.predicted);
        columns.spread.fill(Number.NaN, own, own + widths.spread);
      }
      columns.validity[at] = predicted ? predicted.validity : Number.NaN;
    },
    since(since, limit = Number.POSITIVE_INFINITY) {
      const from = Math.min(count, Math.max(0, since - first));
      const to = Math.min(count, from + limit);
      const cut = <T extends Column>(column: T, width: number) => column.slice(from * width, to * width) as T;
      const copies = Object.fromEntries(names.map((name) => [name, cut(columns[name], widths[name])]));
      return {
        circuit: index,
        first: first + from,
        count: to - from,
        total: first + count,
        origins: [...origins],
        ...(copies as typeof columns),
      };
    },
  };
}
