/** Play, pause, step and speed: buttons and commands over the one run. */

import { commandButton } from './command-button';
import { element, setText } from './dom';
import type { Studio } from './scene';

/** Ticks a second, slowest first; null = as fast as it goes. */
export const SPEEDS: readonly (number | null)[] = [0.5, 1, 2, 5, 10, 20, null];

export function speedLabel(speed: number | null): string {
  return speed === null || speed === Number.POSITIVE_INFINITY ? 'max' : `${speed}/s`;
}

/** The next faster (+1) or slower (-1) speed from whatever runs now. */
export function neighbouringSpeed(current: number, direction: 1 | -1): number | null {
  const numbers = SPEEDS.map((speed) => speed ?? Number.POSITIVE_INFINITY);
  const next = direction > 0 ? numbers.find((speed) => speed > current) : numbers.findLast((speed) => speed < current);
  const chosen = next ?? (direction > 0 ? Number.POSITIVE_INFINITY : numbers[0]);
  return chosen === Number.POSITIVE_INFINITY ? null : chosen;
}

export function createTransport(studio: Studio): HTMLElement {
  const notRunning = () => {
    if (studio.ended.value) return 'The run has ended.';
    return studio.live.value === null ? 'The engine has not started yet.' : null;
  };
  const paused = () => studio.live.value?.paused ?? false;
  const toSpeed = (direction: 1 | -1) => {
    const current = studio.live.value?.speed ?? Number.POSITIVE_INFINITY;
    studio.send({ kind: 'speed', ticksPerSecond: neighbouringSpeed(current, direction) });
  };
  studio.commands.register([
    {
      id: 'run.toggle',
      title: 'Play or pause',
      group: 'Run',
      keys: [' '],
      unavailable: notRunning,
      run: () => studio.send({ kind: paused() ? 'play' : 'pause' }),
    },
    {
      id: 'run.step',
      title: 'One tick, then pause',
      group: 'Run',
      keys: ['.'],
      unavailable: notRunning,
      run: () => studio.send({ kind: 'step' }),
    },
    { id: 'run.slower', title: 'Slower', group: 'Run', keys: ['['], unavailable: notRunning, run: () => toSpeed(-1) },
    { id: 'run.faster', title: 'Faster', group: 'Run', keys: [']'], unavailable: notRunning, run: () => toSpeed(1) },
  ]);

  const button = (command: string, label: string, text: string) => commandButton(studio, command, text, label);
  const play = button('run.toggle', 'Pause (Space)', '');
  play.classList.add('play');
  const speed = element('output', { className: 'speed', ariaLabel: 'Speed' }, 'max');
  const state = element('span', { className: 'run-state', role: 'status' }, 'starting');

  const refresh = () => {
    const snapshot = studio.live.value;
    const stopped = paused();
    play.dataset.paused = String(stopped);
    const label = stopped ? 'Play (Space)' : 'Pause (Space)';
    if (play.title !== label) {
      play.title = label;
      play.ariaLabel = label;
    }
    setText(speed, speedLabel(snapshot?.speed ?? null));
    const phase = studio.ended.value ? 'ended' : snapshot === null ? 'starting' : stopped ? 'paused' : 'live';
    // Within a tick the numbers of that tick are still to come.
    const place = snapshot?.activity ? 'in' : 'at';
    const past = studio.time.value !== null;
    const text = phase === 'paused' ? `paused ${place} tick ${snapshot?.tick}` : phase;
    const tick = studio.snapshot.value?.tick;
    const recorded = studio.recorded.value;
    if (recorded) setText(state, `recorded run ${recorded.listing.id}, tick ${tick} of ${recorded.ticks.at(-1)} · L: live`);
    else setText(state, past ? `looking at tick ${tick} · L: live` : text);
    state.dataset.state = past || recorded ? 'past' : phase;
  };
  refresh();
  studio.live.subscribe(refresh);
  studio.snapshot.subscribe(refresh);
  studio.time.subscribe(refresh);
  studio.recorded.subscribe(refresh);
  studio.ended.subscribe(refresh);
  return element(
    'div',
    { className: 'transport', role: 'group', ariaLabel: 'Run' },
    play,
    button('run.step', 'One tick, then pause (.)', '⇥'),
    button('run.slower', 'Slower ([)', '−'),
    speed,
    button('run.faster', 'Faster (])', '+'),
    state,
  );
}
