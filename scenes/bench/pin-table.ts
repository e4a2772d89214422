/** What is pinned beside what lies on the bench, in numbers: every measure, and those parameters in which they differ. */
import { formatQuantity } from '../format/engineering';
import { element } from '../shell/dom';
import type { Pin, Trial } from './workbench';
import { faultOf } from './workbench';

export interface PinActions {
  /** Lays the pinned sizing on the bench again. */
  lay(pin: Pin): void;
  unpin(pin: Pin): void;
}

export function createPinTable({ lay, unpin }: PinActions) {
  const root = element('section', { className: 'pins', ariaLabel: 'Pinned results', hidden: true });

  const pinHead = (pin: Pin) =>
    element(
      'th',
      { scope: 'col' },
      `Pin ${pin.number}`,
      element('span', { className: 'pin-origin dim', title: pin.subject.origin }, pin.subject.origin),
      element(
        'span',
        { className: 'pin-actions' },
        element('button', { type: 'button', ariaLabel: `Lay pin ${pin.number} on the bench`, onclick: () => lay(pin) }, 'Lay'),
        element('button', { type: 'button', ariaLabel: `Take pin ${pin.number} off`, onclick: () => unpin(pin) }, '×'),
      ),
    );

  return {
    root,
    show(present: Trial | null, pins: readonly Pin[]): void {
      root.hidden = pins.length === 0;
      if (pins.length === 0) {
        root.replaceChildren();
        return;
      }
      const all: readonly (Trial | null)[] = [present, ...pins];
      const { specs, parameters } = pins[0].subject.info;
      root.replaceChildren(
        element(
          'table',
          { className: 'pins-table' },
          element('caption', { className: 'visually-hidden' }, 'Pinned results and the present one'),
          element(
            'thead',
            {},
            element('tr', {}, element('td', {}), element('th', { scope: 'col' }, 'Now'), ...pins.map(pinHead)),
          ),
          element(
            'tbody',
            {},
            ...specs.map(({ title, unit }, s) =>
              row(
                title,
                all.map((trial) => measureCell(trial, s, unit)),
              ),
            ),
          ),
          element(
            'tbody',
            {},
            ...differing(all).map((p) => {
              const { name, title, unit } = parameters[p];
              const cells = all.map((trial) => (trial ? formatQuantity(trial.subject.parameters[p], unit) : ''));
              return row(
                `${name} ${title}`,
                cells.map((text) => element('td', { className: 'number' }, text)),
              );
            }),
          ),
        ),
      );
    },
  };
}

function row(title: string, cells: readonly HTMLElement[]): HTMLElement {
  return element('tr', {}, element('th', { scope: 'row', title }, title), ...cells);
}

function measureCell(trial: Trial | null, s: number, unit: string): HTMLElement {
  if (!trial || faultOf(trial) !== null) return element('td', { className: 'number' }, trial ? 'invalid' : '');
  const { evaluation, distances } = trial.answer;
  const state = distances[s] >= 0 ? 'hold' : 'miss';
  return element('td', { className: 'number', dataset: { state } }, formatQuantity(evaluation.measures[s], unit));
}

/** Places of the parameters that are not the same in all sizings. */
export function differing(trials: readonly (Trial | null)[]): number[] {
  const [first, ...others] = trials.flatMap((trial) => (trial ? [trial.subject.parameters] : []));
  return Array.from(first ?? [], (_, p) => p).filter((p) => others.some((other) => other[p] !== first[p]));
}
