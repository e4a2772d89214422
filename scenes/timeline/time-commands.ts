/** Looking back: commands, and the snapshot that goes with the tick that is looked at. */
import { branchOff } from '../runs/branch-off';
import type { Studio } from '../shell/scene';

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
  studio.live.subscribe((snapshot) => {
    if (time.value === null) studio.snapshot.set(snapshot);
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
