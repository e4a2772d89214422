/** One of a few: buttons side by side, of which one is pressed. */
import { element } from './dom';

export interface Choice<Id extends string> {
  readonly root: HTMLElement;
  show(chosen: Id): void;
}

export function createChoice<Id extends string>(
  label: string,
  options: Readonly<Record<Id, string>>,
  choose: (id: Id) => void,
): Choice<Id> {
  const ids = Object.keys(options) as Id[];
  const buttons = ids.map((id) =>
    element('button', { type: 'button', ariaPressed: 'false', onclick: () => choose(id), dataset: { choice: id } }, options[id]),
  );
  return {
    root: element('div', { className: 'choice', role: 'group', ariaLabel: label }, ...buttons),
    show(chosen) {
      ids.forEach((id, i) => {
        buttons[i].ariaPressed = String(id === chosen);
      });
    },
  };
}
