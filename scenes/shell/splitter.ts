/** The edge of the side column: dragged or moved with arrow keys, remembered by this browser. */
import { element } from './dom';

const STORAGE_KEY = 'ohmba.side-width';
const [LEAST, MOST, USUAL, STRIDE] = [260, 720, 404, 24];

export function createSplitter(frame: HTMLElement): HTMLElement {
  const handle = element('div', { className: 'splitter', tabIndex: 0, role: 'separator', ariaLabel: 'Width of the side column' });
  handle.ariaOrientation = 'vertical';
  handle.ariaValueMin = String(LEAST);
  handle.ariaValueMax = String(MOST);
  let width = USUAL;

  const apply = (next: number) => {
    width = Math.min(MOST, Math.max(LEAST, Math.round(next)));
    frame.style.setProperty('--side-width', `${width}px`);
    handle.ariaValueNow = String(width);
  };
  const remember = () => {
    try {
      localStorage.setItem(STORAGE_KEY, String(width));
    } catch {
      // Storage may be forbidden; then the width is just not remembered.
    }
  };
  let stored = Number.NaN;
  try {
    stored = Number(localStorage.getItem(STORAGE_KEY) ?? Number.NaN);
  } catch {
    // As above.
  }
  apply(Number.isFinite(stored) ? stored : USUAL);

  handle.onpointerdown = (event) => {
    handle.setPointerCapture(event.pointerId);
    const [from, start] = [event.clientX, width];
    handle.onpointermove = (move) => apply(start + from - move.clientX);
  };
  handle.onpointerup = () => {
    handle.onpointermove = null;
    remember();
  };
  handle.onkeydown = (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    apply(width + (event.key === 'ArrowLeft' ? STRIDE : -STRIDE));
    remember();
  };
  handle.ondblclick = () => {
    apply(USUAL);
    remember();
  };
  return handle;
}
