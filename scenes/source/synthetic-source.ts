/**
 * Made-up snapshots that look like training, for tests and benches of scenes (`?source=synthetic&environments=1024`).
 * Nothing is simulated here, and the page says so in its head line.
 */
import type { SnapshotSource, SourceListener } from './source';
import { createSyntheticAnswers } from './synthetic-answers';
import type { SyntheticOptions } from './synthetic-world';
import { createSyntheticWorld, FULL_SPEED_HERTZ } from './synthetic-world';

/** Ticks that have passed before anybody looks, where the address does not say. */
const PAST_TICKS = 40;

export function createSyntheticSource(options: SyntheticOptions): SnapshotSource {
  const world = createSyntheticWorld(options);
  let listener: SourceListener | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  let speed = Number.POSITIVE_INFINITY;
  let paused = options.begin === 'paused';
  /** What making up the data has taken so far. */
  let milliseconds = 0;

  const publish = () => listener?.snapshot(world.snapshot(paused, speed));
  const restart = () => {
    clearInterval(timer);
    if (paused) return;
    timer = setInterval(() => {
      const before = performance.now();
      world.advance();
      const snapshot = world.snapshot(paused, speed);
      // An engine would do it in a thread of its own: benches take it off.
      milliseconds += performance.now() - before;
      document.documentElement.dataset.madeUp = milliseconds.toFixed(1);
      listener?.snapshot(snapshot);
    }, 1000 / Math.min(speed, FULL_SPEED_HERTZ));
  };
  return {
    ask: createSyntheticAnswers(world),
    start(to) {
      listener = to;
      to.step({ id: 'world', title: 'Synthetic data', state: 'done' });
      to.catalogue(world.catalogue);
      // All are told, as if somebody had watched: that fills what is drawn over time.
      for (let i = 0; i < (options.past || PAST_TICKS); i++) {
        world.advance();
        publish();
      }
      restart();
    },
    send(command) {
      if (command.kind === 'play') paused = false;
      if (command.kind === 'pause' || command.kind === 'stop') paused = true;
      if (command.kind === 'speed') speed = command.ticksPerSecond ?? Number.POSITIVE_INFINITY;
      if (command.kind === 'step') {
        paused = true;
        world.advance();
      }
      restart();
      publish();
    },
    dispose: () => clearInterval(timer),
  };
}
