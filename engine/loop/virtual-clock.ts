import type { Clock } from '../base';

/** The run's own time: it can be paused, stepped and slowed, and counts running seconds only. */
export interface VirtualClock {
  paused(): boolean;
  /** Ticks a second; Infinity = as fast as it goes. */
  speed(): number;
  seconds(): number;
  play(): void;
  pause(): void;
  /** One tick, then pause. */
  step(): void;
  setSpeed(ticksPerSecond: number): void;
  stop(): void;
  /** Stops, and stands paused: nothing runs any more. */
  end(): void;
  /** Resolves when the next tick may run; false if there is to be none. */
  next(): Promise<boolean>;
  /**
   * For use within a tick: resolves at once unless the clock is paused, then when it runs again or is stopped. A step
   * meanwhile lets the tick that is held run to its end.
   */
  hold(): Promise<void>;
}

export interface VirtualClockOptions {
  readonly paused: boolean;
  readonly ticksPerSecond: number;
  /** Seconds that it has run before: a resumed run. */
  readonly seconds?: number;
}

export function createVirtualClock(clock: Clock, options: VirtualClockOptions): VirtualClock {
  let { paused, ticksPerSecond } = options;
  let steps = 0;
  /** A step has let this tick run to its end, though the clock is paused. */
  let finishing = false;
  let stopped = false;
  /** Running time before `since`; `since` is null while nothing runs. */
  let before = 1000 * (options.seconds ?? 0);
  let since: number | null = null;
  let lastTick = Number.NEGATIVE_INFINITY;
  let wake: (() => void) | null = null;

  const run = () => {
    since ??= clock.now();
  };
  const rest = () => {
    if (since !== null) before += clock.now() - since;
    since = null;
  };
  const changed = () => {
    wake?.();
    wake = null;
  };
  const change = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  return {
    paused: () => paused,
    speed: () => ticksPerSecond,
    seconds: () => (before + (since === null ? 0 : clock.now() - since)) / 1000,
    play() {
      paused = false;
      steps = 0;
      changed();
    },
    pause() {
      paused = true;
      steps = 0;
      finishing = false;
      changed();
    },
    step() {
      paused = true;
      steps++;
      changed();
    },
    setSpeed(value) {
      ticksPerSecond = value > 0 ? value : Number.POSITIVE_INFINITY;
      changed();
    },
    stop() {
      stopped = true;
      changed();
    },
    end() {
      stopped = true;
      paused = true;
      rest();
      changed();
    },
    async hold() {
      while (paused && !finishing && !stopped) {
        if (steps > 0) {
          steps--;
          finishing = true;
          break;
        }
        rest();
        await change();
      }
      run();
    },
    async next() {
      finishing = false;
      for (;;) {
        if (stopped) {
          rest();
          return false;
        }
        if (paused && steps === 0) {
          rest();
          await change();
          continue;
        }
        if (steps > 0) {
          steps--;
          finishing = true;
          break;
        }
        run();
        const left = lastTick + 1000 / ticksPerSecond - clock.now();
        if (!(left > 0)) break;
        await Promise.race([clock.wait(left), change()]);
      }
      run();
      lastTick = clock.now();
      return true;
    },
  };
}
