/** The shared state of the page: signals over one source, and what keeps them in step with the address. */
import { messageOf } from '../../engine/api';
import type { Ask, RecordedRun } from '../../engine/api/questions';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import type { Looked } from '../recorded/looked';
import { openRecorded } from '../recorded/open-recorded';
import type { Problem, SnapshotSource } from '../source/source';
import type { Brushes } from '../store/brush';
import { recordHistory } from '../store/facts';
import { createFrames, type Frames } from '../store/frames';
import { createPointsStore } from '../store/points';
import { createRecording } from '../store/recording';
import type { Selection } from '../store/selection';
import { sameSelection } from '../store/selection';
import { createSignal, type Signal } from '../store/signal';
import { createPalette } from '../theme/palette';
import type { ThemeName } from '../theme/tokens';
import { THEMES } from '../theme/tokens';
import { createCommandRegistry } from './commands';
import { createMilestones } from './milestones';
import type { Studio } from './scene';
import type { ViewState } from './view-state';
import { formatView } from './view-state';

export function createStudio(initial: ViewState, theme: ThemeName, source: SnapshotSource): Studio {
  const problems = createSignal<readonly Problem[]>([]);
  const report = (problem: Problem) => problems.set([...problems.value.filter((other) => other.id !== problem.id), problem]);
  const pointsFailed = (reason: string) =>
    report({
      id: 'points',
      level: 'warning',
      title: `Simulated points could not be fetched: ${reason}`,
      remedy: 'What is shown of them may be behind; training is not affected. Reload the page if it stays so.',
    });
  const here = createHere(source, initial.run, pointsFailed);
  let front: Looked = here;
  const studio: Studio = {
    here,
    recorded: createSignal<RecordedRun | null>(null),
    catalogue: createSignal<Catalogue | null>(null),
    live: createSignal<Snapshot | null>(null),
    ended: createSignal(false),
    snapshot: createSignal<Snapshot | null>(null),
    // Of a run that was recorded before, ticks are there only once they have been asked for: `look` goes there.
    time: createSignal<number | null>(isRecorded(initial) ? null : initial.time),
    hovered: createSignal<Selection | null>(null, sameSelection),
    selected: createSignal(initial.selected, sameSelection),
    brushes: createSignal<Brushes>(initial.brush),
    circuit: createSignal<string | null>(initial.circuit),
    get points() {
      return front.points;
    },
    get recording() {
      return front.recording;
    },
    get history() {
      return front.history;
    },
    get milestones() {
      return front.milestones;
    },
    palette: createSignal(createPalette(THEMES[theme])),
    view: createSignal(initial),
    problems,
    commands: createCommandRegistry(),
    ask: ((name, question) => front.ask(name, question)) as Ask,
    send: (command) => front.send(command),
    look,
    report,
  };

  function relay(looked: Looked): void {
    const pass = <T>(from: Signal<T>, to: Signal<T>) => from.subscribe((value) => front === looked && to.set(value));
    pass(looked.catalogue, studio.catalogue);
    pass(looked.live, studio.live);
    pass(looked.ended, studio.ended);
  }

  function bring(next: Looked, tick: number | null): void {
    const before = front;
    if (next !== before) {
      front = next;
      // Scenes go first: none is to draw the stores of one run with the snapshot of another.
      studio.recorded.set(next.run);
      studio.hovered.set(null);
      studio.selected.set(null);
      studio.catalogue.set(next.catalogue.value);
      studio.time.set(null);
      studio.ended.set(next.ended.value);
      studio.live.set(next.live.value);
      if (before !== here) before.dispose();
    }
    studio.time.set(tick);
  }

  async function look(run: string | null, tick: number | null): Promise<void> {
    if (run === null || run === here.catalogue.value?.run) {
      if (tick !== null) await here.ready;
      bring(here, tick);
      return;
    }
    if (run === front.run?.listing.id) {
      bring(front, tick);
      return;
    }
    const refused = () =>
      report({
        id: 'recorded',
        level: 'note',
        title: 'A recorded run stays as it is.',
        remedy: 'Branch off from it (Ctrl K, branch) to go another way, or press L to come back to the one that trains.',
      });
    try {
      const { ask } = here;
      const opened = await openRecorded(run, { ask, time: studio.time, pointsFailed, refused });
      relay(opened);
      bring(opened, tick);
    } catch (error) {
      report({
        id: 'recorded',
        level: 'warning',
        title: `The run ${run} cannot be looked at: ${messageOf(error)}`,
        remedy: 'Show runs lists those that are recorded in this browser.',
      });
    }
  }

  relay(here);
  followSelection(studio);
  writeAddress(studio);
  return studio;
}

