/** The shared state of the page: signals over one source, and what keeps them in step with the address. */
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import type { Problem, SnapshotSource } from '../source/source';
import type { Brushes } from '../store/brush';
import { recordHistory } from '../store/facts';
import { createPointsStore } from '../store/points';
import { createRecording } from '../store/recording';
import type { Selection } from '../store/selection';
import { sameSelection } from '../store/selection';
import { createSignal } from '../store/signal';
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
  const catalogue = createSignal<Catalogue | null>(null);
  const live = createSignal<Snapshot | null>(null);
  const report = (problem: Problem) => problems.set([...problems.value.filter((other) => other.id !== problem.id), problem]);
  const studio: Studio = {
    catalogue,
    live,
    snapshot: createSignal<Snapshot | null>(null),
    time: createSignal<number | null>(initial.time),
    hovered: createSignal<Selection | null>(null, sameSelection),
    selected: createSignal(initial.selected, sameSelection),
    brushes: createSignal<Brushes>(initial.brush),
    circuit: createSignal<string | null>(initial.circuit),
    points: createPointsStore({
      ask: source.ask,
      catalogue,
      news: live,
      failed: (reason) =>
        report({
          id: 'points',
          level: 'warning',
          title: `Simulated points could not be fetched: ${reason}`,
          remedy: 'What is shown of them may be behind; training is not affected. Reload the page if it stays so.',
        }),
    }),
    recording: createRecording(live),
    history: recordHistory(live, catalogue),
    ended: createSignal(false),
    milestones: createMilestones(),
    palette: createSignal(createPalette(THEMES[theme])),
    view: createSignal(initial),
    problems,
    commands: createCommandRegistry(),
    ask: source.ask,
    send: (command) => source.send(command),
    report,
  };
  followSelection(studio);
  writeAddress(studio);
  return studio;
}

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
  studio.circuit.subscribe((circuit) => {
    const first = studio.catalogue.value?.circuits[0]?.id ?? null;
    change({ circuit: circuit === first ? null : circuit });
  });
  studio.view.subscribe((view) => history.replaceState(null, '', `${location.pathname}${formatView(view)}`));
}
