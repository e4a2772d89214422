/**
 * What the four views share of one circuit's points: places on the axes, places on the map, which points pass the
 * brushes. Worked out once a point, in pieces, as points come in; what changes for all of them raises `epoch`.
 */

import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Brushes } from '../store/brush';
import { brushesOf } from '../store/brush';
import { larger } from '../store/larger';
import type { PointColumns } from '../store/points';
import type { Axis } from './axes';
import { brushInterval, createAxes } from './axes';
import { bestRows } from './best-rows';
import type { PlacedRows } from './place-rows';
import { emptyRows, growRows, placeRow } from './place-rows';
import type { Moments, Projection } from './projection';
import { addMoments, createMoments, project } from './projection';

/** Axes and projection are fitted anew when there are this many times as many points. */
const GROWTH = 1.6;
const PIECE = 512;

/** Columns hold at least `count` rows. */
export interface ExplorationModel extends Readonly<PlacedRows> {
  readonly info: CircuitInfo;
  readonly axes: readonly Axis[];
  readonly points: PointColumns;
  /** Rows worked out so far. */
  readonly count: number;
  /** Rises whenever what is drawn of all points changes. */
  readonly epoch: number;
  readonly projection: Projection;
  /** 1 where every brush lets the point through, [count]. */
  readonly passes: Uint8Array;
  readonly passing: number;
  /** Rows by reward, best first, at most `k` of those that pass. */
  best(k: number): readonly number[];
  /** Takes new points in, for about `milliseconds`. @returns true where more remain */
  advance(points: PointColumns, milliseconds: number): boolean;
  setBrushes(brushes: Brushes): void;
}

export function createModel(info: CircuitInfo, first: PointColumns, initial: Brushes): ExplorationModel {
  const P = info.parameters.length;
  const S = info.specs.length;
  const rows = emptyRows();
  let points = first;
  let axes = createAxes(info, points);
  let moments: Moments = createMoments(P);
  let projection = project(moments);
  /** Points that axes and projection are fitted to. */
  let fitted = 0;
  let count = 0;
  let epoch = 0;
  let origin = points.first;
  let brushes = initial;
  let active = activeBrushes();
  let passes = new Uint8Array(0);
  let passing = 0;
  let ranked: { k: number; count: number; epoch: number; rows: readonly number[] } | null = null;

  function activeBrushes() {
    return brushesOf(brushes, info.id).flatMap((brush) => {
      const axis = axes.find(({ id }) => id === brush.axis);
      if (!axis) return [];
      const { low, high } = brushInterval(axis, brush);
      // Parameters are compared by their place, with room for the rounding of the way there and back.
      if (axis.kind === 'parameter') return [{ axis, low: axis.place(low) - 1e-6, high: axis.place(high) + 1e-6 }];
      return [{ axis, low, high }];
    });
  }

  function isPassing(row: number): boolean {
    for (const { axis, low, high } of active) {
      const value = axis.kind === 'parameter' ? points.u[row * P + axis.index] : axis.of(points, row);
      if (!(value >= low && value <= high)) return false;
    }
    return true;
  }

  function filter(row: number): void {
    passes[row] = isPassing(row) ? 1 : 0;
    passing += passes[row];
  }

  function grow(room: number): void {
    if (passes.length >= room) return;
    const size = Math.max(1024, 2 ** Math.ceil(Math.log2(room)));
    growRows(rows, size, axes.length, S);
    passes = larger(passes, size);
  }

  function refit(): void {
    axes = createAxes(info, points);
    addMoments(moments, points.u, fitted, points.count);
    projection = project(moments, fitted === 0 ? null : projection);
    fitted = points.count;
    active = activeBrushes();
    count = 0;
    passing = 0;
    epoch++;
  }

  return {
    info,
    get axes() {
      return axes;
    },
    get points() {
      return points;
    },
    get count() {
      return count;
    },
    get epoch() {
      return epoch;
    },
    get projection() {
      return projection;
    },
    get places() {
      return rows.places;
    },
    get map() {
      return rows.map;
    },
    get binding() {
      return rows.binding;
    },
    get errors() {
      return rows.errors;
    },
    get surprise() {
      return rows.surprise;
    },
    get passes() {
      return passes;
    },
    get passing() {
      return passing;
    },
    best(k) {
      if (ranked?.k !== k || ranked.count !== count || ranked.epoch !== epoch)
        ranked = { k, count, epoch, rows: bestRows(points, passes, count, k) };
      return ranked.rows;
    },
    advance(now, milliseconds) {
      const restarted = now.first !== origin || now.count < count;
      points = now;
      origin = now.first;
      if (restarted) {
        moments = createMoments(P);
        fitted = 0;
      }
      if (restarted || (now.count > 0 && now.count >= fitted * GROWTH)) refit();
      grow(points.count);
      const placing = { info, points, axes, projection };
      const end = performance.now() + milliseconds;
      while (count < points.count) {
        const until = Math.min(points.count, count + PIECE);
        for (let row = count; row < until; row++) {
          placeRow(rows, row, placing);
          filter(row);
        }
        count = until;
        if (performance.now() > end) break;
      }
      return count < points.count;
    },
    setBrushes(next) {
      brushes = next;
      active = activeBrushes();
      passing = 0;
      for (let row = 0; row < count; row++) filter(row);
      epoch++;
    },
  };
}
