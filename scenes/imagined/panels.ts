/** Small panels of one shape over a box. */
import type { Box } from '../exploration/view';

export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Places of `count` panels, row by row, without their margins.
 * @param aspect width by height that panels come nearest to
 */
export function panelsOf(box: Box, count: number, margins: Margins, aspect: number): readonly Box[] {
  let columns = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let c = 1; c <= count; c++) {
    const rows = Math.ceil(count / c);
    const shape = box.width / c / Math.max(1, box.height / rows);
    const off = Math.abs(Math.log(shape / aspect)) + 0.15 * (rows * c - count);
    if (off < least) {
      least = off;
      columns = c;
    }
  }
  const rows = Math.ceil(count / columns);
  const [w, h] = [box.width / columns, box.height / rows];
  return Array.from({ length: count }, (_, i) => ({
    x: Math.round(box.x + (i % columns) * w + margins.left),
    y: Math.round(box.y + Math.floor(i / columns) * h + margins.top),
    width: Math.max(1, Math.round(w - margins.left - margins.right)),
    height: Math.max(1, Math.round(h - margins.top - margins.bottom)),
  }));
}
