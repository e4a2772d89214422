/** Work that is done from time to time, on the beat of the page: many small changes are one frame then. */
import { paintsInSoftware } from '../graphics/adapter';
import { BEAT_MILLISECONDS, createPace } from './pace';

/**
 * What a page can measure is its own thread. Where the processor paints, threads for canvases, tiles and putting them together take
 * one to three times as much again (estimated from a trace and the times of the browser's threads on a 2-core machine).
 */
const UNSEEN = 3;

const pace = createPace();
/** Work that waits for the beat. */
const waiting = new Set<() => void>();
/** True while what is due on the beat is done. */
let onBeat = false;
/** Milliseconds of script on this beat; null where its picture is not awaited. */
let script: number | null = null;
let measures = false;

/** Milliseconds from `now` until the first beat that is not before `due`. */
export const untilBeat = (now: number, due: number, beat = BEAT_MILLISECONDS) =>
  Math.ceil(Math.max(now, due) / beat) * beat - now;

/** From now on pictures are measured, and beats come as seldom as they are dear, but at once where somebody asks for something. */
export function keepPace(target: Window): void {
  measures = true;
  const attend = () => {
    if (pace.attend(performance.now())) for (const arm of [...waiting]) arm();
  };
  const options = { capture: true, passive: true } as const;
  // A choice may be made in a list that the browser shows, long after the press that opened it.
  for (const type of ['pointerdown', 'keydown', 'wheel', 'input', 'change'] as const)
    target.addEventListener(type, attend, options);
  target.addEventListener('pointermove', ({ buttons }) => buttons !== 0 && attend(), options);
}

/** Adds up what the work of a beat takes, and the frame that it makes: scripts, style, layout and painting up to the handing over. */
function measured(work: () => void): void {
  const began = performance.now();
  onBeat = true;
  try {
    work();
  } finally {
    onBeat = false;
  }
  if (!measures) return;
  const passed = performance.now() - began;
  if (script !== null) {
    script += passed;
    return;
  }
  script = passed;
  requestAnimationFrame(() => {
    const framed = performance.now();
    const { port1, port2 } = new MessageChannel();
    // Comes when the page's thread is done with the frame.
    port1.onmessage = () => {
      port1.close();
      pace.spent(((script ?? 0) + performance.now() - framed) * (paintsInSoftware() ? UNSEEN : 1));
      script = null;
    };
    port2.postMessage(null);
  });
}

/**
 * Calls `work` at most every `milliseconds`, and once more after the last call; on the beat, where there is time for that. What work
 * of a beat calls for is done on the same beat.
 */
export function throttle(milliseconds: number, work: () => void): { call(): void; cancel(): void } {
  const keepsBeat = milliseconds >= BEAT_MILLISECONDS;
  let timer = 0;
  let due = 0;
  const run = () => {
    timer = 0;
    waiting.delete(arm);
    // A little early, or what ran late once would skip every other beat.
    due = performance.now() + milliseconds - BEAT_MILLISECONDS / 5;
    if (keepsBeat) measured(work);
    else work();
  };
  const wait = (now: number) =>
    keepsBeat && !(onBeat && now >= due) ? untilBeat(now, due, pace.beat(now)) : Math.max(0, due - now);
  function arm(): void {
    clearTimeout(timer);
    timer = window.setTimeout(run, wait(performance.now()));
    if (keepsBeat) waiting.add(arm);
  }
  return {
    call() {
      if (timer === 0) arm();
    },
    cancel() {
      clearTimeout(timer);
      // What is asked for after the end is not done either.
      timer = -1;
      waiting.delete(arm);
    },
  };
}
