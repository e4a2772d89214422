/**
 * How often the page is painted while nobody asks it for anything. Painting costs whatever little has changed, and where there is no
 * graphics card it takes that from the cores that train: so what pictures cost is measured, and they come as far apart as keeps them
 * within a share of the time.
 */

/** Milliseconds between two pictures, where they are cheap. */
export const BEAT_MILLISECONDS = 250;
/** Where they are dear: what is watched is still live, as a tick of training takes about as long on the machines that this is about. */
const SLOWEST_MILLISECONDS = 2000;
/** Of the time, for pictures that nobody asked for. */
const SHARE = 0.03;
/** Weight of the newest picture in what one is taken to cost. */
const SMOOTHING = 0.3;
/** After a press, a key or a turn of the wheel somebody waits for an answer: two beats, of which the second shows what the first asked for. */
const ATTENTION_MILLISECONDS = 2 * BEAT_MILLISECONDS;

export interface Pace {
  /** Milliseconds between two beats at `now`: all lengths divide each other, so that beats of different lengths meet. */
  beat(now: number): number;
  /** A picture has cost so many milliseconds. */
  spent(milliseconds: number): void;
  /** Somebody asked for something. @returns true where nobody had for a while */
  attend(now: number): boolean;
}

export function createPace(): Pace {
  let cost = 0;
  let attended = Number.NEGATIVE_INFINITY;
  const isAttended = (now: number) => now - attended < ATTENTION_MILLISECONDS;
  return {
    beat(now) {
      let beat = BEAT_MILLISECONDS;
      if (!isAttended(now)) while (beat < SLOWEST_MILLISECONDS && cost > SHARE * beat) beat *= 2;
      return beat;
    },
    spent(milliseconds) {
      // One that was dearer than the slowest beat allows says no more than that: the first pictures of a scene are soon forgotten.
      cost += SMOOTHING * (Math.min(milliseconds, SHARE * SLOWEST_MILLISECONDS) - cost);
    },
    attend(now) {
      const news = !isAttended(now);
      attended = now;
      return news;
    },
  };
}
