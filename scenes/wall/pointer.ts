/** The pointer over the wall: hover lights, a click selects, drag pans, wheel scrolls, Ctrl and wheel (or pinch) zooms. */
import type { Subscriptions } from '../store/subscriptions';

const DRAG_THRESHOLD = 4;

export interface PointerActions {
  /** Places in CSS pixels of the wall. */
  hover(x: number, y: number): void;
  leave(): void;
  select(x: number, y: number): void;
  pan(dx: number, dy: number): void;
  zoom(factor: number, x: number, y: number): void;
  doubleClick(): void;
  /** A wall that fits has nothing to scroll, so there the plain wheel zooms as well. */
  fits(): boolean;
}

export function listenToPointer(host: HTMLElement, subscriptions: Subscriptions, actions: PointerActions): void {
  const place = (event: MouseEvent): readonly [number, number] => {
    const bounds = host.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  let pressed: { x: number; y: number; dragging: boolean } | null = null;
  subscriptions.listen(host, 'pointerdown', (event) => {
    if (event.button !== 0) return;
    pressed = { x: event.clientX, y: event.clientY, dragging: false };
    host.setPointerCapture(event.pointerId);
  });
  subscriptions.listen(host, 'pointermove', (event) => {
    if (!pressed) {
      actions.hover(...place(event));
      return;
    }
    const [dx, dy] = [event.clientX - pressed.x, event.clientY - pressed.y];
    if (!pressed.dragging && Math.hypot(dx, dy) < DRAG_THRESHOLD) return;
    pressed = { x: event.clientX, y: event.clientY, dragging: true };
    actions.pan(-dx, -dy);
  });
  subscriptions.listen(host, 'pointerup', (event) => {
    if (pressed && !pressed.dragging) actions.select(...place(event));
    pressed = null;
  });
  subscriptions.listen(host, 'pointercancel', () => {
    pressed = null;
  });
  subscriptions.listen(host, 'pointerleave', actions.leave);
  subscriptions.listen(host, 'dblclick', actions.doubleClick);
  subscriptions.listen(
    host,
    'wheel',
    (event) => {
      event.preventDefault();
      const sharp = event.ctrlKey || event.metaKey;
      if (sharp || actions.fits()) actions.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.006 : 0.0015)), ...place(event));
      else actions.pan(event.deltaX, event.deltaY);
    },
    { passive: false },
  );
}
