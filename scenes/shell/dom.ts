/** Elements in one expression, and text that is written only when it changed. */
type Properties<K extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[K], 'style' | 'dataset' | 'children' | 'classList'>
> & { readonly dataset?: Readonly<Record<string, string>> };

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<K> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const { dataset, ...rest } = properties;
  const created = document.createElement(tag);
  Object.assign(created, rest);
  if (dataset) Object.assign(created.dataset, dataset);
  created.append(...children);
  return created;
}

export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Parts of the page that are written from time to time are written at the same moments: many small changes are one frame
 * then, and each frame costs style, layout and painting of its own.
 */
export const BEAT_MILLISECONDS = 250;

/** Milliseconds from `now` until the first beat that is not before `due`. */
export const untilBeat = (now: number, due: number) =>
  Math.ceil(Math.max(now, due) / BEAT_MILLISECONDS) * BEAT_MILLISECONDS - now;

/** Calls `work` at most every `milliseconds`, and once more after the last call; on the beat, where there is time for that. */
export function throttle(milliseconds: number, work: () => void): { call(): void; cancel(): void } {
  let timer = 0;
  let due = 0;
  const run = () => {
    timer = 0;
    // A little early, or what ran late once would skip every other beat.
    due = performance.now() + milliseconds - BEAT_MILLISECONDS / 5;
    work();
  };
  const wait = (now: number) => (milliseconds < BEAT_MILLISECONDS ? Math.max(0, due - now) : untilBeat(now, due));
  return {
    call() {
      if (timer === 0) timer = window.setTimeout(run, wait(performance.now()));
    },
    cancel: () => clearTimeout(timer),
  };
}
