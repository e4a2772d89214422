/** What is wrong at present, and what happened in the time that is shown: the text to the numbered marks of the charts. */

import type { Diagnosis } from '../../engine/api/snapshot';
import { element } from '../shell/dom';
import { eventRow } from '../shell/event-row';
import type { Mark } from './marks';

export function createHappenings(look: (tick: number) => void) {
  const diagnoses = element('ul', { className: 'diagnoses', role: 'status' });
  const list = element('ol', { className: 'events happenings' });
  const root = element(
    'section',
    { className: 'training-section', hidden: true, dataset: { section: 'happenings' } },
    element('h2', { className: 'panel-title' }, 'What happened'),
    diagnoses,
    list,
  );
  let written = '';
  return {
    root,
    show(now: readonly Diagnosis[], marks: readonly Mark[]) {
      const text = JSON.stringify([now, marks.map(({ number }) => number)]);
      if (text === written) return;
      written = text;
      root.hidden = now.length === 0 && marks.length === 0;
      diagnoses.replaceChildren(
        ...now.map(({ message, since }) =>
          element('li', {}, `At present: ${message} (since simulation ${since} of the circuit)`),
        ),
      );
      list.replaceChildren(
        ...marks.toReversed().map(({ number, event }) =>
          eventRow(
            event,
            element(
              'button',
              {
                type: 'button',
                className: 'mark-number',
                title: `Look at tick ${event.tick}`,
                ariaLabel: `Mark ${number}: look at tick ${event.tick}`,
                onclick: () => look(event.tick),
              },
              String(number),
            ),
          ),
        ),
      );
    },
  };
}
