/** The frame: top bar, strip, workspace, status bar, and the dialogs over them. */
import { createActivity } from './activity';
import { commandButton } from './command-button';
import { element, setText } from './dom';
import { listenToKeys } from './keyboard';
import { createKeysDialog, createPaletteDialog } from './palette-dialog';
import { createProblemList } from './problems';
import type { Preset, SceneRegistry, Studio } from './scene';
import { createStatusBar } from './status-bar';
import { createTransport } from './transport';
import type { Workspace } from './workspace';
import { createWorkspace } from './workspace';

export function createShell(
  root: HTMLElement,
  studio: Studio,
  scenes: SceneRegistry,
  presets: readonly Preset[],
  notice: string,
): Workspace {
  const workspace = createWorkspace(studio, scenes, presets);
  const frame = element(
    'div',
    { className: 'frame' },
    createTopBar(studio, presets, notice),
    workspace.strip,
    workspace.root,
    createStatusBar(studio),
    createProblemList(studio),
    createPaletteDialog(studio),
    createKeysDialog(studio),
  );
  root.replaceChildren(frame);
  listenToKeys(studio);
  return workspace;
}

function createTopBar(studio: Studio, presets: readonly Preset[], notice: string): HTMLElement {
  const button = (command: string, label: string, text: string) => commandButton(studio, command, text, label);
  const circuits = element('span', { className: 'run-circuits' });
  const describe = () => setText(circuits, (studio.catalogue.value?.circuits ?? []).map((circuit) => circuit.title).join(', '));
  describe();
  studio.catalogue.subscribe(describe);
  const layouts = presets.map((preset) => button(`view.preset.${preset.id}`, `Layout: ${preset.title}`, preset.title));
  const mark = () => {
    presets.forEach((preset, i) => {
      layouts[i].ariaPressed = String(preset.id === studio.view.value.preset);
    });
  };
  mark();
  studio.view.subscribe(mark);
  return element(
    'header',
    { className: 'top-bar' },
    element('h1', { className: 'brand' }, 'Ohmba'),
    createTransport(studio),
    circuits,
    createActivity(studio),
    ...(notice === '' ? [] : [element('span', { className: 'notice' }, notice)]),
    element('span', { className: 'spacer' }),
    element('nav', { className: 'presets', ariaLabel: 'Layouts' }, ...layouts),
    button('view.palette', 'Commands (Ctrl K)', 'Commands'),
    button('view.theme', 'Dark or light (T)', '◐'),
    button('view.keys', 'Keys (?)', '?'),
  );
}
