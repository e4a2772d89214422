/** Plug-ins with their state and what they bring; circuits that take part, could take part, or are brought as a folder. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { formatCount, formatPercent } from '../format/engineering';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { createSubscriptions } from '../store/subscriptions';
import { createDropZone } from './drop-zone';
import { createPluginTable } from './plugin-table';

const REFRESH_MILLISECONDS = 500;

export const pluginsScene: SceneDefinition = {
  id: 'plugins',
  title: 'Plug-ins',
  description:
    'Circuits, agents, schedules and simulators; circuits join and leave the running training, or are dropped in as a folder',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel', 'plugins');
  const subscriptions = createSubscriptions();
  let known: readonly CircuitInfo[] = [];
  const body = element('tbody', {});
  const status = element('p', { className: 'hint', role: 'status' });
  const circuits = element(
    'table',
    { className: 'plain-table circuits-table' },
    element('caption', { className: 'visually-hidden' }, 'Circuits'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...['Circuit', 'Parameters', 'Specs', 'In this run', 'Simulations', 'Share', ''].map((text) =>
          element('th', { scope: 'col' }, text),
        ),
      ),
    ),
    body,
  );
  const reports = element('div', {});
  const drop = createDropZone(async (files) => {
    const info = await studio.ask('load-circuit', { files });
    studio.send({ kind: 'add-circuit', circuit: info.id });
    ask();
    return `${info.title} was brought in. The list above says when it takes part.`;
  });
  host.append(
    element('h2', { className: 'panel-title' }, 'Circuits'),
    status,
    circuits,
    drop,
    element('h2', { className: 'panel-title' }, 'Plug-ins'),
    reports,
  );

  /** What could take part is known to the engine only. */
  function ask(): void {
    studio.ask('circuits', {}).then(
      (all) => {
        known = all;
        refresh.call();
      },
      (error: Error) => setText(status, `The engine did not say which circuits there are: ${error.message}`),
    );
  }

  const refresh = throttle(REFRESH_MILLISECONDS, () => {
    const progress = studio.snapshot.value?.progress ?? [];
    const inRun = studio.catalogue.value?.circuits ?? [];
    const all = known.length > 0 ? known : inRun;
    while (body.rows.length > all.length) body.deleteRow(-1);
    all.forEach((info, i) => {
      const index = inRun.find(({ id }) => id === info.id)?.index;
      const own = progress.find(({ circuit }) => circuit === index);
      const present = own?.present ?? false;
      const row = body.rows[i] ?? body.insertRow();
      if (row.cells.length === 0) {
        row.append(element('th', { scope: 'row' }), ...Array.from({ length: 6 }, () => element('td', {})));
        row.cells[6].append(element('button', { type: 'button' }));
      }
      row.dataset.circuit = info.id;
      const texts = [
        info.title,
        formatCount(info.parameters.length),
        formatCount(info.specs.length),
        present ? 'takes part' : own ? 'has left' : 'not in this run',
        own ? formatCount(own.training) : '',
        present && own ? formatPercent(own.share) : '',
      ];
      texts.forEach((text, c) => {
        setText(row.cells[c], text);
      });
      row.cells[3].dataset.present = String(present);
      const button = row.cells[6].firstElementChild as HTMLButtonElement;
      setText(button, present ? 'Remove' : 'Add');
      button.ariaLabel = `${present ? 'Remove from' : 'Add to'} the training: ${info.title}`;
      button.disabled = present && progress.filter((one) => one.present).length === 1;
      button.title = button.disabled ? 'The last circuit cannot leave' : '';
      button.onclick = () =>
        studio.send(present ? { kind: 'remove-circuit', circuit: info.id } : { kind: 'add-circuit', circuit: info.id });
    });
  });
  const showReports = () => reports.replaceChildren(createPluginTable(studio.catalogue.value?.plugins ?? []));
  showReports();
  ask();
  subscriptions.add(
    studio.snapshot.subscribe(refresh.call),
    studio.catalogue.subscribe(() => {
      showReports();
      ask();
    }),
    refresh.cancel,
  );
  return { dispose: () => subscriptions.dispose() };
}
