/** Looking back: commands, and the snapshot that goes with the tick that is looked at. */
import type { Studio } from '../shell/scene';

export function watchTime(studio: Studio): void {
  const { recording, time } = studio;
  const follow = () => {
    const shown = time.value === null ? studio.live.value : recording.at(time.value);
    if (shown) studio.snapshot.set(shown);
  };
  time.subscribe(follow);
  studio.live.subscribe((snapshot) => {
    if (time.value === null) studio.snapshot.set(snapshot);
    // Opened at a tick that is still to come, or before the first snapshot.
    else if (studio.snapshot.value === null) follow();
  });
  const move = (by: number) => {
    const { ticks } = recording;
    const at = time.value === null ? ticks.length - 1 : ticks.indexOf(recording.at(time.value)?.tick ?? -1);
    const next = Math.max(0, at + by);
    time.set(next >= ticks.length - 1 ? null : ticks[next]);
  };
  studio.commands.register([
    { id: 'time.live', title: 'Back to live', group: 'Time', keys: ['l'], run: () => time.set(null) },
    { id: 'time.back', title: 'Look one recorded tick back', group: 'Time', keys: [','], run: () => move(-1) },
    { id: 'time.forward', title: 'Look one recorded tick on', group: 'Time', keys: [';'], run: () => move(1) },
  ]);
}
