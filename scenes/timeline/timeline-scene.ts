/** The timeline: back to any recorded tick, what happened when, and where the milliseconds of the tick that is looked at went. */

import type { EngineEvent } from '../../engine/api/snapshot';
import { formatCount, formatDuration } from '../format/engineering';
import { element, setText } from '../shell/dom';
import { eventRow } from '../shell/event-row';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { createSubscriptions } from '../store/subscriptions';
import { createPhaseStrip } from './phase-strip';

const REFRESH_MILLISECONDS = 250;
const SVG = 'http://www.w3.org/2000/svg';

export const timelineScene: SceneDefinition = {
  id: 'timeline',
  title: 'Timeline',
  description: 'Back to any recorded tick, what happened when, and the milliseconds of a tick',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel', 'timeline');
  const subscriptions = createSubscriptions();
  const { recording } = studio;
  const status = element('p', { className: 'timeline-status', role: 'status' });
  const live = element(
    'button',
    { type: 'button', className: 'accent', onclick: () => studio.commands.run('time.live') },
    'Back to live (L)',
  );
  const branch = element(
    'button',
    {
      type: 'button',
      title: 'A new run from the last checkpoint before this tick',
      onclick: () => studio.commands.run('time.branch'),
    },
    'Branch off from here …',
  );
  const slider = element('input', {
    type: 'range',
    min: '0',
    ariaLabel: 'Recorded tick',
    oninput: () => {
      const { ticks } = recording;
      const place = Number(slider.value);
      studio.time.set(place >= ticks.length - 1 ? null : ticks[place]);
    },
  });
  const marks = document.createElementNS(SVG, 'svg');
  marks.setAttribute('class', 'timeline-marks');
  marks.setAttribute('aria-hidden', 'true');
  const phases = createPhaseStrip();
  const list = element('ol', { className: 'events' });
  const nothing = element(
    'p',
    { className: 'hint' },
    'Nothing so far. Targets that are met, evaluations and warnings are marked here and over the slider.',
  );
  host.append(
    element('div', { className: 'toolbar' }, status, live, branch),
    marks as unknown as HTMLElement,
    slider,
    element('h2', { className: 'panel-title' }, 'Where the time of this tick went'),
    phases.strip,
    element(
      'div',
      { className: 'timeline-columns' },
      phases.table,
      element('section', {}, element('h2', { className: 'panel-title' }, 'What happened'), nothing, list),
    ),
  );

  const refresh = throttle(REFRESH_MILLISECONDS, () => {
    const { ticks, events } = recording;
    const snapshot = studio.snapshot.value;
    const newest = studio.live.value;
    if (!snapshot || !newest || ticks.length === 0) return;
    const { value: time } = studio.time;
    const recorded = studio.recorded.value?.listing.id ?? null;
    const past = time !== null || recorded !== null;
    live.hidden = !past;
    branch.hidden = recorded === null && studio.catalogue.value?.run === undefined;
    const tick = `tick ${formatCount(snapshot.tick)}`;
    const place = `${tick}, ${formatDuration(snapshot.seconds)}`;
    if (recorded !== null)
      setText(status, `Recorded run ${recorded}: ${tick} of ${formatCount(newest.tick)}, ${formatDuration(snapshot.seconds)}`);
    else if (past) setText(status, `Paused at ${place}; training is at tick ${formatCount(newest.tick)}`);
    else setText(status, newest.paused ? `Live, paused at ${place}` : `Live: ${place}`);
    status.dataset.live = String(!past);
    slider.max = String(ticks.length - 1);
    const at =
      time === null
        ? ticks.length - 1
        : Math.max(
            0,
            ticks.findLastIndex((tick) => tick <= time),
          );
    if (document.activeElement !== slider || time === null) slider.value = String(at);
    slider.setAttribute('aria-valuetext', `tick ${ticks[at]}`);
    drawMarks(marks, ticks, events);
    phases.show(snapshot.phases);
    showEvents(events);
  });

  let shown: readonly EngineEvent[] = [];
  function showEvents(events: readonly EngineEvent[]): void {
    if (events === shown) return;
    shown = events;
    nothing.hidden = events.length > 0;
    list.replaceChildren(
      ...events.toReversed().map((event) =>
        eventRow(
          event,
          element(
            'button',
            {
              type: 'button',
              className: 'link event-tick',
              title: 'Look at this tick',
              onclick: () => studio.time.set(event.tick),
            },
            String(event.tick),
          ),
        ),
      ),
    );
  }

  refresh.call();
  subscriptions.add(
    studio.live.subscribe(refresh.call),
    studio.snapshot.subscribe(refresh.call),
    studio.time.subscribe(refresh.call),
    refresh.cancel,
  );
  return { dispose: () => subscriptions.dispose() };
}

/** A mark an event over its place on the slider: taller for warnings, tallest for errors, so that it needs no colour. */
function drawMarks(svg: SVGSVGElement, ticks: readonly number[], events: readonly EngineEvent[]): void {
  const width = svg.clientWidth;
  const heights = { info: 6, warning: 10, error: 14 } as const;
  svg.replaceChildren(
    ...events.map((event) => {
      const place = ticks.findIndex((tick) => tick >= event.tick);
      const mark = document.createElementNS(SVG, 'rect');
      // The knob of a slider keeps half its own width from both ends.
      const x = 8 + ((place < 0 ? ticks.length - 1 : place) / Math.max(1, ticks.length - 1)) * (width - 16);
      const height = heights[event.level];
      for (const [name, value] of Object.entries({ x: x - 1, y: 14 - height, width: 2, height }))
        mark.setAttribute(name, String(value));
      mark.dataset.level = event.level;
      return mark;
    }),
  );
}