/** The run that goes on, with what was recorded of it before the page was reloaded. */
function createHere(source: SnapshotSource, run: string | null, pointsFailed: (reason: string) => void): Looked {
  const catalogue = createSignal<Catalogue | null>(null);
  const live = createSignal<Snapshot | null>(null);
  const earlier = run === null ? null : earlierFrames(source.ask, run, catalogue, live);
  return {
    run: null,
    ready: Promise.resolve(earlier).catch(() => undefined),
    catalogue,
    live,
    ended: createSignal(false),
    points: createPointsStore({ ask: source.ask, catalogue, news: live, failed: pointsFailed }),
    recording: createRecording(live, earlier),
    history: recordHistory(live, catalogue, earlier),
    milestones: createMilestones(),
    ask: source.ask,
    send: (command) => source.send(command),
    dispose: () => source.dispose(),
  };
}

/** Pictures of a run that goes on from before its first snapshot here; rejects where it is another run. */
function earlierFrames(
  ask: Ask,
  run: string,
  catalogue: Signal<Catalogue | null>,
  live: Signal<Snapshot | null>,
): Promise<Frames> {
  return new Promise((resolve, reject) => {
    const leave = live.subscribe((first) => {
      if (!first || !catalogue.value) return;
      leave();
      if (catalogue.value.run !== run) reject(new Error('a new run was begun'));
      else
        ask('recorded-run', { run: null }).then(
          ({ ticks }) =>
            resolve(
              createFrames(
                ask,
                null,
                [...ticks].filter((tick) => tick < first.tick),
              ),
            ),
          reject,
        );
    });
  });
}

export const isRecorded = ({ run, recorded }: ViewState) => run !== null || recorded !== null;

/** Scenes of one circuit go with what is selected; at first they show the first circuit. */
function followSelection(studio: Studio): void {
  studio.catalogue.subscribe((catalogue) => {
    const known = catalogue?.circuits.some(({ id }) => id === studio.circuit.value);
    if (!known) studio.circuit.set(catalogue?.circuits[0]?.id ?? null);
  });
  studio.selected.subscribe((selected) => {
    const circuit = circuitIdOf(studio, selected);
    if (circuit !== null) studio.circuit.set(circuit);
  });
}

/** Id of the circuit that a selection belongs to; null where nothing is selected or it is not there. */
export function circuitIdOf(studio: Studio, selection: Selection | null): string | null {
  if (selection === null) return null;
  if (selection.kind === 'point') return selection.circuit;
  const index = studio.snapshot.value?.environments.circuit[selection.environment];
  return (index === undefined ? undefined : studio.catalogue.value?.circuits[index]?.id) ?? null;
}

function writeAddress(studio: Studio): void {
  const change = (part: Partial<ViewState>) => studio.view.set({ ...studio.view.value, ...part });
  studio.selected.subscribe((selected) => change({ selected }));
  studio.brushes.subscribe((brush) => change({ brush }));
  studio.time.subscribe((time) => change({ time }));
  studio.recorded.subscribe((run) => change({ recorded: run?.listing.id ?? null }));
  studio.circuit.subscribe((circuit) => {
    const first = studio.catalogue.value?.circuits[0]?.id ?? null;
    change({ circuit: circuit === first ? null : circuit });
  });
  studio.view.subscribe((view) => history.replaceState(null, '', `${location.pathname}${formatView(view)}`));
}
