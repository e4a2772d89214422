/** How one circuit's parameter space is explored: parallel coordinates, map, trade-off and coverage of the same points, linked. */
import { formatCount } from '../format/engineering';
import type { QuadBatch } from '../graphics/quad-batch';
import { changeLook, watchLook } from '../shell/chosen-look';
import type { CommandDefinition } from '../shell/commands';
import { setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import type { Look } from '../shell/view-state';
import { brushesOf, withBrush } from '../store/brush';
import { createSubscriptions } from '../store/subscriptions';
import { withAlpha } from '../theme/palette';
import type { Range } from './axis-brush';
import { createAxisHeads } from './axis-heads';
import { createControls } from './controls';
import { courseOf } from './courses';
import { createCoverageView } from './coverage-view';
import { createLinkedViews } from './linked-views';
import type { ExplorationLook, ViewName } from './look';
import { readLook, TOPS, USUAL, VIEWS } from './look';
import { createMapView } from './map-view';
import { createParallelView } from './parallel-view';
import { createParetoView } from './pareto-view';
import { listenToPointer } from './pointer';
import type { TintName } from './tint';
import { TINTS } from './tint';

export const explorationScene: SceneDefinition = {
  id: 'exploration',
  title: 'Exploration',
  description: 'Where in its parameter space a circuit has been, what is feasible there, and what stands in the way',
  mount,
};

async function mount(host: HTMLElement, studio: Studio): Promise<MountedScene> {
  host.classList.add('exploration');
  const subscriptions = createSubscriptions();
  const parallel = createParallelView();
  const map = createMapView('visits');
  const pareto = createParetoView();
  const coverage = createCoverageView();
  const heads = createAxisHeads(brushAxis);
  const look = (): ExplorationLook => readLook(studio.view.value.look, linked.model()?.info ?? null);
  const setLook = (change: Look) => changeLook(studio, change, USUAL);
  const controls = createControls(studio, setLook);
  const linked = createLinkedViews({
    studio,
    subscriptions,
    label: 'Four views of the same points.',
    slots: [
      {
        name: 'parallel',
        title: 'Parallel coordinates: hills beside an axis show where the best points lie; drag on an axis to brush it',
        view: parallel,
        children: [heads.root],
      },
      { name: 'map', title: 'Map: every sizing, flattened; outline: the whole space', view: map },
      { name: 'pareto', title: 'Trade-off: fronts through time', view: pareto },
      { name: 'coverage', title: 'Coverage of pairs', view: coverage },
    ],
    show: () => look().show,
    tint: () => look().tint,
    top: () => Number(look().top),
    courses: (model, row) =>
      (look().courses === 'best' ? model.best(5) : row >= 0 ? [row] : []).map((one) => courseOf(model.points, one)),
    changed: chooseAxes,
    drawn(batch, { model, tint }, boxes, remain) {
      drawBrushes(batch);
      heads.show(model.axes, (a) => parallel.axisX(a) - (boxes[0]?.x ?? 0), rangeOf);
      setText(controls.count, `${formatCount(model.passing)} of ${formatCount(model.count)} points${remain ? ' …' : ''}`);
      controls.show(look(), model.info, tint.legend);
    },
  });
  host.append(controls.root, linked.area, linked.table);

  /** What of an axis is brushed, as places from below. */
  function rangeOf(a: number): Range | null {
    const model = linked.model();
    const axis = model?.axes[a];
    const brush = model && brushesOf(studio.brushes.value, model.info.id).find((one) => one.axis === axis?.id);
    if (!brush || !axis) return null;
    const [low, high] = [axis.place(brush.low), axis.place(brush.high)].sort((p, q) => p - q);
    return { low, high };
  }

  function brushAxis(a: number, range: Range | null): void {
    const model = linked.model();
    if (!model) return;
    const axis = model.axes[a];
    // Six digits say what is meant, and keep the address short.
    const value = (place: number) => Number(axis.value(place).toPrecision(6));
    const ends = range && [value(range.low), value(range.high)].sort((p, q) => p - q);
    studio.brushes.set(withBrush(studio.brushes.value, model.info.id, axis.id, ends && { low: ends[0], high: ends[1] }));
  }

  function drawBrushes(batch: QuadBatch): void {
    const model = linked.model();
    if (!linked.boxes()[0] || !model) return;
    const { packed } = studio.palette.value;
    for (let a = 0; a < model.axes.length; a++) {
      const range = rangeOf(a);
      if (!range) continue;
      const [x, top, bottom] = [parallel.axisX(a), parallel.placeY(range.high), parallel.placeY(range.low)];
      batch.rect(x - 7, top, 14, Math.max(2, bottom - top), withAlpha(packed.accent, 0.3), 2);
      batch.rect(x - 8, top - 1.5, 16, 3, packed.accent);
      batch.rect(x - 8, bottom - 1.5, 16, 3, packed.accent);
    }
  }

  function chooseAxes(): void {
    const { across, up } = look();
    pareto.choose(across, up);
  }

  function applyLook(): void {
    chooseAxes();
    linked.restart();
    linked.arrange();
  }

  function selectBest(step: number): void {
    const best = linked.model()?.best(200) ?? [];
    const at = best.indexOf(linked.shown()?.selected ?? -1);
    const next = best[Math.min(best.length - 1, Math.max(0, at + step))];
    if (next !== undefined) linked.select(next);
  }

  function clearBrushes(): void {
    studio.brushes.set(studio.brushes.value.filter(({ circuit }) => circuit !== linked.model()?.info.id));
  }
  controls.clear.onclick = clearBrushes;

  const group = 'Exploration';
  const commands: readonly CommandDefinition[] = [
    ...(Object.keys(VIEWS) as ViewName[]).map((show) => ({
      id: `exploration.show-${show}`,
      title: `Exploration: ${VIEWS[show]}`,
      group,
      run: () => setLook({ show }),
    })),
    ...(Object.keys(TINTS) as TintName[]).map((colour) => ({
      id: `exploration.colour-${colour}`,
      title: `Colour points by: ${TINTS[colour]}`,
      group,
      run: () => setLook({ colour }),
    })),
    ...TOPS.map((top) => ({
      id: `exploration.top-${top}`,
      title: top === '0' ? 'Show all points' : `Show the ${top} best points`,
      group,
      run: () => setLook({ top }),
    })),
    {
      id: 'exploration.courses',
      title: 'Episodes on the map: of the point, or of the best five',
      group,
      keys: ['e'],
      run: () => setLook({ courses: look().courses === 'best' ? 'point' : 'best' }),
    },
    { id: 'exploration.clear-brushes', title: 'Let all brushes go', group, keys: ['x'], run: clearBrushes },
    { id: 'exploration.better', title: 'Select the next better point', group, keys: ['ArrowUp'], run: () => selectBest(-1) },
    { id: 'exploration.worse', title: 'Select the next worse point', group, keys: ['ArrowDown'], run: () => selectBest(1) },
    {
      id: 'exploration.fit-map',
      title: 'Map: show the whole parameter space',
      group,
      keys: ['0'],
      run() {
        map.fit();
        linked.moved();
      },
    },
  ];

  listenToPointer(linked, subscriptions, [parallel, map, pareto, coverage], map, { parallel, rangeOf, brushAxis });
  subscriptions.add(watchLook(studio, applyLook));
  await linked.start();
  return {
    commands,
    dispose: () => subscriptions.dispose(),
  };
}
