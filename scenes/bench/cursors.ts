/** Where cursors stand, by analysis: A at the unity-gain frequency of what is shown, until somebody moves it. */
import type { Plot } from './waves';
import { unityCrossing } from './waves';

export interface Cursors {
  readonly a: number | null;
  readonly b: number | null;
}

const NOWHERE: Cursors = { a: null, b: null };

/** Plots of one analysis share their cursors, as magnitude and phase do. */
export const cursorKey = ({ axis, id }: Plot) => `${axis}/${id.replace(/-(magnitude|phase|\d+)$/, '')}`;

export function createCursors() {
  const places = new Map<string, Cursors>();
  const moved = new Set<string>();
  const at = (plot: Plot) => places.get(cursorKey(plot)) ?? NOWHERE;
  return {
    at,
    /** Another result is shown by this plot. */
    follow(plot: Plot): void {
      const [first] = plot.traces;
      if (plot.unit !== 'dB' || !first || moved.has(cursorKey(plot))) return;
      places.set(cursorKey(plot), { ...at(plot), a: unityCrossing(first) });
    },
    move(plot: Plot, next: Cursors): void {
      if (next.a !== at(plot).a) moved.add(cursorKey(plot));
      places.set(cursorKey(plot), next);
    },
    clear(): void {
      places.clear();
      moved.clear();
    },
  };
}
