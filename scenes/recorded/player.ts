/** Plays a recorded run: the commands of a running one, over ticks that have pictures. */
import type { Command } from '../../engine/api/command';
import type { Recording } from '../store/recording';
import type { Signal } from '../store/signal';

export interface Player {
  readonly paused: boolean;
  /** Pictures a second; Infinity: as fast as can be followed. */
  readonly speed: number;
  /** False for what cannot be done to a run that is over. */
  take(command: Command): boolean;
  stop(): void;
}

const MOST_A_SECOND = 20;

/**
 * @param time the tick that is looked at; null: the last one
 * @param changed called when it begins, ends or changes its speed
 */
export function createPlayer(recording: Recording, time: Signal<number | null>, changed: () => void): Player {
  let timer = 0;
  let speed = Number.POSITIVE_INFINITY;
  let paused = true;
  let loading = false;

  const place = () => {
    const { ticks } = recording;
    return time.value === null ? ticks.length - 1 : ticks.findLastIndex((tick) => tick <= (time.value as number));
  };

  /** The next picture, as soon as it is here. */
  async function advance(): Promise<void> {
    const { ticks } = recording;
    const next = place() + 1;
    if (loading) return;
    if (next >= ticks.length) {
      set(true);
      return;
    }
    loading = true;
    try {
      await recording.load(ticks[next]);
      time.set(next === ticks.length - 1 ? null : ticks[next]);
    } finally {
      loading = false;
    }
  }

  function set(stopped: boolean): void {
    paused = stopped;
    clearInterval(timer);
    if (!paused) timer = window.setInterval(() => void advance().catch(() => set(true)), 1000 / Math.min(speed, MOST_A_SECOND));
    changed();
  }

  return {
    get paused() {
      return paused;
    },
    get speed() {
      return speed;
    },
    take(command) {
      switch (command.kind) {
        case 'play':
          if (time.value === null && recording.ticks.length > 1) time.set(recording.ticks[0]);
          set(false);
          return true;
        case 'pause':
          set(true);
          return true;
        case 'step':
          set(true);
          void advance();
          return true;
        case 'speed':
          speed = command.ticksPerSecond ?? Number.POSITIVE_INFINITY;
          set(paused);
          return true;
        default:
          return false;
      }
    },
    stop: () => clearInterval(timer),
  };
}
