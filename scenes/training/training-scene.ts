/** Training over time: how well it sizes, what the schedule decides and why, how fast it goes, what the agent learns. */
import { formatCount, formatDuration } from '../format/engineering';
import { commandButton } from '../shell/command-button';
import { element, setText } from '../shell/dom';
import { remember, remembered } from '../shell/memory';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { formatView, type ViewState } from '../shell/view-state';
import type { TimeAxis } from '../store/history';
import { createSubscriptions } from '../store/subscriptions';
import { firstRow } from '../store/thin';
import type { Chart, TimeView } from './chart';
import { createChart } from './chart';
import { type Section, sectionsOf } from './charts';
import { createControls } from './controls';
import { createHappenings } from './happenings';
import { marksOf } from './marks';
import type { TrainingSettings } from './settings';
import { parseSettings, SMOOTHING, WINDOWS } from './settings';

const REDRAW_MILLISECONDS = 300;
/** Simulations between two looks at unseen targets, where a person asks for them without a number. */
const MEASURE_EVERY = 250;
const STORAGE_KEY = 'ohmba.training';

export const trainingScene: SceneDefinition = {
  id: 'training',
  title: 'Training',
  description: 'Rewards, distances, success, the schedule and its reasons, speed, losses and what happened over time',
  key: 'g',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel', 'training');
  const subscriptions = createSubscriptions();
  let settings = parseSettings(remembered(STORAGE_KEY));
  /** A stretch of the axis that was chosen by hand; null: the newest. */
  let zoom: { readonly low: number; readonly high: number } | null = null;
  let charts: readonly Chart[] = [];
  /** Metrics that there are charts of. */
  let shape = '';
  /** Version of the history that is drawn; -1 where it is to be drawn anew in any case. */
  let drawn = -1;

  const change = (part: Partial<TrainingSettings>) => {
    if (part.axis !== undefined && part.axis !== settings.axis) zoom = null;
    settings = { ...settings, ...part };
    remember(STORAGE_KEY, JSON.stringify(settings));
    controls.show(settings, zoom !== null);
    drawn = -1;
    redraw.call();
  };
  const follow = () => {
    zoom = null;
    change({});
  };
  const controls = createControls({ change, follow });
  const reason = element('p', { className: 'training-reason', role: 'status' });
  const happenings = createHappenings((tick) => studio.time.set(tick));
  const body = element('div', {});
  host.append(controls.root, happenings.root, body);
  controls.show(settings, false);

  const formatAxis = (value: number) => (settings.axis === 'seconds' ? formatDuration(Math.max(0, value)) : formatCount(value));
  const actions = {
    formatAxis,
    follow,
    zoom(low: number, high: number) {
      zoom = { low, high };
      change({});
    },
  };

  const metricNames = () => studio.history.names.filter((name) => name.startsWith('metric/')).join();

  function rebuild(): void {
    const catalogue = studio.catalogue.value;
    if (!catalogue) return;
    shape = metricNames();
    for (const chart of charts) chart.destroy();
    const made: Chart[] = [];
    const sections = sectionsOf(catalogue, studio.circuit.value ?? '', studio.history.names).map((section) => {
      const own = section.charts.map((definition) => createChart(definition, studio, actions));
      made.push(...own);
      return element(
        'section',
        { className: 'training-section', dataset: { section: section.id } },
        element('h2', { className: 'panel-title' }, section.title),
        ...(section.id === 'schedule' ? [reason] : []),
        ...(section.missing ? [missingNote(section.missing)] : []),
        element('div', { className: 'chart-grid', dataset: { count: String(own.length) } }, ...own.map((chart) => chart.root)),
      );
    });
    body.replaceChildren(...sections);
    charts = made;
    drawn = -1;
    fitAll();
    redraw.call();
  }

  const missingNote = ({ text, command, action }: NonNullable<Section['missing']>) =>
    element('p', { className: 'hint training-missing' }, text, commandButton(studio, command, action));

  function timeView(): TimeView {
    const axis = studio.history.axis(settings.axis);
    const span = WINDOWS[settings.window].span[settings.axis];
    const from = zoom ? Math.max(0, rowAt(axis, zoom.low) - 1) : firstRow(axis, span);
    const to = zoom ? Math.max(from + 2, rowAt(axis, zoom.high) + 1) : axis.length;
    return {
      axis: settings.axis,
      from,
      to: Math.min(axis.length, to),
      smoothing: SMOOTHING[settings.smoothing] * lengthOf(axis, from, to),
    };
  }

  const redraw = throttle(REDRAW_MILLISECONDS, () => {
    const { history } = studio;
    // Metrics come with the first updates: charts are made as they do.
    if (metricNames() !== shape) {
      rebuild();
      return;
    }
    if (history.length === 0 || history.version === drawn) return;
    drawn = history.version;
    const view = timeView();
    const marks = marksOf(studio.recording.events, history, view.axis, view.from, view.to);
    for (const chart of charts) chart.show(history, view, marks);
    happenings.show(studio.live.value?.diagnoses ?? [], marks);
    setText(reason, studio.snapshot.value?.scheduled.reason ?? '');
  });

  /** All are measured before the first is changed: to measure after a change is to lay the page out once more. */
  function fitAll(): void {
    const rooms = charts.map((chart) => chart.room());
    for (const [i, chart] of charts.entries()) chart.resize(rooms[i]);
  }

  const observer = new ResizeObserver(fitAll);
  observer.observe(host);
  rebuild();
  subscriptions.add(
    studio.live.subscribe(redraw.call),
    studio.catalogue.subscribe(rebuild),
    studio.circuit.subscribe(rebuild),
    studio.palette.subscribe(rebuild),
    redraw.cancel,
    () => observer.disconnect(),
  );
  const setAxis = (axis: TimeAxis) => () => change({ axis });
  return {
    commands: [
      { id: 'training.follow', title: 'Follow the newest', group: 'Training', keys: ['0'], run: follow },
      { id: 'training.by-time', title: 'Charts over time', group: 'Training', run: setAxis('seconds') },
      {
        id: 'training.measure-unseen',
        title: `New run that measures success on unseen targets every ${MEASURE_EVERY} simulations`,
        group: 'Training',
        run: () => location.assign(`${location.pathname}${formatView(measuring(studio.view.value))}`),
      },
      { id: 'training.by-simulations', title: 'Charts over simulations', group: 'Training', run: setAxis('simulations') },
    ],
    dispose() {
      subscriptions.dispose();
      for (const chart of charts) chart.destroy();
    },
  };
}

/** The same training from its beginning; what is recorded of this one is kept. */
function measuring(view: ViewState): ViewState {
  return { ...view, heldEvery: MEASURE_EVERY, run: null, recorded: null, time: null, selected: null, brush: [] };
}

/** First row at or after a value of the axis. */
function rowAt(axis: Float64Array, value: number): number {
  return firstRow(axis, axis.length === 0 ? 0 : axis[axis.length - 1] - value);
}

function lengthOf(axis: Float64Array, from: number, to: number): number {
  return axis.length === 0 ? 0 : axis[Math.min(to, axis.length) - 1] - axis[Math.min(from, axis.length - 1)];
}
