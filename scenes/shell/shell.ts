/** The frame: top bar, strip, main, side, status bar; mounts the scenes of a preset into their places. */
import { createActivity } from './activity';
import { element, setText } from './dom';
import { listenToKeys } from './keyboard';
import { createKeysDialog, createPaletteDialog } from './palette-dialog';
import { createProblemList } from './problems';
import type { MountedScene, Preset, SceneRegistry, Slot, Studio } from './scene';
import { createSplitter } from './splitter';
import { createStatusBar } from './status-bar';
import { createTransport } from './transport';

const SLOTS: readonly Slot[] = ['strip', 'main', 'side'];

export interface Shell {
  /** Where the start-up list goes. */
  readonly main: HTMLElement;
  show(preset: Preset): Promise<void>;
}

export function createShell(
  root: HTMLElement,
  studio: Studio,
  scenes: SceneRegistry,
  presets: readonly Preset[],
  notice: string,
): Shell {
  const slots: Readonly<Record<Slot, HTMLElement>> = {
    strip: element('div', { className: 'strip' }),
    main: element('main', { className: 'main' }),
    side: element('aside', { className: 'side', ariaLabel: 'Details', tabIndex: 0 }),
  };
  const frame = element('div', { className: 'frame' });
  frame.append(
    createTopBar(studio, presets, notice),
    slots.strip,
    slots.main,
    createSplitter(frame),
    slots.side,
    createStatusBar(studio),
    createProblemList(studio),
    createPaletteDialog(studio),
    createKeysDialog(studio),
  );
  root.replaceChildren(frame);
  listenToKeys(studio);

  let mounted: MountedScene[] = [];
  return {
    main: slots.main,
    async show(preset) {
      for (const scene of mounted.splice(0)) scene.dispose();
      frame.dataset.preset = preset.id;
      const mounting: Promise<MountedScene | null>[] = [];
      for (const slot of SLOTS) {
        const hosts = preset.scenes[slot].map((id) => {
          const definition = scenes.get(id);
          const host = element('section', { className: 'scene', ariaLabel: definition.title, dataset: { scene: id } });
          mounting.push(mountScene(definition.title, () => definition.mount(host, studio), host, studio));
          return host;
        });
        slots[slot].replaceChildren(...hosts);
      }
      mounted = (await Promise.all(mounting)).filter((scene) => scene !== null);
    },
  };
}

/** A scene that fails says so in its own place; the others go on. */
async function mountScene(
  title: string,
  mount: () => MountedScene | Promise<MountedScene>,
  host: HTMLElement,
  studio: Studio,
): Promise<MountedScene | null> {
  try {
    // In a microtask, so that the host stands in the page and has a size.
    await Promise.resolve();
    return await mount();
  } catch (error) {
    host.replaceChildren(element('p', { className: 'hint' }, `“${title}” could not be shown. Training is not affected.`));
    studio.report({
      id: `scene-${title}`,
      level: 'error',
      title: `“${title}” could not be shown. Training is not affected.`,
      remedy: 'Reload the page. If it happens again, open an issue with the details below.',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return null;
  }
}

function createTopBar(studio: Studio, presets: readonly Preset[], notice: string): HTMLElement {
  const button = (command: string, label: string, text: string) =>
    element(
      'button',
      { type: 'button', title: label, ariaLabel: label, onclick: () => studio.commands.run(command), dataset: { command } },
      text,
    );
  const circuits = element('span', { className: 'run-circuits' });
  const describe = () => setText(circuits, (studio.catalogue.value?.circuits ?? []).map((circuit) => circuit.title).join(', '));
  describe();
  studio.catalogue.subscribe(describe);
  const tabs =
    presets.length < 2
      ? []
      : presets.map((preset) => button(`view.preset.${preset.id}`, `Layout: ${preset.title}`, preset.title));
  return element(
    'header',
    { className: 'top-bar' },
    element('h1', { className: 'brand' }, 'Ohmba'),
    createTransport(studio),
    circuits,
    createActivity(studio),
    ...(notice === '' ? [] : [element('span', { className: 'notice' }, notice)]),
    element('span', { className: 'spacer' }),
    element('nav', { className: 'presets', ariaLabel: 'Layouts' }, ...tabs),
    button('view.palette', 'Commands (Ctrl K)', 'Commands'),
    button('view.theme', 'Dark or light (T)', '◐'),
    button('view.keys', 'Keys (?)', '?'),
  );
}
