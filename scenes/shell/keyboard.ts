import { keyName } from './commands';
import type { Studio } from './scene';

/** Inputs that take no text: only the keys that move or switch them are theirs. */
const SWITCHES = ['button', 'checkbox', 'color', 'file', 'radio', 'range', 'reset', 'submit'];
const OWN_KEYS = /^( |Enter|Arrow.*|Home|End|Page.*)$/;

/** Whether a key is meant for the control that has the focus; `type` is that of an input. */
export function isForControl(key: string, tag: string, type: string): boolean {
  if (tag === 'input' && SWITCHES.includes(type)) return OWN_KEYS.test(key);
  return ['input', 'textarea', 'select'].includes(tag) && !key.startsWith('ctrl+');
}

/** Keys run commands, except those that are for the control that has the focus, and except Space and Enter on a focused button. */
export function listenToKeys(studio: Studio): void {
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const key = keyName(event);
    if (target && isForControl(key, target.localName, target.getAttribute('type') ?? 'text')) return;
    if (document.querySelector('dialog[open]') && key !== 'ctrl+k' && key !== '?') return;
    if ((key === ' ' || key === 'Enter') && target?.closest('button, a, summary')) return;
    // Arrows scroll a panel that has the focus; elsewhere they move the selection.
    if (key.startsWith('Arrow') && target?.matches('[role=tabpanel]:has(.panel), .panel *')) return;
    const command = studio.commands.forKey(key);
    if (!command) return;
    event.preventDefault();
    studio.commands.run(command.id);
  });
}
