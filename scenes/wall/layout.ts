/**
 * Where tiles stand. Tiles are laid out in blocks (of a circuit, of a state), on a grid whose number of columns follows from
 * the window and the number of tiles and then stays: zooming makes tiles larger, it never reshuffles them.
 */

/** Width to height of a tile. */
export const ASPECT = 1.56;
/** Height of the heading over a block, and of the gap under it; CSS pixels at every zoom. */
export const HEADING = 26;
export const BLOCK_GAP = 10;
export const MARGIN = 12;
const LARGEST_TILE = 420;

export interface Block {
  readonly title: string;
  /** Index of the circuit in the catalogue; null where the block is of several. */
  readonly circuit: number | null;
  /** Environments in the order in which they stand. */
  readonly members: readonly number[];
}

export interface WallLayout {
  readonly blocks: readonly Block[];
  readonly columns: number;
}

const rowsOf = (block: Block, columns: number) => Math.ceil(block.members.length / columns);

/** Size of the whole wall at a tile width, margins included. */
export function extent(layout: WallLayout, tileWidth: number): { width: number; height: number } {
  let height = MARGIN * 2 - BLOCK_GAP;
  for (const block of layout.blocks) height += HEADING + rowsOf(block, layout.columns) * (tileWidth / ASPECT) + BLOCK_GAP;
  return { width: MARGIN * 2 + layout.columns * tileWidth, height };
}

/** What a share of places left empty at the ends of rows is worth, in shares of the width of a tile. */
const EMPTY_COST = 1.25;

/** The number of columns at which tiles get large and few places stay empty, and that tile width. */
export function fitLayout(blocks: readonly Block[], width: number, height: number): { layout: WallLayout; tileWidth: number } {
  const most = Math.max(1, ...blocks.map((block) => block.members.length));
  let layout: WallLayout = { blocks, columns: 1 };
  let tileWidth = 0;
  let best = 0;
  const tiles = blocks.reduce((sum, block) => sum + block.members.length, 0);
  for (let columns = 1; columns <= Math.min(most, 256); columns++) {
    const candidate = { blocks, columns };
    const rows = blocks.reduce((sum, block) => sum + rowsOf(block, columns), 0);
    const spare = height - extent(candidate, 0).height;
    const size = Math.min((width - MARGIN * 2) / columns, (spare / Math.max(1, rows)) * ASPECT, LARGEST_TILE);
    const worth = size * (1 - EMPTY_COST * (1 - tiles / Math.max(1, rows * columns)));
    if (worth > best) {
      best = worth;
      tileWidth = size;
      layout = candidate;
    }
  }
  return { layout, tileWidth: Math.max(4, Math.floor(tileWidth)) };
}

/** Top of each block's heading in wall coordinates. */
export function blockTops(layout: WallLayout, tileWidth: number): readonly number[] {
  const tops: number[] = [];
  let y = MARGIN;
  for (const block of layout.blocks) {
    tops.push(y);
    y += HEADING + rowsOf(block, layout.columns) * (tileWidth / ASPECT) + BLOCK_GAP;
  }
  return tops;
}

/** The environment whose tile is at a point in wall coordinates. */
export function tileAt(layout: WallLayout, tileWidth: number, x: number, y: number): number | null {
  const tileHeight = tileWidth / ASPECT;
  const column = Math.floor((x - MARGIN) / tileWidth);
  if (column < 0 || column >= layout.columns) return null;
  const tops = blockTops(layout, tileWidth);
  for (let b = 0; b < tops.length; b++) {
    const row = Math.floor((y - tops[b] - HEADING) / tileHeight);
    if (row < 0 || row >= rowsOf(layout.blocks[b], layout.columns)) continue;
    return layout.blocks[b].members[row * layout.columns + column] ?? null;
  }
  return null;
}

/** Top left corner of an environment's tile in wall coordinates. */
export function tilePosition(layout: WallLayout, tileWidth: number, environment: number): { x: number; y: number } | null {
  const tops = blockTops(layout, tileWidth);
  for (let b = 0; b < layout.blocks.length; b++) {
    const at = layout.blocks[b].members.indexOf(environment);
    if (at < 0) continue;
    return {
      x: MARGIN + (at % layout.columns) * tileWidth,
      y: tops[b] + HEADING + Math.floor(at / layout.columns) * (tileWidth / ASPECT),
    };
  }
  return null;
}

/** The neighbour that an arrow key leads to; stays where there is none. */
export function neighbour(layout: WallLayout, environment: number, dx: number, dy: number): number {
  const flat = layout.blocks.flatMap((block) => block.members);
  if (dy === 0) {
    const at = flat.indexOf(environment) + dx;
    return flat[Math.min(flat.length - 1, Math.max(0, at))] ?? environment;
  }
  const b = layout.blocks.findIndex((block) => block.members.includes(environment));
  if (b < 0) return environment;
  const block = layout.blocks[b];
  const at = block.members.indexOf(environment);
  const column = at % layout.columns;
  const direct = block.members[at + dy * layout.columns];
  if (direct !== undefined) return direct;
  const next = layout.blocks[b + dy];
  if (!next) return environment;
  const lastRow = Math.floor((next.members.length - 1) / layout.columns) * layout.columns;
  return next.members[Math.min(next.members.length - 1, (dy > 0 ? 0 : lastRow) + column)];
}
