/** The selected environment (or the one under the pointer): measured against its target, and its sizing. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Snapshot } from '../../engine/api/snapshot';
import { positionInRange } from '../format/distance';
import { formatQuantity, formatReward } from '../format/engineering';
import { isUsable, STATE_NAMES } from '../format/states';
import { element, setText, throttle } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { createSpecRows } from '../shell/spec-rows';
import { sameSelection, selectedEnvironment } from '../store/selection';
import { createSubscriptions } from '../store/subscriptions';

const REFRESH_MILLISECONDS = 200;

export const inspectorScene: SceneDefinition = {
  id: 'inspector',
  title: 'Inspector',
  description: 'What is selected, or under the pointer: measured against target, and its sizing',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel');
  const subscriptions = createSubscriptions();
  const title = element('h2', { className: 'panel-title' }, 'Environment');
  const body = element('div', { className: 'inspector' });
  const empty = element(
    'p',
    { className: 'hint' },
    'Point at a tile to read its sizing; click to keep it here. Arrow keys move the selection, Esc lets it go.',
  );
  host.append(title, body);
  let shown: { readonly info: CircuitInfo; readonly view: EnvironmentView } | null = null;

  const refresh = throttle(REFRESH_MILLISECONDS, () => {
    const { catalogue, snapshot, hovered, selected } = studio;
    const e = selectedEnvironment(hovered.value) ?? selectedEnvironment(selected.value);
    if (e === null || !catalogue.value || !snapshot.value || e >= snapshot.value.environments.count) {
      shown = null;
      setText(title, 'Environment');
      if (empty.parentNode !== body) body.replaceChildren(empty);
      return;
    }
    const info = catalogue.value.circuits[snapshot.value.environments.circuit[e]];
    if (shown?.info !== info) {
      shown = { info, view: createEnvironmentView(info) };
      body.replaceChildren(...shown.view.nodes);
    }
    setText(
      title,
      `Environment ${e}${hovered.value !== null && !sameSelection(hovered.value, selected.value) ? ' · under the pointer' : ''}`,
    );
    shown.view.show(snapshot.value, e);
  });
  refresh.call();
  subscriptions.add(
    studio.snapshot.subscribe(refresh.call),
    studio.hovered.subscribe(refresh.call),
    studio.selected.subscribe(refresh.call),
    studio.catalogue.subscribe(refresh.call),
    refresh.cancel,
  );
  return {
    dispose() {
      subscriptions.dispose();
      host.replaceChildren();
    },
  };
}

interface EnvironmentView {
  readonly nodes: readonly Node[];
  show(snapshot: Snapshot, e: number): void;
}

function createEnvironmentView(info: CircuitInfo): EnvironmentView {
  const summary = element('p', { className: 'circuit-counts' });
  const specs = createSpecRows(info, 'Measured');
  const sizes = info.parameters.map((parameter) => {
    const value = element('td', { className: 'number' });
    const mark = element('i', { className: 'range-mark' });
    const range = `${formatQuantity(parameter.minimum, parameter.unit)} to ${formatQuantity(parameter.maximum, parameter.unit)}, ${parameter.scale}`;
    const bar = element('span', { className: 'range-bar', title: range, ariaHidden: 'true' }, mark);
    const name = element(
      'th',
      { scope: 'row', title: parameter.title },
      element('code', {}, parameter.name),
      ` ${parameter.title}`,
    );
    return { value, mark, root: element('tr', {}, name, value, element('td', { className: 'spec-cell' }, bar)) };
  });
  const sizing = element(
    'table',
    { className: 'specs' },
    element('caption', { className: 'visually-hidden' }, 'Sizing'),
    element(
      'thead',
      {},
      element('tr', {}, ...['Parameter', 'Value', 'In range'].map((text) => element('th', { scope: 'col' }, text))),
    ),
    element('tbody', {}, ...sizes.map((size) => size.root)),
  );
  return {
    nodes: [summary, specs.root, sizing],
    show({ environments }, e) {
      const state = STATE_NAMES[environments.state[e]] ?? 'unknown';
      setText(
        summary,
        `${info.title} · ${state} · episode ${environments.episode[e]}, step ${environments.episodeStep[e]} · reward ${formatReward(environments.reward[e])}`,
      );
      // Without a sane operating point a measure is no better or worse than its target.
      const usable = isUsable(environments.state[e]);
      const offset = environments.specOffset[e];
      specs.show(
        info.specs.map((_, s) => ({
          target: environments.targets[offset + s],
          measured: environments.measures[offset + s],
          distance: usable && !Number.isNaN(environments.measures[offset + s]) ? environments.distances[offset + s] : Number.NaN,
        })),
      );
      info.parameters.forEach((parameter, p) => {
        const value = environments.parameters[environments.parameterOffset[e] + p];
        setText(sizes[p].value, formatQuantity(value, parameter.unit));
        sizes[p].mark.style.left = `${100 * positionInRange(value, parameter.minimum, parameter.maximum, parameter.scale)}%`;
      });
    },
  };
}
