/**
 * What the four views share of one circuit's points: places on the axes, places on the map, which points pass the
 * brushes. Worked out once a point, in pieces, as points come in; what changes for all of them raises `epoch`.
 */

import type { CircuitInfo } from '../../engine/api/circuit-info';
import { distanceToSpec } from '../../engine/api/distance';
import { toZ } from '../../engine/api/measure-transform';
import type { Brushes } from '../store/brush';
import { brushesOf } from '../store/brush';
import { larger } from '../store/larger';
import type { PointColumns } from '../store/points';
import type { Axis } from './axes';
import { brushInterval, createAxes } from './axes';
import type { Moments, Projection } from './projection';
import { addMoments, createMoments, onMap, project } from './projection';

/** Axes and projection are fitted anew when there are this many times as many points. */
const GROWTH = 1.6;

export interface ExplorationModel {
  readonly info: CircuitInfo;
  readonly axes: readonly Axis[];
  readonly points: PointColumns;
  /** Rows worked out so far. */
  readonly count: number;
  /** Rises whenever what is drawn of all points changes. */
  readonly epoch: number;
  readonly projection: Projection;
  /** [count · axes], 0 … 1; NaN where missing. */
  readonly places: Float32Array;
  /** [count · 2] */
  readonly map: Float32Array;
  /** 1 where every brush lets the point through, [count]. */
  readonly passes: Uint8Array;
  readonly passing: number;
  /** Spec that is missed most; S where all hold, 255 where invalid, [count]. */
  readonly binding: Uint8Array;
  /** Prediction less result in units of z, [count · S]; NaN where either is missing. */
  readonly errors: Float32Array;
  /** Mean error of the prediction in units of z; NaN where there was none, [count]. */
  readonly surprise: Float32Array;
  /** Rows by reward, best first, at most `k` of those that pass. */
  best(k: number): readonly number[];
  /** Takes new points in, for about `milliseconds`. @returns true where more remain */
  advance(points: PointColumns, milliseconds: number): boolean;
  setBrushes(brushes: Brushes): void;
}

const PIECE = 512;

export function createModel(info: CircuitInfo, first: PointColumns, brushes: Brushes): ExplorationModel {
  const P = info.parameters.length;
  const S = info.specs.length;
  let points = first;
  let axes = createAxes(info, points);
  let moments: Moments = createMoments(P);
  let projection = project(moments);
  let fitted = 0;
  let count = 0;
  let epoch = 0;
  let origin = points.first;
  let places = new Float32Array(0);
  let map = new Float32Array(0);
  let passes = new Uint8Array(0);
  let binding = new Uint8Array(0);
  let surprise = new Float32Array(0);
  let errors = new Float32Array(0);
  let passing = 0;
  let active = activeBrushes(brushes);
  let ranked: { k: number; count: number; epoch: number; rows: readonly number[] } | null = null;

  function activeBrushes(all: Brushes) {
    return brushesOf(all, info.id).flatMap((brush) => {
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

  function grow(room: number): void {
    if (passes.length >= room) return;
    const size = Math.max(1024, 2 ** Math.ceil(Math.log2(room)));
    places = larger(places, size * axes.length);
    map = larger(map, size * 2);
    passes = larger(passes, size);
    binding = larger(binding, size);
    surprise = larger(surprise, size);
    errors = larger(errors, size * S);
  }

  function placeOnMap(row: number): void {
    const [x, y] = onMap(projection, points.u.subarray(row * P, (row + 1) * P));
    map[row * 2] = x;
    map[row * 2 + 1] = y;
  }

  function placeOnAxes(row: number): void {
    const at = row * axes.length;
    for (let p = 0; p < P; p++) places[at + p] = points.u[row * P + p];
    const valid = points.valid[row] === 1;
    let worst = 0;
    let which = valid ? S : 255;
    let error = 0;
    let predicted = 0;
    for (let s = 0; s < S; s++) {
      const measure = valid ? points.measures[row * S + s] : Number.NaN;
      places[at + P + s] = axes[P + s].place(measure);
      errors[row * S + s] = Number.NaN;
      if (!valid) continue;
      const distance = distanceToSpec(info.specs[s], measure, info.specs[s].target);
      if (distance < worst) {
        worst = distance;
        which = s;
      }
      // A missing measure has no error, where networks read it as the middle.
      const z = Number.isNaN(measure) ? Number.NaN : toZ(info.specs[s].transform, measure);
      const off = points.predicted[row * S + s] - z;
      errors[row * S + s] = off;
      if (!Number.isNaN(off)) {
        error += Math.abs(off);
        predicted++;
      }
    }
    places[at + P + S] = axes[P + S].place(points.reward[row]);
    binding[row] = which;
    surprise[row] = predicted > 0 ? error / predicted : Number.NaN;
  }

  function refit(): void {
    axes = createAxes(info, points);
    addMoments(moments, points.u, fitted, points.count);
    projection = project(moments, fitted === 0 ? null : projection);
    fitted = points.count;
    active = activeBrushes(currentBrushes);
    count = 0;
    passing = 0;
    epoch++;
  }
  let currentBrushes = brushes;

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
      return places;
    },
    get map() {
      return map;
    },
    get passes() {
      return passes;
    },
    get passing() {
      return passing;
    },
    get binding() {
      return binding;
    },
    get errors() {
      return errors;
    },
    get surprise() {
      return surprise;
    },
    best(k) {
      if (ranked?.k === k && ranked.count === count && ranked.epoch === epoch) return ranked.rows;
      // Only rows above a cut are sorted: it is found by counting how many rewards fall into each of many steps.
      const steps = new Uint32Array(1025);
      const step = (row: number) => Math.round((1 + points.reward[row]) * 512);
      const counts = (row: number) => passes[row] === 1 && points.valid[row] === 1;
      for (let row = 0; row < count; row++) if (counts(row)) steps[step(row)]++;
      let cut = 1024;
      for (let above = steps[cut]; above < k && cut > 0; above += steps[cut]) cut--;
      const rows: number[] = [];
      for (let row = 0; row < count; row++) if (counts(row) && step(row) >= cut) rows.push(row);
      rows.sort((a, b) => points.reward[b] - points.reward[a]);
      ranked = { k, count, epoch, rows: rows.slice(0, k) };
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
      const end = performance.now() + milliseconds;
      while (count < points.count) {
        const until = Math.min(points.count, count + PIECE);
        for (let row = count; row < until; row++) {
          placeOnAxes(row);
          placeOnMap(row);
          passes[row] = isPassing(row) ? 1 : 0;
          passing += passes[row];
        }
        count = until;
        if (performance.now() > end) break;
      }
      return count < points.count;
    },
    setBrushes(next) {
      currentBrushes = next;
      active = activeBrushes(next);
      passing = 0;
      for (let row = 0; row < count; row++) {
        passes[row] = isPassing(row) ? 1 : 0;
        passing += passes[row];
      }
      epoch++;
    },
  };
}
