/**
 * Inside the agent for one situation, before its next sizing is simulated: what the policy would do, what the critics and
 * the neural simulator expect of it, which tokens each action listens to, and how the Mamba layers take the tokens in.
 */
import { messageOf } from '../../engine/api';
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { LensAnswer } from '../../engine/api/questions';
import { courseOf } from '../exploration/courses';
import { formatReward } from '../format/engineering';
import type { CommandDefinition } from '../shell/commands';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { pointAt, selectedEnvironment } from '../store/selection';
import { createSubscriptions } from '../store/subscriptions';
import { createOutlook } from './outlook';
import { createTokenTable } from './token-table';

export const lensScene: SceneDefinition = {
  id: 'lens',
  title: 'Lens',
  description: 'Inside the agent: what the policy would do next and why, what critics and neural simulator expect of it',
  mount,
};

/** A look costs the engine some time: while it trains, not more than about one a second. */
const LIVE_MILLISECONDS = 1000;
const LEAST_MILLISECONDS = 60;

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel', 'lens');
  const subscriptions = createSubscriptions();
  const title = element('h2', { className: 'panel-title' });
  const note = element('p', { className: 'hint' });
  const back = element('button', { type: 'button', title: 'Step back through the episode (←)' }, '◀');
  const forth = element('button', { type: 'button', title: 'Step on through the episode (→)' }, '▶');
  const outlook = createOutlook();
  const tokens = createTokenTable();
  const body = element('div', { className: 'lens-body' }, outlook.root, tokens.root);
  host.append(element('div', { className: 'toolbar' }, title, back, forth), note, body);
  let asking = false;
  let again = false;
  let unwatch = () => {};
  let watched: string | null = null;
  let disposed = false;

  const infoOf = (index: number): CircuitInfo | undefined =>
    studio.catalogue.value?.circuits.find((circuit) => circuit.index === index);

  /** The question for what is selected; without a selection the first environment of the circuit shown. */
  function question() {
    const { selected, snapshot, catalogue, circuit } = studio;
    if (selected.value?.kind === 'point') {
      const { circuit: id, point } = selected.value;
      const index = catalogue.value?.circuits.find((info) => info.id === id)?.index;
      return index === undefined ? null : { circuit: index, point };
    }
    if (!snapshot.value) return null;
    const own = catalogue.value?.circuits.find(({ id }) => id === circuit.value)?.index ?? 0;
    const environment = selectedEnvironment(selected.value) ?? snapshot.value.environments.circuit.indexOf(own);
    return environment < 0 || environment >= snapshot.value.environments.count ? null : { environment };
  }

  async function refresh(): Promise<void> {
    const asked = question();
    if (!asked) return;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const answer = await studio.ask('lens', asked);
      // A late answer must not begin to watch points that nobody would ever leave.
      if (disposed) return;
      show(answer, asked);
    } catch (error) {
      body.hidden = true;
      setText(note, messageOf(error));
    }
    asking = false;
    if (again) {
      again = false;
      redraw.call();
    }
  }
  const redraw = throttle(LEAST_MILLISECONDS, () => void refresh());
  const live = throttle(LIVE_MILLISECONDS, redraw.call);

  function show(answer: LensAnswer, asked: NonNullable<ReturnType<typeof question>>): void {
    const info = infoOf(answer.circuit);
    if (!info) return;
    watchPoints(info.id);
    body.hidden = false;
    setText(
      title,
      'point' in asked ? `${info.title} · point ${asked.point}` : `${info.title} · environment ${asked.environment}`,
    );
    const values = answer.insight.values.map(formatReward).join(' and ');
    setText(note, `Step ${answer.step} of the episode, before the next sizing is simulated. The critics expect ${values} of it.`);
    outlook.show(info, answer);
    tokens.show(info, answer);
    host.dataset.step = String(answer.step);
    host.dataset.shown = 'true';
  }

  /** Points are needed to step through an episode. */
  function watchPoints(id: string): void {
    if (watched === id) return;
    unwatch();
    watched = id;
    unwatch = studio.points.watch(id, () => {});
  }

  function step(by: number): void {
    const id = studio.circuit.value;
    if (id === null) return;
    const points = studio.points.of(id);
    const { selected } = studio;
    let row = selected.value?.kind === 'point' ? selected.value.point - points.first : -1;
    const environment = selectedEnvironment(selected.value) ?? points.slot[points.count - 1];
    if (row < 0) for (row = points.count - 1; row >= 0 && points.slot[row] !== environment; row--);
    if (row < 0 || row >= points.count) return;
    const course = courseOf(points, row);
    const next = course[course.indexOf(row) + (selected.value?.kind === 'point' ? by : 0)];
    if (next !== undefined) studio.selected.set(pointAt(id, points.first + next));
  }
  back.onclick = () => step(-1);
  forth.onclick = () => step(1);
  const commands: readonly CommandDefinition[] = [
    { id: 'lens.back', title: 'Step back through the episode', group: 'Lens', keys: ['ArrowLeft'], run: () => step(-1) },
    { id: 'lens.forth', title: 'Step on through the episode', group: 'Lens', keys: ['ArrowRight'], run: () => step(1) },
  ];

  if (studio.circuit.value !== null) watchPoints(studio.circuit.value);
  redraw.call();
  subscriptions.add(
    studio.selected.subscribe(redraw.call),
    studio.circuit.subscribe(redraw.call),
    // A point stands still; what an environment does next changes with every tick, and the answer takes its time from the training.
    studio.snapshot.subscribe((snapshot) => {
      const moved = snapshot?.activity === null && studio.selected.value?.kind !== 'point';
      if (moved || host.dataset.shown !== 'true') live.call();
    }),
    redraw.cancel,
    live.cancel,
    () => unwatch(),
  );
  return {
    commands,
    dispose() {
      disposed = true;
      subscriptions.dispose();
    },
  };
}
