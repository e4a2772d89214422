/** The wall: every environment of every circuit as a tile. Wheel scrolls, Ctrl and wheel (or pinch) zooms, drag pans. */
import type { QuadBatch } from '../graphics/quad-batch';
import type { Stage } from '../graphics/stage';
import { canDraw, createStage } from '../graphics/stage';
import type { CommandDefinition } from '../shell/commands';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { environmentAt, selectedEnvironment } from '../store/selection';
import { createSubscriptions } from '../store/subscriptions';
import type { Camera } from './camera';
import { clampCamera, fitCamera, pan, reveal, zoom } from './camera';
import { drawTile } from './draw-tile';
import { createRewardHistory } from './history';
import { ASPECT, blockTops, HEADING, MARGIN, neighbour, tileAt } from './layout';
import { createLegend } from './legend';
import { levelOf } from './levels';
import { shortNames } from './short-name';
import { fillWallTable, wallRows } from './table';

const DRAG_THRESHOLD = 4;
const TABLE_MILLISECONDS = 1000;

export const wallScene: SceneDefinition = {
  id: 'wall',
  title: 'Wall',
  description: 'Every environment of every circuit as a tile',
  key: 'w',
  mount: mountWall,
};

async function mountWall(host: HTMLElement, studio: Studio): Promise<MountedScene> {
  host.classList.add('wall');
  const group = document.createElement('div');
  group.className = 'wall-canvas';
  group.tabIndex = 0;
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'Wall of environments. Arrow keys select a tile; a table of the same content follows.');
  const tableBox = document.createElement('div');
  const table = document.createElement('table');
  tableBox.append(table);
  host.append(group, createLegend(), tableBox);

  const subscriptions = createSubscriptions();
  const history = createRewardHistory();
  let names: readonly (readonly string[])[] = [];
  let camera: Camera | null = null;
  let stage: Stage | null = null;
  const viewport = () => ({ width: stage?.width ?? group.clientWidth, height: stage?.height ?? group.clientHeight });

  function episodeSteps(): number {
    const configured = studio.catalogue.value?.configuration.episodeSteps;
    return typeof configured === 'number' && configured > 0 ? configured : 30;
  }

  function draw(batch: QuadBatch, width: number, height: number): void {
    const catalogue = studio.catalogue.value;
    const snapshot = studio.snapshot.value;
    if (!catalogue || !snapshot || !camera) return;
    const { environments } = snapshot;
    const palette = studio.palette.value;
    const level = levelOf(camera.tileWidth);
    const context = { batch, palette, environments, history, level, episodeSteps: episodeSteps(), names };
    const tileHeight = camera.tileWidth / ASPECT;
    const tops = blockTops(camera.layout, camera.tileWidth);
    const { columns } = camera.layout;
    for (let b = 0; b < camera.layout.blocks.length; b++) {
      const block = camera.layout.blocks[b];
      const info = catalogue.circuits[block.circuit];
      const top = tops[b] - camera.y;
      const left = MARGIN - camera.x;
      const progress = snapshot.progress.find((entry) => entry.circuit === block.circuit);
      const titleWidth = batch.text(Math.max(left, MARGIN) + 3, top + 15, info.title, 'heading', palette.packed.text);
      const met = progress?.stepsToTarget ?? null;
      const note = `${block.members.length} environments · ${met === null ? 'target not met yet' : `target met at ${met} simulations`}`;
      batch.text(Math.max(left, MARGIN) + titleWidth + 13, top + 15, note, 'label', palette.packed.dim);
      const firstRow = Math.max(0, Math.floor((-top - HEADING) / tileHeight));
      const lastRow = Math.floor((height - top - HEADING) / tileHeight);
      const end = Math.min(block.members.length, (lastRow + 1) * columns);
      for (let at = firstRow * columns; at < end; at++) {
        const x = left + (at % columns) * camera.tileWidth;
        if (x > width || x + camera.tileWidth < 0) continue;
        const box = { x, y: top + HEADING + Math.floor(at / columns) * tileHeight, width: camera.tileWidth, height: tileHeight };
        outline(batch, block.members[at], box);
        drawTile(context, block.members[at], info, box);
      }
    }
  }

  function outline(batch: QuadBatch, e: number, box: { x: number; y: number; width: number; height: number }): void {
    const { packed } = studio.palette.value;
    const selected = e === selectedEnvironment(studio.selected.value);
    if (!selected && e !== selectedEnvironment(studio.hovered.value)) return;
    const inset = camera && camera.tileWidth > 100 ? 1 : -1;
    batch.rect(
      box.x + inset,
      box.y + inset,
      box.width - inset * 2,
      box.height - inset * 2,
      selected ? packed.accent : packed.dim,
      inset > 0 ? 7 : 3,
    );
  }

  function setCamera(next: Camera): void {
    camera = next;
    group.dataset.level = levelOf(next.tileWidth);
    stage?.invalidate();
  }

  function refit(): void {
    const snapshot = studio.snapshot.value;
    if (snapshot) setCamera(fitCamera(snapshot.environments.circuit, viewport()));
  }

  function select(environment: number | null): void {
    studio.selected.set(environment === null ? null : environmentAt(environment));
    if (environment !== null && camera) setCamera(reveal(camera, environment, viewport()));
  }

  const zoomAtCentre = (factor: number) => {
    if (camera) setCamera(zoom(camera, factor, viewport().width / 2, viewport().height / 2, viewport()));
  };
  const move = (dx: number, dy: number) => {
    const from = selectedEnvironment(studio.selected.value);
    if (camera) select(from === null ? (camera.layout.blocks[0]?.members[0] ?? null) : neighbour(camera.layout, from, dx, dy));
  };
  const commands: readonly CommandDefinition[] = [
    { id: 'wall.fit', title: 'Show all tiles', group: 'Wall', keys: ['0'], run: refit },
    { id: 'wall.zoom-in', title: 'Zoom in', group: 'Wall', keys: ['+', '='], run: () => zoomAtCentre(1.25) },
    { id: 'wall.zoom-out', title: 'Zoom out', group: 'Wall', keys: ['-'], run: () => zoomAtCentre(0.8) },
    {
      id: 'wall.select-left',
      title: 'Select the tile to the left',
      group: 'Wall',
      keys: ['ArrowLeft'],
      run: () => move(-1, 0),
    },
    {
      id: 'wall.select-right',
      title: 'Select the tile to the right',
      group: 'Wall',
      keys: ['ArrowRight'],
      run: () => move(1, 0),
    },
    { id: 'wall.select-up', title: 'Select the tile above', group: 'Wall', keys: ['ArrowUp'], run: () => move(0, -1) },
    { id: 'wall.select-down', title: 'Select the tile below', group: 'Wall', keys: ['ArrowDown'], run: () => move(0, 1) },
  ];

  if (canDraw(studio.view.value.renderer)) {
    stage = await createStage({
      host: group,
      preference: studio.view.value.renderer,
      background: studio.palette.value.tokens.background,
      draw,
      resized(width, height) {
        if (!camera || camera.fitted) refit();
        else setCamera(clampCamera(camera, { width, height }));
      },
    });
    tableBox.className = 'visually-hidden';
  } else {
    group.remove();
    tableBox.className = 'wall-table';
    studio.report({
      id: 'no-webgl',
      level: 'warning',
      title: 'This browser offers no WebGL 2, so the wall is shown as a table. Training is not affected.',
      remedy:
        'Turn on hardware acceleration in the browser’s settings, or open the page in a current Chromium, Firefox or Safari.',
    });
  }

  let tableDue = 0;
  let tableTimer = 0;
  const refreshTable = () => {
    tableTimer = 0;
    tableDue = performance.now() + TABLE_MILLISECONDS;
    const catalogue = studio.catalogue.value;
    const snapshot = studio.snapshot.value;
    if (catalogue && snapshot) fillWallTable(table, wallRows(catalogue, snapshot));
  };
  const updateTable = () => {
    if (tableTimer === 0) tableTimer = window.setTimeout(refreshTable, Math.max(0, tableDue - performance.now()));
  };

  let count = -1;
  const update = () => {
    const catalogue = studio.catalogue.value;
    const snapshot = studio.snapshot.value;
    if (!catalogue || !snapshot) return;
    if (names.length !== catalogue.circuits.length) names = catalogue.circuits.map((circuit) => shortNames(circuit.specs));
    if (snapshot.activity === null) history.record(snapshot.tick, snapshot.environments.reward);
    if (snapshot.environments.count !== count || !camera) {
      count = snapshot.environments.count;
      refit();
    }
    stage?.invalidate();
    updateTable();
  };
  subscriptions.add(
    studio.snapshot.subscribe(update),
    studio.catalogue.subscribe(() => {
      names = [];
      update();
    }),
    studio.selected.subscribe(() => stage?.invalidate()),
    studio.hovered.subscribe(() => stage?.invalidate()),
    studio.palette.subscribe((palette) => stage?.setBackground(palette.tokens.background)),
  );
  listenToPointer();
  update();

  function listenToPointer(): void {
    const point = (event: MouseEvent) => {
      const bounds = group.getBoundingClientRect();
      return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    };
    const under = (event: MouseEvent) => {
      const at = point(event);
      const hit = camera && tileAt(camera.layout, camera.tileWidth, camera.x + at.x, camera.y + at.y);
      return hit ? environmentAt(hit.environment) : null;
    };
    let pressed: { x: number; y: number; dragging: boolean } | null = null;
    subscriptions.listen(group, 'pointerdown', (event) => {
      if (event.button !== 0) return;
      pressed = { x: event.clientX, y: event.clientY, dragging: false };
      group.setPointerCapture(event.pointerId);
    });
    subscriptions.listen(group, 'pointermove', (event) => {
      if (!pressed) {
        studio.hovered.set(under(event));
        return;
      }
      const [dx, dy] = [event.clientX - pressed.x, event.clientY - pressed.y];
      if (!pressed.dragging && Math.hypot(dx, dy) < DRAG_THRESHOLD) return;
      pressed = { x: event.clientX, y: event.clientY, dragging: true };
      if (camera) setCamera(pan(camera, -dx, -dy, viewport()));
    });
    subscriptions.listen(group, 'pointerup', (event) => {
      if (pressed && !pressed.dragging) studio.selected.set(under(event));
      pressed = null;
    });
    subscriptions.listen(group, 'pointercancel', () => {
      pressed = null;
    });
    subscriptions.listen(group, 'pointerleave', () => studio.hovered.set(null));
    subscriptions.listen(group, 'dblclick', () => (camera?.fitted ? zoomAtCentre(2) : refit()));
    subscriptions.listen(
      group,
      'wheel',
      (event) => {
        event.preventDefault();
        if (!camera) return;
        const at = point(event);
        // A fitted wall has nothing to scroll, so there the plain wheel zooms as well.
        if (event.ctrlKey || event.metaKey || camera.fitted) {
          setCamera(zoom(camera, Math.exp(-event.deltaY * (event.ctrlKey ? 0.006 : 0.0015)), at.x, at.y, viewport()));
        } else setCamera(pan(camera, event.deltaX, event.deltaY, viewport()));
      },
      { passive: false },
    );
  }

  return {
    commands,
    dispose() {
      subscriptions.dispose();
      clearTimeout(tableTimer);
      stage?.dispose();
      host.replaceChildren();
    },
  };
}
