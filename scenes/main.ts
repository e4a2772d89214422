/** Entry of the page: reads the address, wires source, studio and shell, and starts. */
import type { Catalogue, Snapshot } from '../engine/api';
import { circuitsScene } from './circuits/circuits-scene';
import { eventsScene } from './events/events-scene';
import { headlineScene } from './headline/headline-scene';
import { inspectorScene } from './inspector/inspector-scene';
import { createCommandRegistry } from './shell/commands';
import { createMilestones, watchMilestones } from './shell/milestones';
import { PRESETS } from './shell/presets';
import type { Studio } from './shell/scene';
import { createSceneRegistry } from './shell/scene';
import { createShell } from './shell/shell';
import { createStartup } from './shell/startup';
import { registerViewCommands } from './shell/view-commands';
import { parseView } from './shell/view-state';
import { createLiveSource } from './source/live-source';
import { openEngine } from './source/open-engine';
import type { Problem } from './source/source';
import { createSyntheticSource } from './source/synthetic-source';
import { createSignal } from './store/signal';
import { createPalette } from './theme/palette';
import { applyTokens, THEMES } from './theme/tokens';
import { wallScene } from './wall/wall-scene';

const { view: initial, complaints } = parseView(location.search);
const source = initial.source === 'synthetic' ? createSyntheticSource(initial) : createLiveSource(initial, openEngine);

const systemTheme = () => (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
const firstTheme = initial.theme ?? systemTheme();
applyTokens(document.documentElement, firstTheme);

const problems = createSignal<readonly Problem[]>([]);
const studio: Studio = {
  catalogue: createSignal<Catalogue | null>(null),
  snapshot: createSignal<Snapshot | null>(null),
  hovered: createSignal<number | null>(null),
  selected: createSignal<number | null>(initial.selected),
  ended: createSignal(false),
  milestones: createMilestones(),
  palette: createSignal(createPalette(THEMES[firstTheme])),
  view: createSignal(initial),
  problems,
  commands: createCommandRegistry(),
  send: (command) => source.send(command),
  report(problem) {
    problems.set([...problems.value.filter((other) => other.id !== problem.id), problem]);
  },
};

const scenes = createSceneRegistry();
for (const scene of [headlineScene, wallScene, circuitsScene, inspectorScene, eventsScene]) scenes.register(scene);

const notice = initial.source === 'synthetic' ? 'Synthetic data: nothing is simulated' : '';
const shell = createShell(document.getElementById('studio') as HTMLElement, studio, scenes, PRESETS, notice);
watchMilestones(studio);
registerViewCommands(studio, PRESETS, (preset) => void shell.show(preset), systemTheme);

if (complaints.length > 0) {
  studio.report({
    id: 'address',
    level: 'warning',
    title: complaints.join(' '),
    remedy: 'Correct the address and reload, or go on with these values.',
  });
}
const startup = createStartup();
shell.main.before(startup.root);
startup.step({ id: 'page', title: 'Page', state: 'running', detail: 'preparing the canvas' });

// The engine loads while the scenes are being built: neither waits for the other.
source.start({
  step: startup.step,
  catalogue: (catalogue) => studio.catalogue.set(catalogue),
  snapshot(snapshot) {
    if (studio.snapshot.value === null) startup.finish();
    studio.snapshot.set(snapshot);
  },
  problem: studio.report,
  ended: () => studio.ended.set(true),
});
await shell.show(PRESETS.find((preset) => preset.id === initial.preset) ?? PRESETS[0]);
startup.step({ id: 'page', title: 'Page', state: 'done' });
addEventListener('pagehide', () => source.dispose());
// Brought back by the browser's Back button as it was left, but without its engine.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
