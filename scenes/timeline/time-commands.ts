/** Looking back: commands, and the snapshot that goes with the tick that is looked at. */

import type { Snapshot } from '../../engine/api/snapshot';
import { paintsInSoftware } from '../graphics/adapter';
import { branchOff } from '../runs/branch-off';
import { BEAT_MILLISECONDS } from '../shell/pace';
import type { Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';

export function watchTime(studio: Studio): void {
  const { time } = studio;
  const follow = () => {
    const { recording } = studio;
    const tick = time.value;
    const shown = tick === null ? studio.live.value : recording.at(tick);
    if (shown) studio.snapshot.set(shown);
    if (shown || tick === null) return;
    const still = () => time.value === tick && studio.recording === recording;
    recording.load(tick).then(
      (snapshot) => snapshot && still() && studio.snapshot.set(snapshot),
      (error: Error) =>
        studio.report({
          id: 'time',
          level: 'warning',
          title: `Tick ${tick} could not be fetched: ${error.message}`,
          remedy: 'Look at another tick; training is not affected.',
        }),
    );
  };
  time.subscribe(follow);
  const isLive = () => time.value === null;
  /** The last end of a tick that no scene has seen: its numbers are whole, and what goes on after it comes too soon to show it. */
  let whole: Snapshot | null = null;
  const show = () => {
    if (!isLive()) return;
    if (whole) studio.snapshot.set(whole);
    whole = null;
    studio.snapshot.set(studio.live.value);
  };
  const onBeat = throttle(BEAT_MILLISECONDS, show);
  const onEveryOther = throttle(2 * BEAT_MILLISECONDS, show);
  /** Of which run the last one was. */
  let { recording } = studio;
  studio.live.subscribe((snapshot) => {
    const isFirst = studio.snapshot.value === null || recording !== studio.recording;
    recording = studio.recording;
    whole = snapshot?.activity === null ? snapshot : isFirst ? null : whole;
    // Where painting takes its time from the training, what comes is painted on the beat, with all else that is; how far a tick
    // is, half as often.
    if (isLive()) {
      if (isFirst || !paintsInSoftware()) studio.snapshot.set(snapshot);
      else if (snapshot?.activity === null || snapshot?.paused) onBeat.call();
      else onEveryOther.call();
    }
    // Opened at a tick that is still to come, or before the first snapshot.
    else if (studio.snapshot.value === null) follow();
  });
  const move = (by: number) => {
    const { ticks } = studio.recording;
    const at = time.value === null ? ticks.length - 1 : ticks.findLastIndex((tick) => tick <= (time.value as number));
    const next = Math.max(0, at + by);
    time.set(next >= ticks.length - 1 ? null : ticks[next]);
  };
  studio.commands.register([
    { id: 'time.live', title: 'Back to live', group: 'Time', keys: ['l'], run: () => void studio.look(null, null) },
    { id: 'time.back', title: 'Look one recorded tick back', group: 'Time', keys: [','], run: () => move(-1) },
    {
      id: 'time.branch',
      title: 'Branch off a new run from what is looked at …',
      group: 'Time',
      unavailable: () =>
        studio.recorded.value || studio.catalogue.value?.run !== undefined ? null : 'This run is not recorded.',
      run: () => void branchOff(studio, studio.recorded.value?.listing.id ?? null),
    },
    { id: 'time.forward', title: 'Look one recorded tick on', group: 'Time', keys: [';'], run: () => move(1) },
  ]);
}
