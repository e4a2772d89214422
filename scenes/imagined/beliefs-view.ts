/**
 * A panel for each measure: what the neural simulator expected (up) against what SPICE said (across). On the diagonal they
 * agree. Tinted is where it held a target that was then missed: points that were paid for in vain.
 */
import { createNearest } from '../exploration/nearest';
import type { Box, ExplorationView, Shown } from '../exploration/view';
import { hair } from '../exploration/view';
import { formatPercent } from '../format/engineering';
import { MarkStyle } from '../graphics/mark-batch';
import { withAlpha } from '../theme/palette';
import { believedPlace, type ErrorSummary } from './errors';
import { panelsOf } from './panels';

const HEAD = 18;
const FOOT = 15;
const REACH = 8;

export function createBeliefsView(summaryOf: (model: Shown['model']) => ErrorSummary): ExplorationView {
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  let panels: readonly Box[] = [];
  const nearest = createNearest();

  return {
    begin({ model }, at) {
      box = at;
      nearest.clear(box.width, box.height);
      panels = panelsOf(box, model.info.specs.length, { left: 12, right: 12, top: HEAD, bottom: FOOT }, 1.25);
    },
    paint({ under, over }, { model, tint }, from, to) {
      const { points, info } = model;
      const A = model.axes.length;
      const P = info.parameters.length;
      const S = info.specs.length;
      const many = points.count > 5000;
      for (let row = from; row < to; row++) {
        if (model.passes[row] === 0 || points.valid[row] === 0) continue;
        const color = withAlpha(tint.of(row), many ? 0.35 : 0.75);
        for (let s = 0; s < S; s++) {
          const measured = model.places[row * A + P + s];
          const believed = believedPlace(model, row, s);
          if (Number.isNaN(measured) || Number.isNaN(believed)) continue;
          const { x, y, width, height } = panels[s];
          const [px, py] = [x - box.x + measured * width, y - box.y + (1 - believed) * height];
          nearest.add(row, px, py);
          if (points.met[row] === 1) over.point(px, py, many ? 2 : 2.8, color, MarkStyle.diamond);
          else under.point(px, py, many ? 1 : 1.5, color);
        }
      }
    },
    ground(layer, { model, palette: { packed } }) {
      model.info.specs.forEach((_, s) => {
        const { x, y, width, height } = panels[s];
        const [left, top] = [x - box.x, y - box.y];
        const target = model.axes[model.info.parameters.length + s].target;
        layer.rect(left, top, Math.round(target * width), Math.round((1 - target) * height), withAlpha(packed.miss, 0.16));
        layer.rect(left + target * width, top, (1 - target) * width, (1 - target) * height, withAlpha(packed.hold, 0.13));
        layer.line(left, top + height, left + width, top, 0.7, packed.dim, MarkStyle.dotted);
      });
    },
    draw(batch, lit, shown) {
      const { model, palette } = shown;
      const { packed } = palette;
      const P = model.info.parameters.length;
      const summary = summaryOf(model);
      model.info.specs.forEach((spec, s) => {
        const { x, y, width, height } = panels[s];
        const axis = model.axes[P + s];
        hair(batch, x, y + height, x + width, y + height, packed.dim);
        hair(batch, x, y, x, y + height, packed.dim);
        const hope = summary.wrongHope[s];
        const note = Number.isNaN(hope) ? 'no prediction yet' : `${formatPercent(hope)} hoped in vain`;
        const noteWidth = batch.text(x + width, y - 5, note, 'small', hope > 0.1 ? packed.miss : packed.dim, 'right');
        batch.text(x, y - 5, spec.title, 'strong', packed.text, 'left', width - noteWidth - 8);
        batch.text(x, y + height + 11, axis.format(axis.value(0)), 'small', packed.dim);
        batch.text(x + width, y + height + 11, axis.format(axis.value(1)), 'small', packed.dim, 'right');
        hair(batch, x + axis.target * width, y, x + axis.target * width, y + height, withAlpha(packed.text, 0.5));
        hair(batch, x, y + (1 - axis.target) * height, x + width, y + (1 - axis.target) * height, withAlpha(packed.text, 0.5));
        for (const [row, color] of [
          [shown.selected, packed.accent],
          [shown.hovered, packed.text],
        ]) {
          if (row < 0) continue;
          const measured = model.places[row * model.axes.length + P + s];
          const [low, middle, high] = [-1, 0, 1].map((spreads) => believedPlace(model, row, s, spreads));
          if (Number.isNaN(measured + middle)) continue;
          const [px, py] = [x + measured * width, y + (1 - middle) * height];
          lit.line(px, y + (1 - low) * height, px, y + (1 - high) * height, 1.4, color);
          batch.rect(px - 5, py - 5, 10, 10, packed.background, 5);
          batch.rect(px - 3.5, py - 3.5, 7, 7, color, 4);
        }
      });
    },
    at(_, x, y) {
      const within = panels.some(
        (panel) => x >= panel.x && x <= panel.x + panel.width && y >= panel.y && y <= panel.y + panel.height,
      );
      return within ? nearest.find(x - box.x, y - box.y, REACH) : -1;
    },
  };
}
