import { keyName } from './commands';
import type { Studio } from './scene';

/** Keys run commands, except where somebody types, and except Space and Enter on a focused button. */
export function listenToKeys(studio: Studio): void {
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const key = keyName(event);
    const typing = target?.closest('input, textarea, select, [contenteditable]') != null;
    if (typing && !key.startsWith('ctrl+')) return;
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
