/** Names over the axes, as buttons: they say what an axis is, take its brush by keys, and let it go by a click. */
import { element, setText } from '../shell/dom';
import type { Axis } from './axes';
import { keyed, type Range } from './axis-brush';

export interface AxisHeads {
  readonly root: HTMLElement;
  /** `x` in CSS pixels of the root; `range` what is brushed, as places. */
  show(axes: readonly Axis[], x: (axis: number) => number, range: (axis: number) => Range | null): void;
}

export function createAxisHeads(brush: (axis: number, range: Range | null) => void): AxisHeads {
  const root = element('div', { className: 'axis-heads' });
  let heads: HTMLButtonElement[] = [];
  let ranges: (Range | null)[] = [];

  function create(a: number): HTMLButtonElement {
    return element('button', {
      type: 'button',
      className: 'axis-head',
      onclick: () => brush(a, null),
      onkeydown: (event) => {
        const next = keyed(ranges[a], event.key, event.shiftKey);
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        brush(a, next);
      },
    });
  }

  return {
    root,
    show(axes, x, range) {
      if (heads.length !== axes.length) {
        heads = axes.map((_, a) => create(a));
        root.replaceChildren(...heads);
      }
      const width = axes.length > 1 ? x(1) - x(0) : 80;
      ranges = axes.map((_, a) => range(a));
      axes.forEach((axis, a) => {
        const head = heads[a];
        const held = ranges[a];
        const [low, high] = held ? [axis.value(held.low), axis.value(held.high)].sort((p, q) => p - q) : [0, 0];
        const brushed = held ? `${axis.format(low)} to ${axis.format(high)}` : 'not brushed';
        setText(head, axis.name);
        head.title = `${axis.title} (${axis.kind}): ${brushed}. Drag on the axis, or arrow keys here; Delete or a click lets go.`;
        // Begins with what is read on it, for who speaks to the page.
        head.ariaLabel = `${axis.name}: ${axis.title}, ${brushed}`;
        head.dataset.kind = axis.kind;
        head.dataset.axis = axis.id;
        head.dataset.brushed = String(held !== null);
        head.style.left = `${x(a)}px`;
        head.style.maxWidth = `${Math.max(24, width - 4)}px`;
      });
    },
  };
}
