/**
 * Coverage: a small map for every pair of parameters. Below the diagonal how often each part was visited, above it the
 * best reward found there: where there is nothing, nobody has been.
 */
import { rampColor, withAlpha } from '../theme/palette';
import type { Grid } from './binning';
import { addToGrid, cellOf, createGrid, visitedShare } from './binning';
import type { Box, ExplorationView } from './view';

const LEFT = 8;
const TOP = 18;
const GAP = 2;

export function createCoverageView(): ExplorationView {
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  let size = 1;
  let P = 2;
  /** Of parameters a < b at a·P + b. */
  let grids = new Map<number, Grid>();

  const left = (a: number) => LEFT + Math.floor((box.width - 2 * LEFT - P * size) / 2) + a * size;
  const top = (b: number) => TOP + b * size;
  const inner = () => size - GAP;

  /** Which pair and where in it, of a place of the canvas. */
  function pairAt(x: number, y: number) {
    const a = Math.floor((x - box.x - left(0)) / size);
    const b = Math.floor((y - box.y - TOP) / size);
    if (a < 0 || b < 0 || a >= P || b >= P || a === b) return null;
    const u = (x - box.x - left(a)) / inner();
    const v = 1 - (y - box.y - top(b)) / inner();
    return u > 1 || v < 0 ? null : { a, b, u, v };
  }

  return {
    begin({ model }, at) {
      box = at;
      P = model.info.parameters.length;
      size = Math.max(6, Math.floor(Math.min((box.width - 2 * LEFT) / P, (box.height - TOP - 6) / P)));
      const side = Math.min(14, Math.max(4, Math.floor(inner() / 3)));
      grids = new Map();
      for (let a = 0; a < P; a++) for (let b = a + 1; b < P; b++) grids.set(a * P + b, createGrid(side));
    },
    paint(_, { model }, from, to) {
      const { u, reward } = model.points;
      for (let row = from; row < to; row++) {
        if (model.passes[row] === 0) continue;
        for (let a = 0; a < P; a++) {
          for (let b = a + 1; b < P; b++)
            addToGrid(grids.get(a * P + b) as Grid, u[row * P + a], u[row * P + b], reward[row], row);
        }
      }
    },
    ground(layer, { palette }) {
      const { packed } = palette;
      for (let a = 0; a < P; a++) {
        for (let b = 0; b < P; b++) if (a !== b) layer.rect(left(a), top(b), inner(), inner(), packed.tile);
      }
      for (const [key, grid] of grids) {
        const [a, b] = [Math.floor(key / P), key % P];
        const most = Math.log1p(grid.most);
        // Edges on whole pixels: neighbours touch without a seam.
        const edge = (i: number) => Math.round((i * inner()) / grid.side);
        const cell = (x: number, y: number, i: number, j: number, color: number) =>
          layer.rect(x + edge(i), y + inner() - edge(j + 1), edge(i + 1) - edge(i), edge(j + 1) - edge(j), color);
        for (let at = 0; at < grid.visits.length; at++) {
          if (grid.visits[at] === 0) continue;
          const [i, j] = [at % grid.side, Math.floor(at / grid.side)];
          const share = Math.log1p(grid.visits[at]) / most;
          cell(left(a), top(b), i, j, withAlpha(packed.accent, 0.12 + 0.8 * share * share));
          // Above the diagonal the two change places: b across, a up.
          const best = grid.best[at];
          cell(left(b), top(a), j, i, best > 0 ? packed.met : rampColor(palette, best));
        }
      }
    },
    draw(batch, _, { model, palette, hovered, selected }) {
      const { packed } = palette;
      const font = 'small';
      for (let p = 0; p < P; p++) {
        const name = model.info.parameters[p].name;
        batch.text(box.x + left(p) + inner() / 2, box.y + top(p) + inner() / 2 + 3, name, font, packed.text, 'center', inner());
      }
      const { u } = model.points;
      for (const [row, color] of [
        [selected, packed.accent],
        [hovered, packed.text],
      ]) {
        if (row < 0) continue;
        for (let a = 0; a < P; a++) {
          for (let b = 0; b < P; b++) {
            if (a === b) continue;
            const x = box.x + left(a) + u[row * P + a] * inner();
            const y = box.y + top(b) + (1 - u[row * P + b]) * inner();
            batch.rect(x - 3, y - 3, 6, 6, packed.background, 3);
            batch.rect(x - 2, y - 2, 4, 4, color, 2);
          }
        }
      }
      const shares = [...grids.values()].map(visitedShare);
      const share = shares.reduce((sum, one) => sum + one, 0) / Math.max(1, shares.length);
      const right = box.x + box.width - LEFT;
      const wide = batch.text(right, box.y + 11, `${Math.round(share * 100)} % visited`, font, packed.dim, 'right');
      const room = right - wide - 12 - (box.x + left(0));
      batch.text(box.x + left(0), box.y + 11, 'visits below the diagonal, best reward above', font, packed.dim, 'left', room);
    },
    at(_, x, y) {
      const pair = pairAt(x, y);
      if (!pair) return -1;
      const { a, b, u, v } = pair;
      const grid = grids.get(Math.min(a, b) * P + Math.max(a, b));
      if (!grid) return -1;
      return grid.bestRow[a < b ? cellOf(grid.side, u, v) : cellOf(grid.side, v, u)];
    },
  };
}
