/** The command palette (Ctrl K) and the list of keys (?): both are made from the command registry. */
import type { CommandDefinition } from './commands';
import { keyLabel, searchCommands } from './commands';
import { element } from './dom';
import type { Studio } from './scene';

const keysOf = (command: CommandDefinition) => (command.keys ?? []).map((key) => element('kbd', {}, keyLabel(key)));

export function createPaletteDialog(studio: Studio): HTMLDialogElement {
  const input = element('input', { type: 'text', placeholder: 'Type a command', autocomplete: 'off', spellcheck: false });
  const list = element('ul', { id: 'palette-list', role: 'listbox', ariaLabel: 'Commands' });
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-label', 'Command');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'true');
  const dialog = element('dialog', { className: 'palette', ariaLabel: 'Command palette' }, input, list);
  let found: readonly CommandDefinition[] = [];
  let chosen = 0;

  function show(): void {
    found = searchCommands(studio.commands.list(), input.value);
    chosen = Math.min(chosen, Math.max(0, found.length - 1));
    list.replaceChildren(
      ...found.map((command, i) => {
        const reason = command.unavailable?.() ?? null;
        const title = element('span', { className: 'palette-title' }, command.title);
        const item = element('li', {
          id: `palette-${i}`,
          role: 'option',
          ariaSelected: String(i === chosen),
          title: reason ?? command.id,
        });
        item.append(element('span', { className: 'palette-group' }, command.group), title, ...keysOf(command));
        if (reason !== null) item.ariaDisabled = 'true';
        item.onpointerdown = (event) => {
          event.preventDefault();
          choose(i);
        };
        return item;
      }),
    );
    if (found.length === 0)
      list.append(element('li', { role: 'option', ariaDisabled: 'true' }, `No command matches “${input.value}”.`));
    input.setAttribute('aria-activedescendant', `palette-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }

  function choose(i: number): void {
    const command = found[i];
    // A closed dialog keeps the focus until the next frame; a key pressed before that would count as typing.
    input.blur();
    dialog.close();
    if (command) studio.commands.run(command.id);
  }

  input.oninput = () => {
    chosen = 0;
    show();
  };
  dialog.onkeydown = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      chosen = (chosen + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % Math.max(1, found.length);
      show();
      event.preventDefault();
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      choose(chosen);
    }
  };
  const open = (query: string) => {
    if (dialog.open) {
      dialog.close();
      return;
    }
    input.value = query;
    chosen = 0;
    dialog.showModal();
    show();
    input.focus();
  };
  closeOnBackdrop(dialog);
  studio.commands.register([
    { id: 'view.palette', title: 'Command palette', group: 'View', keys: ['ctrl+k'], run: () => open('') },
    { id: 'view.palette.scenes', title: 'Show another scene …', group: 'View', run: () => open('show ') },
  ]);
  return dialog;
}

export function createKeysDialog(studio: Studio): HTMLDialogElement {
  const body = element('div', { className: 'keys-body' });
  const close = element('button', { type: 'button', className: 'dialog-close', onclick: () => dialog.close() }, 'Close');
  const dialog: HTMLDialogElement = element(
    'dialog',
    { className: 'keys', ariaLabel: 'Keys' },
    element('h2', {}, 'Keys'),
    body,
    close,
  );
  const open = () => {
    if (dialog.open) {
      dialog.close();
      return;
    }
    const commands = studio.commands.list().filter((command) => (command.keys?.length ?? 0) > 0);
    const groups = [...new Set(commands.map((command) => command.group))];
    body.replaceChildren(
      ...groups.map((group) =>
        element(
          'section',
          {},
          element('h3', {}, group),
          element(
            'dl',
            {},
            ...commands
              .filter((command) => command.group === group)
              .flatMap((command) => [element('dt', {}, ...keysOf(command)), element('dd', {}, command.title)]),
          ),
        ),
      ),
      element(
        'p',
        { className: 'hint' },
        'On the wall: wheel zooms (scrolls once zoomed in, Ctrl and wheel zooms), drag moves, double-click zooms in or back.',
      ),
    );
    dialog.showModal();
  };
  closeOnBackdrop(dialog);
  studio.commands.register([{ id: 'view.keys', title: 'Keys', group: 'View', keys: ['?'], run: open }]);
  return dialog;
}

function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
}
