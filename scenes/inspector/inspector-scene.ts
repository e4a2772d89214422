/** What is under the pointer, or else selected: an environment or a point, measured against its target, and its sizing. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { createConditionsView } from '../bench/conditions-view';
import { subjectOf as sizingSelected } from '../bench/subject';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import type { Selection } from '../store/selection';
import { formatSelection, sameSelection } from '../store/selection';
import { createSubscriptions } from '../store/subscriptions';
import type { SizingView } from './sizing-view';
import { createSizingView } from './sizing-view';
import type { Subject } from './subject';
import { subjectOfEnvironment, subjectOfPoint } from './subject';

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
  const title = element('h2', { className: 'panel-title' }, 'Nothing selected');
  const body = element('div', { className: 'inspector' });
  const empty = element(
    'p',
    { className: 'hint' },
    'Point at a tile or at a point to read its sizing; click to keep it here. Arrow keys move the selection, Esc lets it go.',
  );
  const nothing = () => (studio.selected.value === null ? 'Nothing is selected: click a tile or a point.' : null);
  const conditions = createConditionsView(studio, {
    scene: 'inspector',
    group: 'Inspector',
    missing: nothing,
    subject: () => sizingSelected(studio),
  });
  const plots = element(
    'button',
    {
      type: 'button',
      title: 'On the bench: Bode plot, transients, sliders',
      onclick: () => studio.commands.run('scene.show.bench'),
    },
    'Plots and sliders',
  );
  const more = element('div', { className: 'inspector-more' }, plots, conditions.root);
  host.append(title, body, more);
  const choose = () => {
    conditions.stop(true);
    more.hidden = studio.selected.value === null;
  };
  choose();
  let shown: { readonly info: CircuitInfo; readonly view: SizingView } | null = null;
  /** The point that was asked for, where it was not among those that the page knows. */
  let fetched: { readonly key: string; readonly subject: Subject | null } = { key: '', subject: null };

  function subjectOf(selection: Selection | null): Subject | null {
    const circuits = studio.catalogue.value?.circuits;
    const environments = studio.snapshot.value?.environments;
    if (!selection || !circuits || !environments) return null;
    if (selection.kind === 'environment') {
      const e = selection.environment;
      return e < environments.count ? subjectOfEnvironment(circuits, environments, e) : null;
    }
    const info = circuits.find(({ id }) => id === selection.circuit);
    if (!info) return null;
    const known = subjectOfPoint(info, studio.points.of(info.id), selection.point);
    if (known) return known;
    const key = formatSelection(selection);
    if (fetched.key !== key) void fetchPoint(info, selection.point, key);
    return fetched.subject;
  }

  async function fetchPoint(info: CircuitInfo, point: number, key: string): Promise<void> {
    fetched = { key, subject: null };
    const answer = await studio.ask('points', { circuit: info.index, since: point, limit: 1 }).catch(() => null);
    if (fetched.key !== key || !answer) return;
    fetched = { key, subject: subjectOfPoint(info, answer, point) };
    refresh.call();
  }

  const refresh = throttle(REFRESH_MILLISECONDS, () => {
    const { hovered, selected } = studio;
    const pointed = subjectOf(hovered.value);
    const subject = pointed ?? subjectOf(selected.value);
    if (!subject) {
      shown = null;
      setText(title, 'Nothing selected');
      if (empty.parentNode !== body) body.replaceChildren(empty);
      return;
    }
    if (shown?.info !== subject.info) {
      shown = { info: subject.info, view: createSizingView(subject.info) };
      body.replaceChildren(...shown.view.nodes);
    }
    const passing = pointed !== null && !sameSelection(hovered.value, selected.value);
    setText(title, `${subject.title}${passing ? ' · under the pointer' : ''}`);
    shown.view.show(subject);
  });
  refresh.call();
  subscriptions.add(
    studio.snapshot.subscribe(refresh.call),
    studio.hovered.subscribe(refresh.call),
    studio.selected.subscribe(refresh.call),
    studio.selected.subscribe(choose),
    studio.catalogue.subscribe(refresh.call),
    refresh.cancel,
  );
  return {
    commands: conditions.commands,
    dispose() {
      subscriptions.dispose();
      conditions.stop();
    },
  };
}
