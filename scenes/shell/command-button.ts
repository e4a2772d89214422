/** A button that runs a command, so that buttons, keys, palette and tests do the same. */
import { element } from './dom';
import type { Studio } from './scene';

/** @param label what it is called where the text is a sign or an abbreviation */
export function commandButton(studio: Studio, command: string, text: string, label?: string): HTMLButtonElement {
  return element(
    'button',
    {
      type: 'button',
      ...(label !== undefined && { title: label, ariaLabel: label }),
      onclick: () => studio.commands.run(command),
      dataset: { command },
    },
    text,
  );
}
