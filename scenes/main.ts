/** Entry of the page: reads the address, wires source, studio and workspace, and starts. */
import { SCENES } from './scenes';
import { watchMilestones } from './shell/milestones';
import { PRESETS } from './shell/presets';
import { createSceneRegistry } from './shell/scene';
import { createShell } from './shell/shell';
import { createStartup } from './shell/startup';
import { createStudio, isRecorded } from './shell/studio';
import { keepPace } from './shell/throttle';
import { registerViewCommands } from './shell/view-commands';
import { parseView } from './shell/view-state';
import { createLiveSource } from './source/live-source';
import { openEngine } from './source/open-engine';
import { createSyntheticSource } from './source/synthetic-source';
import { applyTokens } from './theme/tokens';
import { watchTime } from './timeline/time-commands';

const { view: initial, complaints } = parseView(location.search);
const source = initial.source === 'synthetic' ? createSyntheticSource(initial) : createLiveSource(initial, openEngine);

const systemTheme = () => (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
const firstTheme = initial.theme ?? systemTheme();
applyTokens(document.documentElement, firstTheme);

keepPace(window);
const studio = createStudio(initial, firstTheme, source);
const scenes = createSceneRegistry();
for (const scene of SCENES) scenes.register(scene);

const notice = initial.source === 'synthetic' ? 'Synthetic data: nothing is simulated' : '';
const workspace = createShell(document.getElementById('studio') as HTMLElement, studio, scenes, PRESETS, notice);
watchMilestones(studio);
watchTime(studio);
registerViewCommands(studio, PRESETS, (preset) => void workspace.use(preset), systemTheme);

if (complaints.length > 0) {
  studio.report({
    id: 'address',
    level: 'warning',
    title: complaints.join(' '),
    remedy: 'Correct the address and reload, or go on with these values.',
  });
}
const startup = createStartup();
workspace.root.before(startup.root);
startup.step({ id: 'page', title: 'Page', state: 'running', detail: 'preparing the canvas' });

// The engine loads while the scenes are being built: neither waits for the other.
source.start({
  step: startup.step,
  catalogue(catalogue) {
    studio.here.catalogue.set(catalogue);
    // From now on a reloaded page goes on with this run.
    const { run } = catalogue;
    if (run !== undefined && run !== studio.view.value.run) studio.view.set({ ...studio.view.value, run });
  },
  snapshot(snapshot) {
    const first = studio.here.live.value === null;
    studio.here.live.set(snapshot);
    if (!first) return;
    startup.finish();
    if (isRecorded(initial)) void studio.look(initial.recorded, initial.time);
  },
  problem: studio.report,
  ended: () => studio.here.ended.set(true),
});
await workspace.use(PRESETS.find((preset) => preset.id === initial.preset) ?? PRESETS[0]);
if (initial.scene !== null && scenes.has(initial.scene)) await workspace.show(initial.scene);
startup.step({ id: 'page', title: 'Page', state: 'done' });
addEventListener('pagehide', () => source.dispose());
// Brought back by the browser's Back button as it was left, but without its engine.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
