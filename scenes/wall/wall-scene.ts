/** The wall: every environment of every circuit as a tile, grouped, sorted and filtered. */
import type { Snapshot } from '../../engine/api/snapshot';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Stage } from '../graphics/stage';
import { canDraw, createStage } from '../graphics/stage';
import { changeLook, watchLook } from '../shell/chosen-look';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import type { Look } from '../shell/view-state';
import { environmentAt, selectedEnvironment } from '../store/selection';
import { createSubscriptions } from '../store/subscriptions';
import { createAlarms } from './alarms';
import { arrange, readWallLook, sameBlocks, USUAL } from './arrange';
import type { Camera } from './camera';
import { clampCamera, fitCamera, pan, rearrange, reveal, zoom } from './camera';
import { createWallCommands } from './commands';
import { drawBlocks, outlineOf } from './draw-blocks';
import { openHardest } from './hardest';
import { createRewardHistory } from './history';
import type { Block } from './layout';
import { ASPECT, neighbour, tileAt, tilePosition } from './layout';
import { createLegend } from './legend';
import { levelOf } from './levels';
import { listenToPointer } from './pointer';
import { looksTheSame } from './same';
import { shortNames } from './short-name';
import { fillWallTable, wallRows } from './table';
import { createToolbar } from './toolbar';

