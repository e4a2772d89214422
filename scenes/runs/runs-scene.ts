/** Runs that are recorded in this browser: looked at, gone on with, branched off, compared two by two, deleted. */
import { messageOf } from '../../engine/api';
import type { RunListing } from '../../engine/api/questions';
import { formatCount, formatQuantity } from '../format/engineering';
import type { CommandDefinition } from '../shell/commands';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { createSubscriptions } from '../store/subscriptions';
import { branchOff, goOnWith } from './branch-off';
import { createCompareView } from './compare-view';
import { askToDelete } from './dialogs';
import { createRunTable } from './run-table';

/** The run that goes on grows all the time; others do not. */
const REFRESH_MILLISECONDS = 5000;

export const runsScene: SceneDefinition = {
  id: 'runs',
  title: 'Runs',
  description: 'Every run that is recorded in this browser: look at it, go on with it, branch it off, compare two, delete it',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel', 'runs');
  const subscriptions = createSubscriptions();
  let runs: readonly RunListing[] = [];
  let known = false;
  let selected: string | null = null;
  /** Ids of those that are compared, the one chosen first in front. */
  let chosen = ['compare', 'with'].map((name) => studio.view.value.look[name]).filter((id) => id !== undefined);
  const status = element('p', { className: 'runs-status', role: 'status' }, 'Asking for recorded runs …');
  const actions = element('div', { className: 'toolbar runs-actions' });
  const compare = createCompareView(studio);
  const table = createRunTable({
    select(id) {
      selected = selected === id ? null : id;
      draw();
    },
    open: (id) => void look(id),
    choose(id) {
      chosen = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen.slice(-1), id];
      remember();
      draw();
      showComparison();
    },
  });

  const run = () => runs.find(({ id }) => id === selected);
  const missing = () => (run() ? null : 'Select a run in the list first.');
  const elsewhere = (why: string) => () => missing() ?? (run()?.current ? why : null);
  const look = async (id: string) => {
    await studio.look(id, null);
    studio.commands.run('scene.show.timeline');
  };
  const commands: readonly CommandDefinition[] = [
    {
      id: 'runs.look',
      title: 'Look at this run',
      group: 'Runs',
      unavailable: missing,
      run: () => selected !== null && void look(selected),
    },
    {
      id: 'runs.go-on',
      title: 'Go on with this run',
      group: 'Runs',
      unavailable: elsewhere('It is the one that trains here.'),
      run: () => selected !== null && goOnWith(studio, selected),
    },
    {
      id: 'runs.branch',
      title: 'Branch off from this run …',
      group: 'Runs',
      unavailable: missing,
      run: () => selected !== null && void branchOff(studio, selected),
    },
    {
      id: 'runs.delete',
      title: 'Delete this run …',
      group: 'Runs',
      unavailable: elsewhere('It is the one that trains here: begin or go on with another one first.'),
      run() {
        const gone = run();
        if (!gone) return;
        askToDelete(gone, async () => {
          if (studio.recorded.value?.listing.id === gone.id) await studio.look(null, null);
          const { bytes } = await studio.ask('delete-run', { run: gone.id });
          chosen = chosen.filter((id) => id !== gone.id);
          remember();
          selected = null;
          await list();
          setText(status, `${status.textContent} ${gone.id} is deleted: ${formatQuantity(bytes, 'B')} are free again.`);
        });
      },
    },
    {
      id: 'runs.compare-parent',
      title: 'Compare this run with the one that it was branched from',
      group: 'Runs',
      unavailable: () => missing() ?? (run()?.parent ? null : 'It was begun from nothing.'),
      run() {
        const { id, parent } = run() ?? {};
        if (!id || !parent) return;
        chosen = [parent.run, id];
        remember();
        draw();
        showComparison();
      },
    },
    { id: 'runs.refresh', title: 'List the runs again', group: 'Runs', run: () => void list() },
  ];
  const buttons = commands.map((command) => {
    const title = command.title
      .replace('this run', 'it')
      .replace(/ (with )?the one that it was branched from/, ' with its origin');
    const button = element('button', { type: 'button', onclick: () => command.run(), dataset: { command: command.id } }, title);
    return { command, button };
  });
  actions.append(...buttons.slice(0, -1).map(({ button }) => button));
  const hint = element(
    'p',
    { className: 'hint' },
    'Click a run to select it, twice to look at it in every scene; tick two boxes to see them side by side.',
  );
  host.append(status, table.root, actions, hint, compare.root);

  function remember(): void {
    const { compare: _, with: __, ...others } = studio.view.value.look;
    const pair = { ...(chosen[0] && { compare: chosen[0] }), ...(chosen[1] && { with: chosen[1] }) };
    studio.view.set({ ...studio.view.value, look: { ...others, ...pair } });
  }

  function showComparison(): void {
    const [a, b] = chosen.filter((id) => runs.some((one) => one.id === id));
    compare.show(a && b ? [a, b] : null).catch((error: Error) => setText(status, `They cannot be compared: ${error.message}`));
  }

  function draw(): void {
    const bytes = runs.reduce((sum, one) => sum + one.bytes, 0);
    if (known)
      setText(
        status,
        runs.length === 0
          ? 'Nothing is recorded in this browser.'
          : `${formatCount(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}, ${formatQuantity(bytes, 'B')} on disk in all.`,
      );
    table.show(runs, { selected, chosen, looked: studio.recorded.value?.listing.id ?? null });
    for (const { command, button } of buttons) {
      const reason = command.unavailable?.() ?? null;
      button.disabled = reason !== null;
      button.title = reason ?? command.title;
    }
  }

  async function list(): Promise<void> {
    try {
      runs = await studio.ask('runs', {});
      known = true;
    } catch (error) {
      setText(status, `The runs could not be listed: ${messageOf(error)}`);
    }
    selected = runs.some(({ id }) => id === selected) ? selected : null;
    draw();
  }

  const refresh = throttle(REFRESH_MILLISECONDS, () => void list().then(showComparison));
  draw();
  refresh.call();
  subscriptions.add(studio.here.live.subscribe(refresh.call), studio.palette.subscribe(showComparison), refresh.cancel);
  return {
    commands,
    dispose() {
      subscriptions.dispose();
      compare.destroy();
    },
  };
}
