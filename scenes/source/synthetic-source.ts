/**
 * Made-up snapshots that look like training, for tests and benches of scenes (`?source=synthetic&environments=1024`).
 * Nothing is simulated here, and the page says so in its head line.
 */
import type { SnapshotSource, SourceListener } from './source';
import { createSyntheticAnswers } from './synthetic-answers';
import type { SyntheticOptions } from './synthetic-world';
import { createSyntheticWorld, FULL_SPEED_HERTZ } from './synthetic-world';

/** Ticks that have passed before anybody looks. */
const PAST_TICKS = 40;

export function createSyntheticSource(options: SyntheticOptions): SnapshotSource {
  const world = createSyntheticWorld(options);
  let listener: SourceListener | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  let speed = Number.POSITIVE_INFINITY;
  let paused = false;

  const publish = () => listener?.snapshot(world.snapshot(paused, speed));
  const restart = () => {
    clearInterval(timer);
    if (paused) return;
    timer = setInterval(() => {
      world.advance();
      publish();
    }, 1000 / Math.min(speed, FULL_SPEED_HERTZ));
  };
  return {
    kind: 'synthetic',
    ask: createSyntheticAnswers(world),
    start(to) {
      listener = to;
      to.step({ id: 'world', title: 'Synthetic data', state: 'done' });
      to.catalogue(world.catalogue);
      for (let i = 0; i < PAST_TICKS; i++) world.advance();
      publish();
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
