/** What the engine found worth telling, newest first, and bounded. */

import type { EngineEvent } from '../../engine/api/snapshot';
import { element } from '../shell/dom';
import { eventRow } from '../shell/event-row';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { createSubscriptions } from '../store/subscriptions';

const KEPT = 200;

export const eventsScene: SceneDefinition = {
  id: 'events',
  title: 'Events',
  description: 'What the engine found worth telling, newest first',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel');
  const subscriptions = createSubscriptions();
  const list = element('ol', { className: 'events', ariaLabel: 'Events, newest first' });
  const empty = element('p', { className: 'hint' }, 'Nothing to report.');
  host.append(empty, element('div', { role: 'log', ariaLabel: 'Events' }, list));
  const seen = new Set<string>();

  const add = (event: EngineEvent) => {
    const key = `${event.tick} ${event.kind} ${event.message}`;
    if (seen.has(key)) return;
    seen.add(key);
    empty.hidden = true;
    list.prepend(eventRow(event, element('span', { className: 'event-tick' }, String(event.tick))));
    while (list.childElementCount > KEPT) list.lastElementChild?.remove();
    if (seen.size > KEPT * 4) seen.clear();
  };
  studio.recording.events.forEach(add);
  subscriptions.add(studio.live.subscribe((snapshot) => snapshot?.events.forEach(add)));
  return { dispose: () => subscriptions.dispose() };
}