const TABLE_MILLISECONDS = 1000;
/** Tiles that are sorted or filtered change places no more often, so that they can be read and hit. */
const ARRANGE_MILLISECONDS = 1000;
const TOOLBAR_MILLISECONDS = 250;

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
  const setLook = (change: Look) => changeLook(studio, change, USUAL);
  const toolbar = createToolbar(studio, setLook);
  // Over the canvas: what is pointed at costs no frame of it.
  const ring = document.createElement('div');
  ring.className = 'wall-ring';
  ring.hidden = true;
  group.append(ring);
  host.append(toolbar.root, group, createLegend(), tableBox);

  const subscriptions = createSubscriptions();
  const history = createRewardHistory();
  const alarms = createAlarms();
  let blocks: readonly Block[] = [];
  let names: readonly (readonly string[])[] = [];
  let camera: Camera | null = null;
  let stage: Stage | null = null;
  const viewport = () => ({ width: stage?.width ?? group.clientWidth, height: stage?.height ?? group.clientHeight });

  function draw(batch: QuadBatch, width: number, height: number): void {
    const catalogue = studio.catalogue.value;
    const snapshot = studio.snapshot.value;
    if (!catalogue || !snapshot || !camera) return;
    const palette = studio.palette.value;
    const selected = selectedEnvironment(studio.selected.value);
    drawBlocks(batch, { width, height }, camera, { catalogue, snapshot, palette, history, alarms, names, selected });
  }

  function placeRing(): void {
    const e = selectedEnvironment(studio.hovered.value);
    const at = camera && e !== null ? tilePosition(camera.layout, camera.tileWidth, e) : null;
    ring.hidden = at === null;
    if (!camera || !at) return;
    const { inset, radius } = outlineOf(camera.tileWidth);
    Object.assign(ring.style, {
      transform: `translate(${at.x - camera.x + inset}px, ${at.y - camera.y + inset}px)`,
      width: `${camera.tileWidth - 2 * inset}px`,
      height: `${camera.tileWidth / ASPECT - 2 * inset}px`,
      borderRadius: `${radius}px`,
    });
  }

  function setCamera(next: Camera): void {
    camera = next;
    group.dataset.level = levelOf(next.tileWidth);
    group.dataset.blocks = String(next.layout.blocks.length);
    placeRing();
    stage?.invalidate();
  }

  const refit = () => setCamera(fitCamera(blocks, viewport()));

  /** Puts the tiles where they belong now. */
  function arrangeTiles(): void {
    const { catalogue, snapshot, view } = studio;
    if (!catalogue.value || !snapshot.value) return;
    const look = readWallLook(view.value.look, catalogue.value);
    const next = arrange(catalogue.value, snapshot.value.environments, alarms.of, look);
    if (camera && sameBlocks(blocks, next)) return;
    blocks = next;
    setCamera(camera ? rearrange(camera, blocks, viewport()) : fitCamera(blocks, viewport()));
  }

  const arrangeSoon = throttle(ARRANGE_MILLISECONDS, arrangeTiles);
  const showToolbar = throttle(TOOLBAR_MILLISECONDS, () => {
    const catalogue = studio.catalogue.value;
    const snapshot = studio.snapshot.value;
    if (!catalogue || !snapshot) return;
    let ringing = 0;
    for (let e = 0; e < snapshot.environments.count; e++) if (alarms.of(e) !== 'none') ringing++;
    toolbar.show(readWallLook(studio.view.value.look, catalogue), catalogue, snapshot, ringing);
  });

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
  const commands = createWallCommands({
    setLook,
    openHardest: () => openHardest(studio),
    showAll: refit,
    zoom: zoomAtCentre,
    move,
  });

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

  const updateTable = throttle(TABLE_MILLISECONDS, () => {
    const catalogue = studio.catalogue.value;
    const snapshot = studio.snapshot.value;
    if (catalogue && snapshot) fillWallTable(table, wallRows(catalogue, snapshot));
  });

  let count = -1;
  let drawn: Snapshot | null = null;
  const update = () => {
    const catalogue = studio.catalogue.value;
    const snapshot = studio.snapshot.value;
    if (!catalogue || !snapshot) return;
    if (names.length !== catalogue.circuits.length) names = catalogue.circuits.map((circuit) => shortNames(circuit.specs));
    if (snapshot.activity === null) {
      history.record(snapshot.tick, snapshot.environments.reward);
      alarms.record(snapshot.tick, snapshot.environments);
    }
    const isAnother = snapshot.environments.count !== count;
    count = snapshot.environments.count;
    showToolbar.call();
    const same = drawn !== null && looksTheSame(drawn, snapshot);
    // At the end of a tick sparklines and alarms move on in any case.
    if (same && snapshot.activity !== null && camera) return;
    drawn = snapshot;
    if (isAnother || !camera) arrangeTiles();
    else arrangeSoon.call();
    stage?.invalidate();
    updateTable.call();
  };
  subscriptions.add(
    studio.snapshot.subscribe(update),
    studio.catalogue.subscribe(() => {
      names = [];
      drawn = null;
      arrangeTiles();
      update();
    }),
    watchLook(studio, () => {
      arrangeTiles();
      showToolbar.call();
    }),
    showToolbar.cancel,
    arrangeSoon.cancel,
    updateTable.cancel,
    studio.selected.subscribe(() => stage?.invalidate()),
    studio.hovered.subscribe(placeRing),
    studio.palette.subscribe((palette) => stage?.setBackground(palette.tokens.background)),
  );
  const under = (x: number, y: number) => {
    const environment = camera && tileAt(camera.layout, camera.tileWidth, camera.x + x, camera.y + y);
    return environment === null ? null : environmentAt(environment);
  };
  listenToPointer(group, subscriptions, {
    hover: (x, y) => studio.hovered.set(under(x, y)),
    leave: () => studio.hovered.set(null),
    select: (x, y) => studio.selected.set(under(x, y)),
    pan(dx, dy) {
      if (camera) setCamera(pan(camera, dx, dy, viewport()));
    },
    zoom(factor, x, y) {
      if (camera) setCamera(zoom(camera, factor, x, y, viewport()));
    },
    doubleClick: () => (camera?.fitted ? zoomAtCentre(2) : refit()),
    fits: () => camera?.fitted ?? false,
  });
  update();

  return {
    commands,
    dispose() {
      subscriptions.dispose();
      stage?.dispose();
    },
  };
}
