/** The pointer over linked views: it lights, selects, moves the map, and brushes axes. */
import type { Subscriptions } from '../store/subscriptions';
import type { Grip, Range } from './axis-brush';
import { dragged, gripAt } from './axis-brush';
import type { LinkedViews } from './linked-views';
import type { MapView } from './map-view';
import type { ParallelView } from './parallel-view';
import type { ExplorationView } from './view';

/** How near to an axis one must be to brush it, CSS pixels. */
const AXIS_REACH = 11;
const DRAG_THRESHOLD = 4;

/** Axes that can be brushed. */
export interface Brushing {
  readonly parallel: ParallelView;
  rangeOf(axis: number): Range | null;
  brushAxis(axis: number, range: Range | null): void;
}

type Press =
  | { readonly kind: 'axis'; readonly axis: number; readonly grip: Grip; readonly range: Range | null; readonly start: number }
  | { readonly kind: 'view'; readonly view: number; x: number; y: number; dragging: boolean };

/** @param views in the order of the linked views' boxes; `map` is one of them */
export function listenToPointer(
  linked: LinkedViews,
  subscriptions: Subscriptions,
  views: readonly ExplorationView[],
  map: MapView,
  brushing: Brushing | null = null,
): void {
  const { area } = linked;
  let press: Press | null = null;

  const place = (event: MouseEvent) => {
    const bounds = area.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };
  const viewAt = (x: number, y: number) =>
    linked.boxes().findIndex((box) => box && x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
  const axisAt = (x: number, y: number) => {
    if (!brushing || views[viewAt(x, y)] !== brushing.parallel) return -1;
    const count = linked.model()?.axes.length ?? 0;
    for (let a = 0; a < count; a++) if (Math.abs(brushing.parallel.axisX(a) - x) <= AXIS_REACH) return a;
    return -1;
  };
  const rowAt = (x: number, y: number) => {
    const view = viewAt(x, y);
    const shown = linked.shown();
    return view < 0 || !shown ? -1 : views[view].at(shown, x, y);
  };

  subscriptions.listen(area, 'pointerdown', (event) => {
    if (event.button !== 0 || event.target instanceof HTMLButtonElement) return;
    const { x, y } = place(event);
    const axis = axisAt(x, y);
    area.setPointerCapture(event.pointerId);
    if (brushing && axis >= 0) {
      const range = brushing.rangeOf(axis);
      const start = brushing.parallel.placeAt(y);
      press = { kind: 'axis', axis, grip: gripAt(range, start, 0.03), range, start };
    } else press = { kind: 'view', view: viewAt(x, y), x, y, dragging: false };
  });
  subscriptions.listen(area, 'pointermove', (event) => {
    const { x, y } = place(event);
    if (!press) {
      const axis = axisAt(x, y);
      area.style.cursor = axis >= 0 ? 'row-resize' : '';
      linked.hover(axis >= 0 ? -1 : rowAt(x, y), x, y);
    } else if (press.kind === 'axis') {
      const range = brushing && dragged(press.range, press.grip, press.start, brushing.parallel.placeAt(y));
      if (range) brushing.brushAxis(press.axis, range);
    } else {
      const [dx, dy] = [x - press.x, y - press.y];
      if (views[press.view] !== map || (!press.dragging && Math.hypot(dx, dy) < DRAG_THRESHOLD)) return;
      press = { ...press, x, y, dragging: true };
      map.pan(dx, dy);
      linked.moved();
    }
  });
  subscriptions.listen(area, 'pointerup', (event) => {
    const { x, y } = place(event);
    if (press?.kind === 'axis' && brushing) {
      // A click beside what is brushed lets it go.
      if (!dragged(press.range, press.grip, press.start, brushing.parallel.placeAt(y))) brushing.brushAxis(press.axis, null);
    } else if (press?.kind === 'view' && !press.dragging) linked.select(rowAt(x, y));
    press = null;
  });
  subscriptions.listen(area, 'pointercancel', () => {
    press = null;
  });
  subscriptions.listen(area, 'pointerleave', () => linked.hover(-1, 0, 0));
  subscriptions.listen(
    area,
    'wheel',
    (event) => {
      const { x, y } = place(event);
      if (views[viewAt(x, y)] !== map) return;
      event.preventDefault();
      map.zoom(Math.exp(-event.deltaY * 0.0015), x, y);
      linked.moved();
    },
    { passive: false },
  );
}
