/** Draws the part of the wall that is seen: a heading for each block, and its tiles under it. */
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import { formatQuantity } from '../format/engineering';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Palette } from '../theme/palette';
import type { Alarms } from './alarms';
import type { Camera, Viewport } from './camera';
import { cardRows } from './card-rows';
import type { Scale } from './device-glyphs';
import { scaleOf } from './device-glyphs';
import type { Box, TileContext } from './draw-tile';
import { drawTile } from './draw-tile';
import type { RewardHistory } from './history';
import type { Block } from './layout';
import { ASPECT, blockTops, HEADING, MARGIN } from './layout';
import { type Level, levelOf } from './levels';

/** What is on the wall. */
export interface Shown {
  readonly catalogue: Catalogue;
  readonly snapshot: Snapshot;
  readonly palette: Palette;
  readonly history: RewardHistory;
  readonly alarms: Alarms;
  /** Short spec names by circuit. */
  readonly names: readonly (readonly string[])[];
  readonly selected: number | null;
}

export function drawBlocks(batch: QuadBatch, { width, height }: Viewport, camera: Camera, shown: Shown): void {
  const { catalogue, snapshot, palette, selected } = shown;
  const { layout, tileWidth } = camera;
  if (layout.blocks.length === 0) {
    batch.text(width / 2, height / 2, 'No environment is like that now.', 'label', palette.packed.dim, 'center');
    return;
  }
  const context = contextOf(batch, tileWidth, shown);
  const { circuit } = snapshot.environments;
  const tileHeight = tileWidth / ASPECT;
  const tops = blockTops(layout, tileWidth);
  const left = MARGIN - camera.x;
  for (const [b, block] of layout.blocks.entries()) {
    const top = tops[b] - camera.y;
    const showsDevices = block.circuit !== null && hasDevices(catalogue, block.circuit, tileHeight, context.level);
    drawHeading(context, block, Math.max(left, MARGIN) + 3, top, noteOf(block, snapshot, showsDevices ? context.scales : []));
    const firstRow = Math.max(0, Math.floor((-top - HEADING) / tileHeight));
    const lastRow = Math.floor((height - top - HEADING) / tileHeight);
    const end = Math.min(block.members.length, (lastRow + 1) * layout.columns);
    for (let at = firstRow * layout.columns; at < end; at++) {
      const x = left + (at % layout.columns) * tileWidth;
      if (x > width || x + tileWidth < 0) continue;
      const e = block.members[at];
      const y = top + HEADING + Math.floor(at / layout.columns) * tileHeight;
      const box = { x, y, width: tileWidth, height: tileHeight };
      if (e === selected) drawOutline(batch, palette, box);
      drawTile(context, e, catalogue.circuits[circuit[e]], box);
    }
  }
}

function contextOf(batch: QuadBatch, tileWidth: number, shown: Shown): TileContext {
  const { catalogue, snapshot, palette, history, alarms, names } = shown;
  const level = levelOf(tileWidth);
  const configured = catalogue.configuration.episodeSteps;
  return {
    batch,
    palette,
    environments: snapshot.environments,
    history,
    alarms,
    level,
    episodeSteps: typeof configured === 'number' && configured > 0 ? configured : 30,
    names,
    scales: level === 'full' || level === 'compact' ? scalesOf(catalogue, snapshot) : [],
  };
}

/** Over all of a circuit's tiles, seen or not: so a glyph means the same wherever one scrolls. */
function scalesOf(catalogue: Catalogue, { environments }: Snapshot): readonly Scale[] {
  const members = catalogue.circuits.map((): number[] => []);
  for (let e = 0; e < environments.count; e++) members[environments.circuit[e]].push(e);
  return catalogue.circuits.map((info, c) => scaleOf(info, environments, members[c]));
}

function hasDevices({ circuits }: Catalogue, circuit: number, tileHeight: number, level: Level): boolean {
  return cardRows(tileHeight, level, circuits[circuit].specs.length).sizing > 0;
}

function drawHeading(context: TileContext, block: Block, from: number, top: number, note: string): void {
  const { batch, alarms } = context;
  const { packed } = context.palette;
  let x = from;
  x += batch.text(x, top + 15, block.title, 'heading', packed.text) + 10;
  x += batch.text(x, top + 15, note, 'label', packed.dim) + 10;
  const ringing = block.members.reduce((sum, e) => sum + Number(alarms.of(e) !== 'none'), 0);
  if (ringing === 0) return;
  batch.icon(x + 4, top + 11, 'slash', packed.failed);
  batch.text(x + 12, top + 15, ringing === 1 ? '1 alarm' : `${ringing} alarms`, 'label', packed.failed);
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

/** How far within its tile an outline lies, and how round it is; that of a cell lies around it. */
export function outlineOf(tileWidth: number): { readonly inset: number; readonly radius: number } {
  return tileWidth > 100 ? { inset: 1, radius: 7 } : { inset: -1, radius: 3 };
}

function drawOutline(batch: QuadBatch, palette: Palette, box: Box): void {
  const { inset, radius } = outlineOf(box.width);
  batch.rect(box.x + inset, box.y + inset, box.width - inset * 2, box.height - inset * 2, palette.packed.accent, radius);
}
