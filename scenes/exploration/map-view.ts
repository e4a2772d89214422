/**
 * The map: all sizings, flattened to the two directions in which they differ most. The outline is the shadow of the whole
 * parameter space, so what is plain inside of it has never been visited. Arrows show where the parameters point.
 */
import { formatPercent } from '../format/engineering';
import { MarkStyle } from '../graphics/mark-batch';
import type { Palette } from '../theme/palette';
import { withAlpha } from '../theme/palette';
import type { Grid } from './binning';
import { addToGrid, cellOf, createGrid } from './binning';
import { drawCompass } from './compass';
import { createNearest } from './nearest';
import { onMap, shadow } from './projection';
import type { Box, ExplorationView, Pose } from './view';
import { beacon } from './view';

/** Cells across and up; fewer where a cell stands for a mean. */
const SIDES = { visits: 56, error: 26 } as const;
/** Error from which a cell is dark, in units of z. */
const LARGEST_ERROR = 0.8;
const REACH = 9;

export interface MapView extends ExplorationView {
  /** About a place of the canvas. */
  zoom(factor: number, x: number, y: number): void;
  pan(dx: number, dy: number): void;
  fit(): void;
}

/** @param ground what the ground shows: how often a part was visited, or how wrong the neural simulator was there */
export function createMapView(ground: 'visits' | 'error'): MapView {
  const SIDE = SIDES[ground];
  let errors = new Float64Array(SIDE * SIDE);
  let predictions = new Uint32Array(SIDE * SIDE);
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  let corners: readonly (readonly [number, number])[] = [];
  /** Zoom beyond fitting, and shift in CSS pixels. */
  let view = { zoom: 1, x: 0, y: 0 };
  let scale = 1;
  let centre = [0, 0];
  let grid: Grid = createGrid(SIDE);
  const nearest = createNearest();

  const pose = (): Pose => ({ zoom: view.zoom, x: box.width / 2 + view.x, y: box.height / 2 + view.y });
  /** The pose in which points are painted, until they are painted anew. */
  let painting = pose();
  const across = (x: number, { zoom, x: at }: Pose) => (x - centre[0]) * scale * zoom + at;
  const down = (y: number, { zoom, y: at }: Pose) => (centre[1] - y) * scale * zoom + at;

  return {
    pose,
    zoom(factor, x, y) {
      const zoom = Math.min(60, Math.max(0.8, view.zoom * factor));
      const [fx, fy] = [x - box.x - box.width / 2, y - box.y - box.height / 2];
      const ratio = zoom / view.zoom;
      view = { zoom, x: fx - (fx - view.x) * ratio, y: fy - (fy - view.y) * ratio };
    },
    pan(dx, dy) {
      view = { ...view, x: view.x + dx, y: view.y + dy };
    },
    fit() {
      view = { zoom: 1, x: 0, y: 0 };
    },
    begin({ model }, at) {
      box = at;
      corners = shadow(model.projection);
      const xs = corners.map(([x]) => x);
      const ys = corners.map(([, y]) => y);
      const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      centre = [(left + right) / 2, (low + high) / 2];
      scale = Math.min((box.width - 36) / Math.max(1e-6, right - left), (box.height - 30) / Math.max(1e-6, high - low));
      painting = pose();
      nearest.clear(box.width, box.height);
      grid = createGrid(SIDE);
      errors = new Float64Array(SIDE * SIDE);
      predictions = new Uint32Array(SIDE * SIDE);
    },
    paint({ under, over }, { model, tint, top }, from, to) {
      const chosen = top > 0 ? new Set(model.best(top)) : null;
      const many = model.points.count > 5000;
      const radius = (many ? 1.2 : 2) * Math.min(2, Math.sqrt(painting.zoom));
      for (let row = from; row < to; row++) {
        const x = across(model.map[row * 2], painting);
        const y = down(model.map[row * 2 + 1], painting);
        if (model.passes[row] === 1) addToGrid(grid, x / box.width, y / box.height, model.points.reward[row], row);
        if (ground === 'error') {
          const cell = cellOf(SIDE, x / box.width, y / box.height);
          if (model.passes[row] === 0 || Number.isNaN(model.surprise[row])) continue;
          nearest.add(row, x, y);
          errors[cell] += model.surprise[row];
          predictions[cell]++;
          continue;
        }
        if (
          model.passes[row] === 0 ||
          (chosen && !chosen.has(row)) ||
          x < -4 ||
          y < -4 ||
          x > box.width + 4 ||
          y > box.height + 4
        )
          continue;
        nearest.add(row, x, y);
        const color = tint.of(row);
        if (model.points.met[row] === 1) over.point(x, y, radius + 1.4, withAlpha(color, many ? 0.6 : 0.95), MarkStyle.diamond);
        else if (model.points.valid[row] === 0) under.point(x, y, radius + 0.6, withAlpha(color, 0.55), MarkStyle.cross);
        else under.point(x, y, radius, withAlpha(color, many ? 0.5 : 0.85));
      }
    },
    ground(layer, { palette }) {
      const { packed } = palette;
      corners.forEach(([x, y], i) => {
        const [toward, above] = corners[(i + 1) % corners.length];
        const ends = [across(x, painting), down(y, painting), across(toward, painting), down(above, painting)] as const;
        layer.line(...ends, 0.7, packed.dim, MarkStyle.dotted);
      });
      const [w, h] = [box.width / SIDE, box.height / SIDE];
      const most = Math.log1p(grid.most);
      for (let cell = 0; cell < grid.visits.length; cell++) {
        if (grid.visits[cell] === 0) continue;
        const [column, row] = [cell % SIDE, Math.floor(cell / SIDE)];
        const share = most > 0 ? Math.log1p(grid.visits[cell]) / most : 1;
        const [x, y] = [Math.round(column * w), Math.round(row * h)];
        const color =
          ground === 'visits'
            ? withAlpha(packed.dim, 0.08 + 0.22 * share)
            : errorColor(palette, errors[cell] / predictions[cell]);
        layer.rect(x, y, Math.round((column + 1) * w) - x, Math.round((row + 1) * h) - y, color);
      }
    },
    draw(batch, lit, shown) {
      const { model, palette } = shown;
      const now = pose();
      const toX = (x: number) => across(x, now);
      const toY = (y: number) => down(y, now);
      const { packed } = palette;
      const { explained } = model.projection;
      const caption = `${formatPercent(explained[0])} of the spread across, ${formatPercent(explained[1])} up`;
      batch.text(box.x + box.width - 8, box.y + box.height - 7, caption, 'small', packed.dim, 'right');
      drawCompass(batch, lit, box, model, palette);
      const inside = (px: number, py: number) => px >= 0 && py >= 0 && px <= box.width && py <= box.height;
      for (const course of shown.courses) {
        for (let i = 0; i + 1 < course.length; i++) {
          const [from, to] = [course[i], course[i + 1]];
          const ends = [
            toX(model.map[from * 2]),
            toY(model.map[from * 2 + 1]),
            toX(model.map[to * 2]),
            toY(model.map[to * 2 + 1]),
          ];
          if (!inside(ends[0], ends[1]) || !inside(ends[2], ends[3])) continue;
          const age = (i + 1) / course.length;
          lit.line(
            ends[0] + box.x,
            ends[1] + box.y,
            ends[2] + box.x,
            ends[3] + box.y,
            0.6 + 0.9 * age,
            withAlpha(packed.accent, 0.25 + 0.7 * age),
          );
        }
        const last = course[course.length - 1];
        const [lx, ly] = [toX(model.map[last * 2]), toY(model.map[last * 2 + 1])];
        if (inside(lx, ly)) lit.point(lx + box.x, ly + box.y, 4, packed.accent, MarkStyle.diamond);
      }
      const start = shown.courses[0]?.[0];
      if (shown.rollout && start !== undefined && shown.rollout.from === model.points.first + start) {
        let [fx, fy] = [toX(model.map[start * 2]), toY(model.map[start * 2 + 1])];
        for (const u of shown.rollout.u) {
          const [px, py] = onMap(model.projection, u);
          const [nx, ny] = [toX(px), toY(py)];
          if (inside(fx, fy) && inside(nx, ny))
            lit.line(fx + box.x, fy + box.y, nx + box.x, ny + box.y, 1, packed.miss, MarkStyle.dotted);
          [fx, fy] = [nx, ny];
        }
        if (inside(fx, fy)) lit.point(fx + box.x, fy + box.y, 5, packed.miss, MarkStyle.ring);
      }
      for (const [row, selected] of [
        [shown.selected, true],
        [shown.hovered, false],
      ] as const) {
        if (row < 0) continue;
        const [px, py] = [toX(model.map[row * 2]), toY(model.map[row * 2 + 1])];
        if (inside(px, py)) beacon(batch, box.x + px, box.y + py, palette, selected);
      }
    },
    at(_, x, y) {
      const now = pose();
      const zoom = now.zoom / painting.zoom;
      return nearest.find((x - box.x - now.x) / zoom + painting.x, (y - box.y - now.y) / zoom + painting.y, REACH / zoom);
    },
  };
}

/** Pale where predictions are right, dark where they are wrong, plain where there was none. */
function errorColor(palette: Palette, error: number): number {
  if (Number.isNaN(error)) return withAlpha(palette.packed.dim, 0.12);
  return palette.ramp[Math.round(63 * (1 - Math.min(1, error / LARGEST_ERROR)))];
}
