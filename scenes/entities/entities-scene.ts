/** Any entity of the world with all its components, live: environments, agents, buffers, simulators, workers. */
import { messageOf } from '../../engine/api';
import type { EntityDescription } from '../../engine/api/engine';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { selectedEnvironment } from '../store/selection';
import { createSubscriptions } from '../store/subscriptions';

const REFRESH_MILLISECONDS = 500;
/** Numbers of a column that are written out; a row of hundreds helps nobody. */
const MOST_NUMBERS = 24;

export const entitiesScene: SceneDefinition = {
  id: 'entities',
  title: 'Entities',
  description: 'Any entity of the world with all its components, live',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel', 'entities');
  const subscriptions = createSubscriptions();
  const choice = element('select', { ariaLabel: 'Entity', onchange: () => choose(Number(choice.value)) });
  const hint = element('p', { className: 'hint', role: 'status' }, 'Asking the engine …');
  const body = element('div', {});
  host.append(element('div', { className: 'toolbar' }, choice), hint, body);
  let chosen: number | null = null;
  let listed = '';
  let asking = false;

  function choose(entity: number): void {
    chosen = entity;
    choice.value = String(entity);
    void refresh();
  }

  const again = throttle(REFRESH_MILLISECONDS, () => void refresh());
  async function refresh(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      const all = await studio.ask('entities', { entity: null });
      list(all);
      const shown = all.find(({ entity }) => entity === chosen) ?? all[0];
      if (shown) show(shown);
      setText(hint, '');
    } catch (error) {
      setText(hint, `The engine did not answer: ${messageOf(error)}`);
    } finally {
      asking = false;
      again.call();
    }
  }

  function list(all: readonly EntityDescription[]): void {
    const key = all.map(({ entity, components }) => `${entity} ${components.length}`).join();
    if (key === listed) return;
    listed = key;
    const groups = new Map<string, EntityDescription[]>();
    for (const one of all) {
      const name = one.components[0]?.component ?? 'Nothing';
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
    choice.replaceChildren(
      ...[...groups].map(([name, members]) =>
        element(
          'optgroup',
          { label: `${name} (${members.length})` },
          ...members.map(({ entity }) => element('option', { value: String(entity) }, `${name} · entity ${entity}`)),
        ),
      ),
    );
    if (chosen !== null) choice.value = String(chosen);
  }

  function show({ components }: EntityDescription): void {
    body.replaceChildren(
      ...components.map(({ component, values }) =>
        element(
          'section',
          { className: 'component', dataset: { component } },
          element('h3', {}, component),
          element(
            'dl',
            {},
            ...Object.entries(values).flatMap(([name, value]) => [
              element('dt', {}, name),
              element('dd', {}, formatValue(value)),
            ]),
          ),
        ),
      ),
    );
  }

  const followSelection = () => {
    const e = selectedEnvironment(studio.selected.value);
    const entity = e === null ? undefined : studio.snapshot.value?.environments.entity[e];
    if (entity !== undefined) choose(entity);
  };
  followSelection();
  void refresh();
  subscriptions.add(studio.selected.subscribe(followSelection), again.cancel);
  return { dispose: () => subscriptions.dispose() };
}

function formatValue(value: number | string | readonly number[]): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatNumber(value);
  const more = value.length > MOST_NUMBERS ? ` … (${value.length})` : '';
  return Array.from(value).slice(0, MOST_NUMBERS).map(formatNumber).join('  ') + more;
}

const formatNumber = (value: number) => (Number.isInteger(value) ? String(value) : Number(value.toPrecision(4)).toString());
