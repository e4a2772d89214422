/** Which row of its data the cursor of a chart is at. */
import type uPlot from 'uplot';

/** null where the pointer is elsewhere. */
export function pointedAt({ cursor }: uPlot): number | null {
  return cursor.left !== undefined && cursor.left >= 0 ? (cursor.idx ?? null) : null;
}
