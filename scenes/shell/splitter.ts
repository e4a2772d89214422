/** The edge between two neighbours of a split: dragged, or moved with arrow keys. */
import { element } from './dom';

/** Least size of a pane in CSS pixels, and pixels a key press. */
const LEAST = 120;
const STRIDE = 24;

export function createDivider(
  direction: 'row' | 'column',
  neighbours: readonly [HTMLElement, HTMLElement],
  shares: readonly [number, number],
  changed: (shares: readonly [number, number]) => void,
): HTMLElement {
  const wide = direction === 'row';
  const handle = element('div', {
    className: 'divider',
    tabIndex: 0,
    role: 'separator',
    ariaLabel: wide ? 'Width of the panes beside it' : 'Height of the panes above and below',
    ariaOrientation: wide ? 'vertical' : 'horizontal',
    ariaValueMin: '0',
    ariaValueMax: '100',
  });
  const total = shares[0] + shares[1];
  let first = shares[0] / total;
  const say = () => {
    handle.ariaValueNow = String(Math.round(100 * first));
  };
  const sizeOf = (node: HTMLElement) => (wide ? node.offsetWidth : node.offsetHeight);

  function move(pixels: number, from: number): void {
    const room = sizeOf(neighbours[0]) + sizeOf(neighbours[1]);
    const least = Math.min(0.5, LEAST / Math.max(1, room));
    first = Math.min(1 - least, Math.max(least, from + pixels / Math.max(1, room)));
    neighbours[0].style.flexGrow = String(first * total);
    neighbours[1].style.flexGrow = String((1 - first) * total);
    say();
  }
  const done = () => changed([first * total, (1 - first) * total]);

  handle.onpointerdown = (event) => {
    handle.setPointerCapture(event.pointerId);
    const start = wide ? event.clientX : event.clientY;
    const from = first;
    handle.onpointermove = (at) => move((wide ? at.clientX : at.clientY) - start, from);
  };
  handle.onpointerup = () => {
    if (handle.onpointermove) done();
    handle.onpointermove = null;
  };
  handle.onkeydown = (event) => {
    const [back, on] = wide ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key !== back && event.key !== on) return;
    event.preventDefault();
    event.stopPropagation();
    move(event.key === on ? STRIDE : -STRIDE, first);
    done();
  };
  handle.ondblclick = () => {
    move(0, 0.5);
    done();
  };
  say();
  return handle;
}
