/**
 * Parallel coordinates: an axis for every parameter, measure and the reward, a line for every point. Feasible points are
 * solid and on top, others dotted. Beside each axis stands where the good points lie: a parameter that matters has a
 * narrow hill, one that does not has a flat one.
 */

import type { Marks } from '../graphics/mark-batch';
import { MarkStyle } from '../graphics/mark-batch';
import { withAlpha } from '../theme/palette';
import type { ExplorationModel } from './model';
import type { Box, ExplorationView, Shown } from './view';
import { hair, hasGrown } from './view';

/** Lines drawn at most: beyond that, every second, fourth, … of the points. */
const LINES = 10_000;
const TOP = 34;
const BOTTOM = 18;
const SIDE = 44;
const BINS = 28;
const HILL = 22;
/** Of those that count as good while too few meet all targets: the best tenth, not more than these. */
const NEARLY_GOOD = 24;

export interface ParallelView extends ExplorationView {
  /** Canvas x of an axis, and y of a place on it. */
  axisX(axis: number): number;
  placeY(place: number): number;
  /** Place on an axis, 0 … 1, of a canvas y. */
  placeAt(y: number): number;
}

export function createParallelView(): ParallelView {
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  let axes = 2;
  let stride = 1;
  let passed = 0;
  let alpha = 1;
  /** Rows whose lines are drawn: only those can be pointed at. */
  let drawn: number[] = [];
  let hills: { count: number; epoch: number; good: Float32Array; all: Float32Array; met: boolean } | null = null;

  const axisX = (axis: number) => box.x + SIDE + ((box.width - 2 * SIDE) * axis) / Math.max(1, axes - 1);
  const placeY = (place: number) => box.y + TOP + (box.height - TOP - BOTTOM) * (1 - place);

  function strideFor({ model }: Shown): number {
    let needed = 1;
    // By what is known to come, not by what was painted so far: it must not change halfway.
    const expected = model.count === model.points.count ? model.passing : model.points.count;
    while (expected / needed > LINES) needed *= 2;
    return needed;
  }

  function line(
    layer: Marks,
    model: ExplorationModel,
    row: number,
    half: number,
    color: number,
    style: MarkStyle,
    dx: number,
    dy: number,
  ): void {
    const at = row * axes;
    for (let a = 0; a + 1 < axes; a++) {
      const [from, to] = [model.places[at + a], model.places[at + a + 1]];
      if (Number.isNaN(from) || Number.isNaN(to)) continue;
      layer.line(axisX(a) - dx, placeY(from) - dy, axisX(a + 1) - dx, placeY(to) - dy, half, color, style);
    }
  }

  /** Where points lie on each axis: those that meet all targets, or the best while hardly any does. */
  function hillsOf({ model }: Shown) {
    if (hills?.epoch === model.epoch && !hasGrown(hills.count, model.count)) return hills;
    const good = new Float32Array(axes * BINS);
    const all = new Float32Array(axes * BINS);
    const add = (to: Float32Array, row: number) => {
      for (let a = 0; a < axes; a++) {
        const place = model.places[row * axes + a];
        if (!Number.isNaN(place)) to[a * BINS + Math.min(BINS - 1, Math.floor(place * BINS))]++;
      }
    };
    let met = 0;
    for (let row = 0; row < model.count; row++) {
      if (model.passes[row] === 0) continue;
      add(all, row);
      if (model.points.met[row] === 1) {
        met++;
        add(good, row);
      }
    }
    if (met < 5) {
      good.fill(0);
      for (const row of model.best(Math.max(4, Math.min(NEARLY_GOOD, Math.ceil(model.passing / 10))))) add(good, row);
    }
    hills = { count: model.count, epoch: model.epoch, good, all, met: met >= 5 };
    return hills;
  }

  return {
    axisX,
    placeY,
    placeAt: (y) => Math.min(1, Math.max(0, 1 - (y - box.y - TOP) / Math.max(1, box.height - TOP - BOTTOM))),
    begin(shown, at) {
      box = at;
      axes = shown.model.axes.length;
      stride = strideFor(shown);
      passed = 0;
      drawn = [];
      const lines = Math.max(1, (shown.top > 0 ? shown.top : shown.model.passing || shown.model.points.count) / stride);
      alpha = Math.min(0.75, Math.max(0.02, 30 / lines ** 0.78));
    },
    paint({ under, over }, shown, from, to) {
      const { model, tint } = shown;
      const chosen = shown.top > 0 ? new Set(model.best(shown.top)) : null;
      for (let row = from; row < to; row++) {
        if (model.passes[row] === 0 || model.points.valid[row] === 0) continue;
        if (chosen ? !chosen.has(row) : passed++ % stride !== 0) continue;
        drawn.push(row);
        const met = model.points.met[row] === 1;
        const color = withAlpha(tint.of(row), met ? Math.min(0.9, alpha * 1.4) : alpha);
        line(met ? over : under, model, row, met ? 0.8 : 0.6, color, met ? MarkStyle.solid : MarkStyle.dotted, box.x, box.y);
      }
    },
    draw(batch, lit, shown) {
      const { model, palette } = shown;
      const { packed } = palette;
      const { good, met } = hillsOf(shown);
      const hill = withAlpha(met ? packed.met : packed.text, 0.7);
      for (let a = 0; a < axes; a++) {
        const x = axisX(a);
        const axis = model.axes[a];
        hair(batch, x, placeY(1), x, placeY(0), axis.kind === 'parameter' ? packed.dim : packed.text);
        let most = 1;
        for (let b = 0; b < BINS; b++) most = Math.max(most, good[a * BINS + b]);
        const step = (placeY(0) - placeY(1)) / BINS;
        for (let b = 0; b < BINS; b++) {
          const width = (HILL * good[a * BINS + b]) / most;
          batch.rect(x + 1, placeY((b + 1) / BINS), width, step - 0.5, hill);
        }
        const font = 'small';
        batch.text(x, placeY(1) - 4, axis.format(axis.value(1)), font, packed.dim, 'center');
        batch.text(x, placeY(0) + 12, axis.format(axis.value(0)), font, packed.dim, 'center');
        if (!Number.isNaN(axis.target)) {
          const y = placeY(axis.target);
          batch.rect(x - 9, y - 1, 18, 2, packed.text);
          // The side that holds is up.
          batch.rect(x - 5, placeY(1), 2, y - placeY(1), withAlpha(packed.hold, 0.55));
        }
      }
      for (const [row, color] of [
        [shown.selected, packed.accent],
        [shown.hovered, packed.text],
      ]) {
        if (row < 0) continue;
        line(lit, model, row, 2.6, withAlpha(packed.background, 0.8), MarkStyle.solid, 0, 0);
        line(lit, model, row, 1.3, color, MarkStyle.solid, 0, 0);
        for (let a = 0; a < axes; a++) {
          const place = model.places[row * axes + a];
          if (!Number.isNaN(place)) batch.rect(axisX(a) - 3, placeY(place) - 3, 6, 6, color, 3);
        }
      }
    },
    at({ model }, x, y) {
      const share = (x - axisX(0)) / Math.max(1e-9, axisX(1) - axisX(0));
      const a = Math.min(axes - 2, Math.max(0, Math.floor(share)));
      const along = share - a;
      if (along < -0.2 || along > 1.2) return -1;
      let nearest = -1;
      let least = 7;
      for (const row of drawn) {
        const from = model.places[row * axes + a];
        const place = from + (model.places[row * axes + a + 1] - from) * along;
        const away = Math.abs(placeY(place) - y);
        if (away < least || (away === least && model.points.met[row] === 1)) {
          least = away;
          nearest = row;
        }
      }
      return nearest;
    },
  };
}
