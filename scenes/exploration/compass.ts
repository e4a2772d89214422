/** Which way the parameters that matter most lead on the map: arrows from one foot in the corner, with their names. */
import type { Marks } from '../graphics/mark-batch';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Palette } from '../theme/palette';
import type { ExplorationModel } from './model';
import type { Box } from './view';

/** So many of the longest. */
const ARROWS = 5;
/** Height of a name, and how far it may give way to another one, CSS pixels. */
const LINE = 11;
const SHIFTS = [0, -LINE, LINE, -2 * LINE, 2 * LINE];

interface Name {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

export function drawCompass(
  batch: QuadBatch,
  lit: Marks,
  box: Box,
  { projection, info }: ExplorationModel,
  { packed }: Palette,
): void {
  const { x, y } = projection;
  const length = Math.min(box.width, box.height) * 0.13;
  const foot = { x: box.x + length + 34, y: box.y + box.height - length - 16 };
  const sizeOf = (p: number) => Math.hypot(x[p], y[p]);
  const order = Array.from(x, (_, p) => p).sort((a, b) => sizeOf(b) - sizeOf(a));
  const largest = Math.max(1e-9, sizeOf(order[0]));
  const names: Name[] = [];
  for (const p of order.slice(0, ARROWS)) {
    const [dx, dy] = [(x[p] / largest) * length, (-y[p] / largest) * length];
    lit.line(foot.x, foot.y, foot.x + dx, foot.y + dy, 0.8, packed.dim);
    lit.point(foot.x + dx, foot.y + dy, 2.2, packed.dim);
    const { name } = info.parameters[p];
    const side = Math.abs(dx) < 6 ? 'center' : dx > 0 ? 'left' : 'right';
    const width = batch.measure(name, 'small');
    const at = foot.x + dx * 1.08 + (side === 'left' ? 4 : side === 'right' ? -4 : 0);
    const left = side === 'left' ? at : side === 'right' ? at - width : at - width / 2;
    const base = foot.y + dy * 1.12 + (side === 'center' ? (dy > 0 ? 8 : -3) : 3);
    const isFree = (line: number) =>
      line < box.y + box.height - 2 &&
      names.every((other) => left > other.right + 2 || left + width < other.left - 2 || Math.abs(line - other.y) >= LINE - 1);
    const shift = SHIFTS.find((by) => isFree(base + by));
    // Where names crowd, the longest arrows keep theirs.
    if (shift === undefined) continue;
    names.push({ left, right: left + width, y: base + shift });
    batch.text(at, base + shift, name, 'small', packed.text, side);
  }
}
