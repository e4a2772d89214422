/** Opens a recorded run to look at: the same stores as those of a running one, filled from what was recorded. */
import type { Ask } from '../../engine/api/questions';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import type { Milestone } from '../shell/milestones';
import { newlyMet } from '../shell/milestones';
import { createFactRecorder } from '../store/facts';
import { createFrames } from '../store/frames';
import { createPointsStore } from '../store/points';
import { createSignal, type Signal } from '../store/signal';
import type { Looked } from './looked';
import { createPlayer } from './player';
import { createRecordedAsk } from './recorded-ask';

export interface RecordedOptions {
  readonly ask: Ask;
  /** The tick that is looked at; null: the last one. */
  readonly time: Signal<number | null>;
  /** Points that could not be fetched, in words. */
  pointsFailed(reason: string): void;
  /** What was wished cannot be done to a recorded run. */
  refused(): void;
}

/** @throws Error where there is no such run, or no picture of it */
export async function openRecorded(id: string, { ask, time, pointsFailed, refused }: RecordedOptions): Promise<Looked> {
  const run = await ask('recorded-run', { run: id });
  const frames = createFrames(ask, id, [...run.ticks]);
  const last = await frames.load(Number.POSITIVE_INFINITY);
  if (!last) throw new Error(`the run ${id} has no pictures: it was left before the first`);

  const catalogue = createSignal<Catalogue | null>(run.catalogue);
  const live = createSignal<Snapshot | null>(null);
  const milestones = createSignal<readonly Milestone[]>([]);
  const recording = { ticks: frames.ticks, events: run.events, at: frames.at, load: frames.load };
  const player = createPlayer(recording, time, show);
  const ownAsk = createRecordedAsk(ask, run);
  const points = createPointsStore({ ask: ownAsk, catalogue, news: live, failed: pointsFailed });
  const { history, record } = createFactRecorder(catalogue);
  let disposed = false;

  /** A new object each time: whoever draws from the stores looks again. */
  function show(): void {
    live.set({ ...(last as Snapshot), paused: player.paused, speed: player.speed });
  }

  let previous: Snapshot | null = null;
  let due = 0;
  frames
    .each(
      (snapshot) => {
        record(snapshot);
        const met = newlyMet(previous, snapshot);
        if (met.length > 0) milestones.set([...milestones.value, ...met]);
        previous = snapshot;
        if (performance.now() < due) return;
        due = performance.now() + 200;
        show();
      },
      () => disposed,
    )
    .then(show, () => undefined);
  show();
  return {
    ...{ run, catalogue, live, recording, history, points, milestones, ask: ownAsk },
    ready: Promise.resolve(),
    ended: createSignal(false),
    send(command) {
      if (!player.take(command)) refused();
    },
    dispose() {
      disposed = true;
      player.stop();
    },
  };
}
