/**
 * Views of one circuit's points on one canvas: fed as points come in, linked to what is selected, hovered and brushed.
 * What the scenes of points share; each adds its views and its controls.
 */
import type { QuadBatch } from '../graphics/quad-batch';
import type { Stage } from '../graphics/stage';
import { canDraw, createStage } from '../graphics/stage';
import { element } from '../shell/dom';
import type { Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import type { Selection } from '../store/selection';
import { pointAt } from '../store/selection';
import type { Subscriptions } from '../store/subscriptions';
import type { ThemeName } from '../theme/tokens';
import type { ExplorationModel } from './model';
import { createModel } from './model';
import { createPainter } from './painter';
import { fillPointTable } from './point-table';
import { createRollouts } from './rollouts';
import type { TintName } from './tint';
import { createTint } from './tint';
import { createTooltip } from './tooltip';
import type { Box, ExplorationView, Shown } from './view';

const ADVANCE_MILLISECONDS = 6;
const TABLE_MILLISECONDS = 1500;
/** Height of a view's title, CSS pixels. */
const TITLE = 22;
/** A view at rest for so long is painted anew. */
const REST_MILLISECONDS = 150;
/** Points back to which the newest of an environment is looked for. */
const RECENT = 20_000;

export interface ViewSlot {
  readonly name: string;
  readonly title: string;
  readonly view: ExplorationView;
  /** Elements over the view. */
  readonly children?: readonly Node[];
}

export interface LinkedOptions {
  readonly studio: Studio;
  readonly subscriptions: Subscriptions;
  /** For who cannot see the canvas. */
  readonly label: string;
  readonly slots: readonly ViewSlot[];
  /** The view that is shown alone; `all`. */
  show(): string;
  tint(): TintName;
  /** Only so many of the best are drawn; 0: all. */
  top(): number;
  /** Episodes drawn, given the row that is lit or selected (-1: none). */
  courses(model: ExplorationModel, row: number): readonly (readonly number[])[];
  /** Another circuit is shown. */
  changed?(model: ExplorationModel): void;
  /** After the views were drawn. */
  drawn(batch: QuadBatch, shown: Shown, boxes: readonly (Box | null)[], remain: boolean): void;
}

export interface LinkedViews {
  /** The canvas with the views' titles over it. */
  readonly area: HTMLElement;
  /** The same content as a table. */
  readonly table: HTMLElement;
  readonly model: () => ExplorationModel | null;
  readonly boxes: () => readonly (Box | null)[];
  readonly shown: () => Shown | null;
  /** The selection that a row of the model stands for; null for -1. */
  select(row: number): void;
  hover(row: number, x: number, y: number): void;
  /** Something that concerns all points has changed. */
  restart(): void;
  /** A view was enlarged or moved: what is painted goes along, and is painted anew when it has come to rest. */
  moved(): void;
  /** Which views are seen has changed. */
  arrange(): void;
  /** Begins; the area stands in the page. */
  start(): Promise<void>;
}

export function createLinkedViews(options: LinkedOptions): LinkedViews {
  const { studio, subscriptions, slots } = options;
  const rollouts = createRollouts(studio, () => invalidate());
  const painter = createPainter(slots.map(({ view }) => view));
  const tooltip = createTooltip();
  const table = element('table');
  const hosts = slots.map(({ name, title, children = [] }) =>
    element(
      'div',
      { className: `points-view points-${name}`, dataset: { view: name } },
      element('h3', { title }, title),
      ...children,
    ),
  );
  const area = element(
    'div',
    { className: 'points-area', tabIndex: 0, role: 'group', ariaLabel: `${options.label} A table of the best points follows.` },
    ...hosts,
    tooltip.root,
  );
  let stage: Stage | null = null;
  let model: ExplorationModel | null = null;
  let unwatch = () => {};
  let boxes: (Box | null)[] = slots.map(() => null);
  const invalidate = () => stage?.invalidate();

  function rowOf(selection: Selection | null): number {
    if (!model || !selection) return -1;
    const { points, count, info } = model;
    if (selection.kind === 'point') {
      const row = selection.circuit === info.id ? selection.point - points.first : -1;
      return row >= 0 && row < count ? row : -1;
    }
    // Where the environment stands now: its newest point.
    const here = studio.snapshot.value?.environments.circuit[selection.environment] === info.index;
    for (let row = count - 1; here && row >= Math.max(0, count - RECENT); row--) {
      if (points.slot[row] === selection.environment && points.phase[row] === 0) return row;
    }
    return -1;
  }

  function shownOf(of: ExplorationModel): Shown {
    const rows = { hovered: rowOf(studio.hovered.value), selected: rowOf(studio.selected.value) };
    const palette = studio.palette.value;
    const theme: ThemeName = document.documentElement.dataset.theme === 'light' ? 'light' : 'dark';
    const courses = options.courses(of, rows.hovered >= 0 ? rows.hovered : rows.selected).filter((course) => course.length > 1);
    // Only for what is selected: see rollouts.ts.
    const imagined = rows.selected >= 0 && courses[0]?.includes(rows.selected) ? rollouts.of(of, courses[0][0]) : null;
    return {
      model: of,
      palette,
      theme,
      tint: createTint(options.tint(), of, palette, theme),
      top: options.top(),
      ...rows,
      courses,
      rollout: imagined,
      rolloutReason: rollouts.reason,
    };
  }

  function draw(batch: QuadBatch): void {
    if (!model || !stage) return;
    const more = model.advance(studio.points.of(model.info.id), ADVANCE_MILLISECONDS);
    const shown = shownOf(model);
    const remain = painter.draw(stage, batch, shown) || more;
    options.drawn(batch, shown, boxes, remain);
    area.dataset.points = String(model.count);
    area.dataset.settled = String(!remain);
    area.dataset.passing = String(model.passing);
    area.dataset.hovered = shown.hovered < 0 ? '' : String(model.points.first + shown.hovered);
    if (remain) stage.invalidate();
  }

  function arrange(): void {
    const alone = options.show();
    area.dataset.show = alone;
    const corner = area.getBoundingClientRect();
    slots.forEach(({ name }, i) => {
      hosts[i].hidden = alone !== 'all' && alone !== name;
    });
    boxes = hosts.map((host) => {
      const place = host.getBoundingClientRect();
      if (host.hidden || place.width < 40 || place.height < TITLE + 40) return null;
      return {
        x: Math.round(place.left - corner.left),
        y: Math.round(place.top - corner.top + TITLE),
        width: Math.round(place.width),
        height: Math.round(place.height - TITLE),
      };
    });
    painter.place(boxes);
    invalidate();
  }

  function choose(id: string | null): void {
    const info = studio.catalogue.value?.circuits.find((circuit) => circuit.id === id);
    if (!info || model?.info === info) return;
    unwatch();
    model = createModel(info, studio.points.of(info.id), studio.brushes.value);
    unwatch = studio.points.watch(info.id, () => {
      invalidate();
      refreshTable.call();
    });
    painter.restart();
    options.changed?.(model);
    arrange();
  }

  const refreshTable = throttle(TABLE_MILLISECONDS, () => {
    if (model) fillPointTable(table, model);
  });
  const selectionOf = (row: number) => (model && row >= 0 ? pointAt(model.info.id, model.points.first + row) : null);

  function restart(): void {
    painter.restart();
    invalidate();
  }

  let rest = 0;
  function moved(): void {
    clearTimeout(rest);
    rest = window.setTimeout(restart, REST_MILLISECONDS);
    invalidate();
  }

  async function start(): Promise<void> {
    if (canDraw(studio.view.value.renderer)) {
      stage = await createStage({
        host: area,
        preference: studio.view.value.renderer,
        background: studio.palette.value.tokens.background,
        draw,
        resized: arrange,
      });
      area.prepend(stage.canvas);
    }
    subscriptions.add(
      studio.catalogue.subscribe(() => choose(studio.circuit.value)),
      studio.circuit.subscribe(choose),
      studio.hovered.subscribe(invalidate),
      studio.selected.subscribe(invalidate),
      studio.brushes.subscribe((brushes) => {
        model?.setBrushes(brushes);
        refreshTable.call();
        invalidate();
      }),
      studio.palette.subscribe((palette) => {
        stage?.setBackground(palette.tokens.background);
        restart();
      }),
      refreshTable.cancel,
      () => clearTimeout(rest),
      () => unwatch(),
      () => stage?.dispose(),
    );
    choose(studio.circuit.value);
    refreshTable.call();
  }

  return {
    area,
    table: element('div', { className: 'visually-hidden' }, table),
    model: () => model,
    boxes: () => boxes,
    shown: () => model && shownOf(model),
    select: (row) => studio.selected.set(selectionOf(row)),
    hover(row, x, y) {
      studio.hovered.set(selectionOf(row));
      if (row >= 0 && model && stage) tooltip.show(model.info, model.points, row, x, y, stage);
      else tooltip.hide();
    },
    restart,
    moved,
    arrange,
    start,
  };
}
