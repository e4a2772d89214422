/** Two measures against each other: better is up and right. Fronts as they stood through time, and the box of the target. */
import { MarkStyle } from '../graphics/mark-batch';
import { withAlpha } from '../theme/palette';
import { createNearest } from './nearest';
import type { Front } from './pareto';
import { extendFront, frontsThroughTime } from './pareto';
import type { Box, ExplorationView, Shown } from './view';
import { beacon, hair, hasGrown } from './view';

const LEFT = 14;
const RIGHT = 14;
const TOP = 20;
const BOTTOM = 34;
const REACH = 9;

export interface ParetoView extends ExplorationView {
  /** Specs across and up. */
  choose(x: number, y: number): void;
}

export function createParetoView(): ParetoView {
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  let chosen: readonly [number, number] = [0, 1];
  /** Fronts through time, the last of them that of all `count` points. */
  let fronts: { key: string; made: number; count: number; all: readonly Front[] } = { key: '', made: 0, count: 0, all: [] };
  const nearest = createNearest();
  const toX = (place: number) => LEFT + place * (box.width - LEFT - RIGHT);
  const toY = (place: number) => TOP + (1 - place) * (box.height - TOP - BOTTOM);
  const axesOf = ({ model }: Shown) => {
    const P = model.info.parameters.length;
    const S = model.info.specs.length;
    return [P + Math.min(chosen[0], S - 1), P + Math.min(chosen[1], S - 1)] as const;
  };
  const placeOf = ({ model }: Shown, row: number, axis: number) => model.places[row * model.axes.length + axis];

  function frontsOf(shown: Shown): readonly Front[] {
    const { model } = shown;
    const key = `${model.epoch} ${chosen}`;
    if (fronts.key === key && fronts.count === model.count) return fronts.all;
    const [x, y] = axesOf(shown);
    const sign = (axis: number) => (model.info.specs[axis - model.info.parameters.length].direction === 'at-least' ? 1 : -1);
    const value = (axis: number) => {
      const towards = sign(axis);
      return (row: number) => (model.points.valid[row] === 1 ? towards * model.axes[axis].of(model.points, row) : Number.NaN);
    };
    const passes = (row: number) => model.passes[row] === 1;
    if (fronts.key === key && !hasGrown(fronts.made, model.count)) {
      const newest = [...fronts.all[fronts.all.length - 1].rows];
      for (let row = fronts.count; row < model.count; row++) if (passes(row)) extendFront(newest, value(x), value(y), row);
      fronts = { ...fronts, count: model.count, all: [...fronts.all.slice(0, -1), { until: model.count, rows: newest }] };
      return fronts.all;
    }
    const all = frontsThroughTime(value(x), value(y), model.count, passes);
    fronts = { key, made: model.count, count: model.count, all };
    return all;
  }

  return {
    choose(x, y) {
      chosen = [x, y];
    },
    begin(_, at) {
      box = at;
      nearest.clear(box.width, box.height);
    },
    paint({ under, over }, shown, from, to) {
      const { model, tint } = shown;
      const [a, b] = axesOf(shown);
      const top = shown.top > 0 ? new Set(model.best(shown.top)) : null;
      const many = model.points.count > 5000;
      for (let row = from; row < to; row++) {
        if (model.passes[row] === 0 || (top && !top.has(row))) continue;
        const [x, y] = [placeOf(shown, row, a), placeOf(shown, row, b)];
        if (Number.isNaN(x) || Number.isNaN(y)) continue;
        nearest.add(row, toX(x), toY(y));
        const color = tint.of(row);
        if (model.points.met[row] === 1)
          over.point(toX(x), toY(y), many ? 2.6 : 3.4, withAlpha(color, many ? 0.6 : 0.95), MarkStyle.diamond);
        else under.point(toX(x), toY(y), many ? 1.2 : 2, withAlpha(color, many ? 0.5 : 0.85));
      }
    },
    ground(layer, shown) {
      const [a, b] = axesOf(shown);
      const [x, y] = [toX(shown.model.axes[a].target), toY(shown.model.axes[b].target)];
      const { packed } = shown.palette;
      layer.rect(x, toY(1), toX(1) - x, y - toY(1), withAlpha(packed.hold, 0.12));
      layer.line(x, toY(1), x, y, 0.9, packed.hold, MarkStyle.dotted);
      layer.line(x, y, toX(1), y, 0.9, packed.hold, MarkStyle.dotted);
    },
    draw(batch, lit, shown) {
      const { model, palette } = shown;
      const { packed } = palette;
      const [a, b] = axesOf(shown);
      const [left, right, low, high] = [box.x + toX(0), box.x + toX(1), box.y + toY(0), box.y + toY(1)];
      hair(batch, left, low, right, low, packed.dim);
      hair(batch, left, low, left, high, packed.dim);
      const [across, up] = [model.axes[a], model.axes[b]];
      batch.text(left, low + 13, across.format(across.value(0)), 'small', packed.dim);
      batch.text(right, low + 13, across.format(across.value(1)), 'small', packed.dim, 'right');
      batch.text(
        (left + right) / 2,
        low + 26,
        `${across.title} — better to the right`,
        'small',
        packed.text,
        'center',
        right - left,
      );
      batch.text(left + 5, low - 5, up.format(up.value(0)), 'small', packed.dim);
      batch.text(left + 5, high + 9, up.format(up.value(1)), 'small', packed.dim);
      batch.text(left, high - 8, `${up.title} — better is up`, 'small', packed.text, 'left', right - left);
      batch.text(box.x + toX(across.target) + 4, high + 22, 'target', 'small', packed.hold);
      const all = frontsOf(shown);
      all.forEach((front, i) => {
        const share = (i + 1) / all.length;
        const color = withAlpha(packed.text, 0.2 + 0.75 * share * share);
        for (let at = 0; at + 1 < front.rows.length; at++) {
          const [from, to] = [front.rows[at], front.rows[at + 1]];
          const [x0, y0, x1, y1] = [
            placeOf(shown, from, a),
            placeOf(shown, from, b),
            placeOf(shown, to, a),
            placeOf(shown, to, b),
          ];
          // A staircase: between two points of a front nothing better is known.
          const corner = box.x + toX(x0);
          lit.line(corner, box.y + toY(y0), corner, box.y + toY(y1), 0.4 + share, color);
          lit.line(corner, box.y + toY(y1), box.x + toX(x1), box.y + toY(y1), 0.4 + share, color);
        }
      });
      for (const [row, selected] of [
        [shown.selected, true],
        [shown.hovered, false],
      ] as const) {
        if (row < 0) continue;
        const [x, y] = [placeOf(shown, row, a), placeOf(shown, row, b)];
        if (!Number.isNaN(x + y)) beacon(batch, box.x + toX(x), box.y + toY(y), palette, selected);
      }
    },
    at: (_, x, y) => nearest.find(x - box.x, y - box.y, REACH),
  };
}
