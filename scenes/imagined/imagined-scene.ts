/** What the neural simulator imagined beside what SPICE said: per measure, over time, by region, and along an episode. */
import { courseOf } from '../exploration/courses';
import { legendNodes } from '../exploration/legend';
import { createLinkedViews } from '../exploration/linked-views';
import { createMapView } from '../exploration/map-view';
import { listenToPointer } from '../exploration/pointer';
import { createTint } from '../exploration/tint';
import { createChoice } from '../shell/choice';
import { changeLook, watchLook } from '../shell/chosen-look';
import type { CommandDefinition } from '../shell/commands';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import type { Look } from '../shell/view-state';
import { createSubscriptions } from '../store/subscriptions';
import { createBeliefsView } from './beliefs-view';
import { createCalibrationView, createTimeView } from './curve-views';
import { createEpisodeView } from './episode-view';
import { createErrorSummary } from './errors';

export const imaginedScene: SceneDefinition = {
  id: 'imagined',
  title: 'Imagined',
  description:
    'What the neural simulator expected beside what SPICE said: where it is right, how sure it is, and where it fools the agent',
  mount,
};

const VIEWS = {
  all: 'All',
  beliefs: 'By measure',
  calibration: 'Calibration',
  time: 'Over time',
  region: 'By region',
  episode: 'Episode',
} as const;
type View = keyof typeof VIEWS;
const COLOURS = { age: 'Age', origin: 'Who chose it', reward: 'Reward' } as const;
type Colour = keyof typeof COLOURS;
/** What the address leaves out. */
const USUAL = { imagined: 'all', belief: 'age' } as const;

async function mount(host: HTMLElement, studio: Studio): Promise<MountedScene> {
  host.classList.add('imagined');
  const subscriptions = createSubscriptions();
  const look = studio.view;
  const chosen = <T extends string>(key: string, of: Readonly<Record<T, string>>, fallback: T): T =>
    Object.hasOwn(of, look.value.look[key] ?? '') ? (look.value.look[key] as T) : fallback;
  const show = () => chosen<View>('imagined', VIEWS, USUAL.imagined);
  const colour = () => chosen<Colour>('belief', COLOURS, USUAL.belief);
  const setLook = (change: Look) => changeLook(studio, change, USUAL);

  const summaryOf = createErrorSummary();
  const map = createMapView('error');
  const views = [
    createBeliefsView(summaryOf),
    createCalibrationView(summaryOf),
    createTimeView(summaryOf),
    map,
    createEpisodeView(),
  ];
  const names = ['beliefs', 'calibration', 'time', 'region', 'episode'] as const;
  const titles = {
    beliefs: 'Imagined (up) against simulated (across)',
    calibration: 'Calibration of the spread',
    time: 'Error over time',
    region: 'Error by region: pale is right, dark is wrong',
    episode: 'Episode: simulated (line), expected before each step (rings), imagined rollout (dots)',
  } as const;
  const note = element('span', { className: 'exploration-count' });
  const showChoice = createChoice<View>('View', VIEWS, (imagined) => setLook({ imagined }));
  const colourChoice = createChoice<Colour>('Colour by', COLOURS, (belief) => setLook({ belief }));
  const legend = element('div', { className: 'exploration-legend' });
  const linked = createLinkedViews({
    studio,
    subscriptions,
    label: 'What the neural simulator expected beside what SPICE said.',
    slots: names.map((name, i) => ({ name, title: titles[name], view: views[i] })),
    show,
    tint: colour,
    top: () => 0,
    courses: (model, row) => (row >= 0 ? [courseOf(model.points, row)] : []),
    drawn(_, shown) {
      const { model } = shown;
      const { predictions, wrongHope } = summaryOf(model);
      const worst = wrongHope.reduce((at, share, s) => (share > wrongHope[at] ? s : at), 0);
      setText(
        note,
        predictions === 0
          ? `${model.info.title}: no result has followed a prediction yet`
          : `${model.info.title}: hopes are most often in vain for ${model.info.specs[worst].title.toLowerCase()}`,
      );
      showChoice.show(show());
      colourChoice.show(colour());
      fillLegend(createTint(colour(), model, shown.palette, shown.theme).legend);
    },
  });
  let written = '';
  function fillLegend(entries: ReturnType<typeof createTint>['legend']): void {
    const text = JSON.stringify(entries);
    if (text === written) return;
    written = text;
    legend.replaceChildren(...legendNodes(entries));
  }
  host.append(
    element(
      'div',
      { className: 'exploration-head' },
      element('div', { className: 'toolbar' }, showChoice.root, colourChoice.root, note),
      legend,
    ),
    linked.area,
    linked.table,
  );
  listenToPointer(linked, subscriptions, views, map);
  subscriptions.add(
    watchLook(studio, () => {
      linked.restart();
      linked.arrange();
    }),
  );
  const commands: readonly CommandDefinition[] = (Object.keys(VIEWS) as View[]).map((imagined) => ({
    id: `imagined.show-${imagined}`,
    title: `Imagined: ${VIEWS[imagined]}`,
    group: 'Imagined',
    run: () => setLook({ imagined }),
  }));
  await linked.start();
  return {
    commands,
    dispose: () => subscriptions.dispose(),
  };
}
