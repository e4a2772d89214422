/**
 * Every simulated sizing of a circuit, kept in the page as columns that grow. The engine is asked for what is new only, and
 * only while somebody watches: a page whose exploration scenes are closed asks for nothing.
 */
import { messageOf } from '../../engine/api';
import type { PointColumn, PointColumnSet } from '../../engine/api/point-columns';
import { emptyPointColumns, growPointColumns, POINT_COLUMNS } from '../../engine/api/point-columns';
import type { Ask, Points } from '../../engine/api/questions';
import type { Catalogue } from '../../engine/api/snapshot';
import type { Signal } from './signal';

/** Points of one circuit. Columns are views of `count` rows that live until the next change; row-wise ones as in `Points`. */
export interface PointColumns extends Omit<Points, 'circuit' | 'total'> {
  /** Id of the circuit. */
  readonly circuit: string;
  /** Grows with every change: whoever keeps something computed compares it. */
  readonly version: number;
}

export interface PointsStore {
  /** What is known now; no points before the first answer. */
  of(circuit: string): PointColumns;
  /** Keeps the circuit's points up to date and calls back on every change, until the returned function is called. */
  watch(circuit: string, listener: (points: PointColumns) => void): () => void;
}

export interface PointsStoreOptions {
  readonly ask: Ask;
  readonly catalogue: Signal<Catalogue | null>;
  /** Anything that changes when there may be new points. */
  readonly news: Signal<unknown>;
  /** What could not be fetched, in words. */
  failed(reason: string): void;
}

/** Points fetched at once: a long history comes in pieces, none of which holds up a frame. */
const PIECE = 20_000;
const LEAST_MILLISECONDS = 300;

export function createPointsStore(options: PointsStoreOptions): PointsStore {
  const circuits = new Map<string, CircuitPoints>();
  const entry = (circuit: string) => {
    const known = circuits.get(circuit) ?? createCircuitPoints(circuit, options);
    circuits.set(circuit, known);
    return known;
  };
  options.news.subscribe(() => {
    for (const points of circuits.values()) points.refresh();
  });
  return { of: (circuit) => entry(circuit).columns(), watch: (circuit, listener) => entry(circuit).watch(listener) };
}

interface CircuitPoints {
  columns(): PointColumns;
  watch(listener: (points: PointColumns) => void): () => void;
  /** Asks for what is new, where somebody watches and not more often than makes sense. */
  refresh(): void;
}

function createCircuitPoints(circuit: string, options: PointsStoreOptions): CircuitPoints {
  const listeners = new Set<(points: PointColumns) => void>();
  const rows = emptyPointColumns();
  const origins: string[] = [];
  let first = 0;
  let count = 0;
  let room = 0;
  let version = 0;
  let fetching = false;
  let due = 0;
  let timer = 0;
  let shown: PointColumns | null = null;

  function columns(): PointColumns {
    if (shown?.version === version) return shown;
    const views = Object.fromEntries(
      POINT_COLUMNS.map((name) => [name, rows[name].subarray(0, count * (room === 0 ? 0 : rows[name].length / room))]),
    ) as unknown as PointColumnSet;
    shown = { circuit, version, first, count, origins: [...origins], ...views };
    return shown;
  }

  function append(points: Points): void {
    // Another run, or the engine has forgotten what would come between: start anew.
    if (points.first !== first + count || points.total < first + count) {
      first = points.total < first + count ? 0 : points.first;
      count = 0;
      version++;
    }
    if (points.count === 0 || points.first !== first + count) return;
    if (count + points.count > room) {
      room = Math.max(1024, 2 ** Math.ceil(Math.log2(count + points.count)));
      growPointColumns(rows, room, points.u.length / points.count, points.measures.length / points.count);
    }
    for (const name of POINT_COLUMNS) (rows[name] as PointColumn).set(points[name], (rows[name].length / room) * count);
    // Each answer numbers the origins in its own way.
    const numbers = points.origins.map((origin) => {
      if (!origins.includes(origin)) origins.push(origin);
      return origins.indexOf(origin);
    });
    for (let i = 0; i < points.count; i++) rows.origin[count + i] = numbers[points.origin[i]] ?? 0;
    count += points.count;
    version++;
  }

  async function fetch(): Promise<void> {
    const index = options.catalogue.value?.circuits.find((info) => info.id === circuit)?.index;
    if (index === undefined || fetching) return;
    fetching = true;
    try {
      let total = 0;
      do {
        const before = version;
        const points = await options.ask('points', { circuit: index, since: first + count, limit: PIECE });
        append(points);
        total = points.total;
        if (version !== before) for (const listener of [...listeners]) listener(columns());
      } while (first + count < total && listeners.size > 0);
    } catch (error) {
      options.failed(messageOf(error));
    } finally {
      fetching = false;
      due = performance.now() + LEAST_MILLISECONDS;
    }
  }

  function refresh(): void {
    if (listeners.size === 0 || timer !== 0) return;
    timer = window.setTimeout(
      () => {
        timer = 0;
        void fetch();
      },
      Math.max(0, due - performance.now()),
    );
  }

  return {
    columns,
    refresh,
    watch(listener) {
      listeners.add(listener);
      refresh();
      return () => listeners.delete(listener);
    },
  };
}
