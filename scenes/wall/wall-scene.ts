/** The wall: every environment of every circuit as a tile, grouped, sorted and filtered. */
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import { formatQuantity } from '../format/engineering';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Stage } from '../graphics/stage';
import { canDraw, createStage } from '../graphics/stage';
import { changeLook, watchLook } from '../shell/chosen-look';
import type { CommandDefinition } from '../shell/commands';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import type { Look } from '../shell/view-state';
import { environmentAt, selectedEnvironment } from '../store/selection';
import { createSubscriptions } from '../store/subscriptions';
import { createAlarms } from './alarms';
import type { FilterName, GroupName, SortName } from './arrange';
import { arrange, FILTERS, GROUPS, readWallLook, SORTS, sameBlocks, USUAL } from './arrange';
import type { Camera } from './camera';
import { clampCamera, fitCamera, pan, rearrange, reveal, zoom } from './camera';
import { cardRows } from './card-rows';
import type { Scale } from './device-glyphs';
import { scaleOf } from './device-glyphs';
import { drawTile } from './draw-tile';
import { openHardest } from './hardest';
import { createRewardHistory } from './history';
import type { Block } from './layout';
import { ASPECT, blockTops, HEADING, MARGIN, neighbour, tileAt, tilePosition } from './layout';
import { createLegend } from './legend';
import { type Level, levelOf } from './levels';
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
    if (blocks.length === 0) {
      batch.text(width / 2, height / 2, 'No environment is like that now.', 'label', palette.packed.dim, 'center');
      return;
    }
    const scales = level === 'full' || level === 'compact' ? scalesOf(catalogue, snapshot) : [];
    const context = { batch, palette, environments, history, alarms, level, episodeSteps: episodeSteps(), names, scales };
    const tileHeight = camera.tileWidth / ASPECT;
    const tops = blockTops(camera.layout, camera.tileWidth);
    const { columns } = camera.layout;
    for (let b = 0; b < camera.layout.blocks.length; b++) {
      const block = camera.layout.blocks[b];
      const top = tops[b] - camera.y;
      const left = MARGIN - camera.x;
      let x = Math.max(left, MARGIN) + 3;
      x += batch.text(x, top + 15, block.title, 'heading', palette.packed.text) + 10;
      x +=
        batch.text(
          x,
          top + 15,
          noteOf(block, snapshot, hasDevices(block, level, tileHeight) ? scales : []),
          'label',
          palette.packed.dim,
        ) + 10;
      const ringing = block.members.reduce((sum, e) => sum + Number(alarms.of(e) !== 'none'), 0);
      if (ringing > 0) {
        batch.icon(x + 4, top + 11, 'slash', palette.packed.failed);
        batch.text(x + 12, top + 15, ringing === 1 ? '1 alarm' : `${ringing} alarms`, 'label', palette.packed.failed);
      }
      const firstRow = Math.max(0, Math.floor((-top - HEADING) / tileHeight));
      const lastRow = Math.floor((height - top - HEADING) / tileHeight);
      const end = Math.min(block.members.length, (lastRow + 1) * columns);
      for (let at = firstRow * columns; at < end; at++) {
        const place = left + (at % columns) * camera.tileWidth;
        if (place > width || place + camera.tileWidth < 0) continue;
        const e = block.members[at];
        const box = {
          x: place,
          y: top + HEADING + Math.floor(at / columns) * tileHeight,
          width: camera.tileWidth,
          height: tileHeight,
        };
        outline(batch, e, box);
        drawTile(context, e, catalogue.circuits[environments.circuit[e]], box);
      }
    }
  }

  const hasDevices = ({ circuit }: Block, level: Level, tileHeight: number) => {
    const info = circuit === null ? undefined : studio.catalogue.value?.circuits[circuit];
    return info !== undefined && cardRows(tileHeight, level, info.specs.length).sizing > 0;
  };

  /** Over all of a circuit's tiles, seen or not: so a glyph means the same wherever one scrolls. */
  function scalesOf(catalogue: Catalogue, { environments }: Snapshot): readonly Scale[] {
    const members = catalogue.circuits.map((): number[] => []);
    for (let e = 0; e < environments.count; e++) members[environments.circuit[e]].push(e);
    return catalogue.circuits.map((info, c) => scaleOf(info, environments, members[c]));
  }

  function outline(batch: QuadBatch, e: number, box: { x: number; y: number; width: number; height: number }): void {
    if (e !== selectedEnvironment(studio.selected.value)) return;
    const inset = insetOf();
    const { accent } = studio.palette.value.packed;
    batch.rect(box.x + inset, box.y + inset, box.width - inset * 2, box.height - inset * 2, accent, inset > 0 ? 7 : 3);
  }

  /** A tile's outline lies within it; that of a cell around it. */
  const insetOf = () => (camera && camera.tileWidth > 100 ? 1 : -1);

  function placeRing(): void {
    const e = selectedEnvironment(studio.hovered.value);
    const at = camera && e !== null ? tilePosition(camera.layout, camera.tileWidth, e) : null;
    ring.hidden = at === null;
    if (!camera || !at) return;
    const inset = insetOf();
    Object.assign(ring.style, {
      transform: `translate(${at.x - camera.x + inset}px, ${at.y - camera.y + inset}px)`,
      width: `${camera.tileWidth - 2 * inset}px`,
      height: `${camera.tileWidth / ASPECT - 2 * inset}px`,
      borderRadius: inset > 0 ? '7px' : '3px',
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
  const chosen = <T extends string>(words: string, key: string, options: Readonly<Record<T, string>>) =>
    (Object.keys(options) as T[]).map(
      (value): CommandDefinition => ({
        id: `wall.${key}-${value}`,
        title: `${words}: ${options[value].toLowerCase()}`,
        group: 'Wall',
        run: () => setLook({ [key]: value }),
      }),
    );
  const commands: readonly CommandDefinition[] = [
    ...chosen<GroupName>('Group tiles by', 'group', GROUPS),
    ...chosen<SortName>('Sort tiles by', 'sort', SORTS),
    ...chosen<FilterName>('Show tiles', 'tiles', FILTERS),
    {
      id: 'wall.hardest',
      title: 'Plots of the hardest spec',
      group: 'Wall',
      keys: ['h'],
      run: () => openHardest(studio),
    },
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

/** @param scales of circuits whose tiles show devices */
function noteOf(block: Block, { progress }: Snapshot, scales: readonly Scale[]): string {
  const tiles = `${block.members.length} ${block.members.length === 1 ? 'environment' : 'environments'}`;
  const own = progress.find(({ circuit }) => circuit === block.circuit);
  if (!own) return tiles;
  const { width } = scales[own.circuit] ?? {};
  return [
    tiles,
    own.stepsToTarget === null ? 'target not met yet' : `target met at ${own.stepsToTarget} simulations`,
    ...(width === undefined ? [] : [`devices to scale, gates up to ${formatQuantity(width, 'm')}`]),
  ].join(' · ');
}
