/**
 * The episode of the chosen point, step by step: what SPICE said of each measure (line), what the neural simulator had
 * expected (dots with their spread), and where the policy alone believes it would have gone from the start (dashes).
 */
import { fromZ } from '../../engine/api/measure-transform';
import type { Box, ExplorationView, Shown } from '../exploration/view';
import { hair } from '../exploration/view';
import { MarkStyle } from '../graphics/mark-batch';
import { withAlpha } from '../theme/palette';
import { believedPlace } from './errors';
import { panelsOf } from './panels';

export function createEpisodeView(): ExplorationView {
  const placeOf = ({ model }: Shown, s: number, z: number) =>
    model.axes[model.info.parameters.length + s].place(fromZ(model.info.specs[s].transform, z));
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  let panels: readonly Box[] = [];
  return {
    begin({ model }, at) {
      box = at;
      panels = panelsOf(box, model.info.specs.length, { left: 10, right: 10, top: 18, bottom: 14 }, 1.5);
    },
    paint() {},
    draw(batch, lit, shown) {
      const { model, palette } = shown;
      const { packed } = palette;
      const P = model.info.parameters.length;
      const course = shown.courses[0];
      if (!course) {
        batch.text(
          box.x + box.width / 2,
          box.y + box.height / 2,
          'Point at a result, or click one, to see its episode',
          'label',
          packed.dim,
          'center',
          box.width - 16,
        );
        return;
      }
      const own = shown.rollout?.from === model.points.first + course[0] ? shown.rollout : null;
      if (shown.selected >= 0 && shown.rolloutReason !== '') {
        batch.text(
          box.x + box.width - 8,
          box.y + 4,
          `No rollout: ${shown.rolloutReason}`,
          'small',
          packed.dim,
          'right',
          box.width / 2,
        );
      }
      const steps = Math.max(course.length - 1, own?.z.length ?? 0, 1);
      const lighted = shown.hovered >= 0 ? shown.hovered : shown.selected;
      model.info.specs.forEach((spec, s) => {
        const { x, y, width, height } = panels[s];
        const at = (step: number, place: number) => [x + (step / steps) * width, y + (1 - place) * height] as const;
        const target = model.axes[P + s].target;
        batch.rect(x, y, width, (1 - target) * height, withAlpha(packed.hold, 0.12));
        hair(batch, x, y + (1 - target) * height, x + width, y + (1 - target) * height, withAlpha(packed.text, 0.6));
        hair(batch, x, y + height, x + width, y + height, packed.line);
        batch.text(x, y - 5, spec.title, 'small', packed.text, 'left', width);
        if (s === 0)
          batch.text(x, y + height + 11, `episode ${model.points.episode[course[0]]}, step 0 to ${steps}`, 'small', packed.dim);
        if (own) {
          const places = [model.places[course[0] * model.axes.length + P + s], ...own.z.map((z) => placeOf(shown, s, z[s]))];
          for (let i = 0; i + 1 < places.length; i++) {
            if (!Number.isNaN(places[i] + places[i + 1]))
              lit.line(...at(i, places[i]), ...at(i + 1, places[i + 1]), 0.9, packed.miss, MarkStyle.dotted);
          }
        }
        course.forEach((row, i) => {
          const measured = model.places[row * model.axes.length + P + s];
          const [low, middle, high] = [-1, 0, 1].map((spreads) => believedPlace(model, row, s, spreads));
          if (!Number.isNaN(middle)) {
            lit.line(...at(i, low), ...at(i, high), 0.8, withAlpha(packed.accent, 0.6));
            lit.point(...at(i, middle), 2.2, packed.accent, MarkStyle.ring);
          }
          const next = course[i + 1];
          const following = next === undefined ? Number.NaN : model.places[next * model.axes.length + P + s];
          if (!Number.isNaN(measured + following)) lit.line(...at(i, measured), ...at(i + 1, following), 1, packed.text);
          if (row === lighted && !Number.isNaN(measured)) lit.point(...at(i, measured), 3.5, packed.text, MarkStyle.diamond);
        });
      });
    },
    at(shown, x, y) {
      const course = shown.courses[0];
      const s = panels.findIndex(
        (panel) => x >= panel.x && x <= panel.x + panel.width && y >= panel.y && y <= panel.y + panel.height,
      );
      if (!course || s < 0) return -1;
      const steps = Math.max(course.length - 1, 1);
      const step = Math.round(((x - panels[s].x) / panels[s].width) * steps);
      return course[Math.min(course.length - 1, Math.max(0, step))];
    },
  };
}
