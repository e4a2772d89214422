/** What is worked out once of each point: places on the axes and on the map, what it misses most, how far off the prediction was. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { distanceToSpec } from '../../engine/api/distance';
import { toZ } from '../../engine/api/measure-transform';
import { larger } from '../store/larger';
import type { PointColumns } from '../store/points';
import type { Axis } from './axes';
import type { Projection } from './projection';
import { onMap } from './projection';

/** Columns, a row a point; they have room for more rows than are placed. */
export interface PlacedRows {
  /** [rows · axes], 0 … 1; NaN where missing. */
  places: Float32Array;
  /** [rows · 2] */
  map: Float32Array;
  /** Spec that is missed most; S where all hold, 255 where invalid, [rows]. */
  binding: Uint8Array;
  /** Prediction less result in units of z, [rows · S]; NaN where either is missing. */
  errors: Float32Array;
  /** Mean error of the prediction in units of z; NaN where there was none, [rows]. */
  surprise: Float32Array;
}

export function emptyRows(): PlacedRows {
  return {
    places: new Float32Array(0),
    map: new Float32Array(0),
    binding: new Uint8Array(0),
    errors: new Float32Array(0),
    surprise: new Float32Array(0),
  };
}

export function growRows(rows: PlacedRows, room: number, axes: number, specs: number): void {
  rows.places = larger(rows.places, room * axes);
  rows.map = larger(rows.map, room * 2);
  rows.binding = larger(rows.binding, room);
  rows.errors = larger(rows.errors, room * specs);
  rows.surprise = larger(rows.surprise, room);
}

/** What rows are placed by. */
export interface Placing {
  readonly info: CircuitInfo;
  readonly points: PointColumns;
  readonly axes: readonly Axis[];
  readonly projection: Projection;
}

export function placeRow(rows: PlacedRows, row: number, placing: Placing): void {
  placeOnAxes(rows, row, placing);
  compare(rows, row, placing);
  const { info, points, projection } = placing;
  const P = info.parameters.length;
  const [x, y] = onMap(projection, points.u.subarray(row * P, (row + 1) * P));
  rows.map[row * 2] = x;
  rows.map[row * 2 + 1] = y;
}

const isValid = (points: PointColumns, row: number) => points.valid[row] === 1;

function placeOnAxes({ places }: PlacedRows, row: number, { info, points, axes }: Placing): void {
  const [P, S] = [info.parameters.length, info.specs.length];
  const at = row * axes.length;
  for (let p = 0; p < P; p++) places[at + p] = points.u[row * P + p];
  for (let s = 0; s < S; s++)
    places[at + P + s] = axes[P + s].place(isValid(points, row) ? points.measures[row * S + s] : Number.NaN);
  places[at + P + S] = axes[P + S].place(points.reward[row]);
}

/** With the targets, and with what was predicted. */
function compare({ binding, errors, surprise }: PlacedRows, row: number, { info, points }: Placing): void {
  const S = info.specs.length;
  const valid = isValid(points, row);
  let worst = 0;
  let which = valid ? S : 255;
  let error = 0;
  let predicted = 0;
  for (let s = 0; s < S; s++) {
    errors[row * S + s] = Number.NaN;
    if (!valid) continue;
    const { transform, target } = info.specs[s];
    const measure = points.measures[row * S + s];
    const distance = distanceToSpec(info.specs[s], measure, target);
    if (distance < worst) {
      worst = distance;
      which = s;
    }
    if (Number.isNaN(measure)) continue;
    const off = points.predicted[row * S + s] - toZ(transform, measure);
    errors[row * S + s] = off;
    if (!Number.isNaN(off)) {
      error += Math.abs(off);
      predicted++;
    }
  }
  binding[row] = which;
  surprise[row] = predicted > 0 ? error / predicted : Number.NaN;
}
