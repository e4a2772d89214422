import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCamera, pan, rearrange, reveal, zoom } from '../../scenes/wall/camera';
import { cardRows, LEGIBLE } from '../../scenes/wall/card-rows';
import type { Block } from '../../scenes/wall/layout';
import { ASPECT, extent, fitLayout, neighbour, tileAt, tilePosition } from '../../scenes/wall/layout';

const viewport = { width: 1040, height: 700 };
/** A block for each of the counts, environments numbered through. */
function blocksOf(...counts: number[]): Block[] {
  let next = 0;
  return counts.map((count, circuit) => ({
    title: `Circuit ${circuit}`,
    circuit,
    members: Array.from({ length: count }, () => next++),
  }));
}

describe('rows of a card', () => {
  it('stay legible beside the devices, which yield where there is no room for both, and never leave the card', () => {
    for (const level of ['compact', 'full'] as const) {
      for (let specs = 1; specs <= 12; specs++) {
        for (let height = 62; height < 420; height += 7) {
          const { top, bottom, pitch, sizing } = cardRows(height, level, specs);
          expect(top + specs * pitch + sizing).toBeLessThanOrEqual(bottom + 1e-9);
          if (sizing > 0) expect(pitch).toBeGreaterThanOrEqual(LEGIBLE - 1e-9);
        }
      }
    }
    expect(cardRows(131, 'full', 6).sizing).toBe(0);
    expect(cardRows(131, 'full', 6).pitch).toBeGreaterThan(12);
    expect(cardRows(131, 'full', 3).sizing).toBeGreaterThan(0);
    expect(cardRows(20, 'cell', 3).sizing).toBe(0);
  });
});

describe('layout', () => {
  it.each([[1], [16], [64], [1024], [8, 8], [300, 20, 4]])('fits %s tiles into the window', (...counts) => {
    const { layout, tileWidth } = fitLayout(blocksOf(...counts), viewport.width, viewport.height);
    const size = extent(layout, tileWidth);
    expect(size.width).toBeLessThanOrEqual(viewport.width);
    expect(size.height).toBeLessThanOrEqual(viewport.height);
    expect(tileWidth).toBeGreaterThanOrEqual(4);
  });

  it('rather makes tiles a little smaller than leave a row nearly empty', () => {
    const { layout } = fitLayout(blocksOf(6, 5, 5), 1036, 604);
    expect(layout.columns).toBe(6);
  });

  it('shows 16 tiles near and 1,024 far', () => {
    const widths = [16, 1024].map((n) => fitLayout(blocksOf(n), viewport.width, viewport.height).tileWidth);
    expect(widths[0]).toBeGreaterThan(205);
    expect(widths[1]).toBeLessThan(40);
  });

  it('finds every tile where it put it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 5, max: 400, noNaN: true }),
        (counts, width) => {
          const blocks = blocksOf(...counts);
          const layout = { blocks, columns: 7 };
          for (const e of blocks.flatMap((block) => block.members)) {
            const at = tilePosition(layout, width, e);
            expect(at).not.toBeNull();
            if (at) expect(tileAt(layout, width, at.x + width * 0.5, at.y + (width / ASPECT) * 0.5)).toBe(e);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('hits nothing beside the tiles', () => {
    const layout = { blocks: blocksOf(3), columns: 2 };
    expect(tileAt(layout, 100, 0, 0)).toBeNull();
    expect(tileAt(layout, 100, 12 + 150, 12 + 26 + 64 + 10)).toBeNull();
  });

  it('walks with the arrow keys, over the border of a block too', () => {
    const layout = { blocks: blocksOf(5, 4), columns: 3 };
    expect(neighbour(layout, 0, 1, 0)).toBe(1);
    expect(neighbour(layout, 0, -1, 0)).toBe(0);
    expect(neighbour(layout, 1, 0, 1)).toBe(4);
    expect(neighbour(layout, 4, 0, 1)).toBe(6);
    expect(neighbour(layout, 6, 0, -1)).toBe(4);
    expect(neighbour(layout, 8, 1, 0)).toBe(8);
    expect(neighbour(layout, 8, 0, 1)).toBe(8);
  });
});

describe('camera', () => {
  it('keeps the tile under the pointer when zooming', () => {
    const start = fitCamera(blocksOf(200, 56), viewport);
    for (const [px, py] of [
      [500, 300],
      [700, 450],
    ]) {
      const before = tileAt(start.layout, start.tileWidth, start.x + px, start.y + py);
      const near = zoom(start, 6, px, py, viewport);
      const after = tileAt(near.layout, near.tileWidth, near.x + px, near.y + py);
      expect(before).not.toBeNull();
      expect(after).toBe(before);
      expect(near.fitted).toBe(false);
      expect(near.layout.columns).toBe(start.layout.columns);
    }
  });

  it('never scrolls past the wall', () => {
    const near = zoom(fitCamera(blocksOf(64), viewport), 4, 0, 0, viewport);
    const far = pan(near, 1e6, 1e6, viewport);
    const size = extent(far.layout, far.tileWidth);
    expect(far.x + viewport.width).toBeCloseTo(size.width);
    expect(far.y + viewport.height).toBeCloseTo(size.height);
    expect(pan(far, -1e6, -1e6, viewport)).toMatchObject({ x: 0, y: 0 });
  });

  it('brings a selected tile into the window', () => {
    const near = zoom(fitCamera(blocksOf(64), viewport), 4, 0, 0, viewport);
    const shown = reveal(near, 63, viewport);
    const at = tilePosition(shown.layout, shown.tileWidth, 63);
    expect(at).not.toBeNull();
    expect((at?.x ?? 0) - shown.x + shown.tileWidth).toBeLessThanOrEqual(viewport.width);
    expect((at?.y ?? 0) - shown.y + shown.tileWidth / ASPECT).toBeLessThanOrEqual(viewport.height);
  });

  it('keeps the zoom when tiles come and go, and fits them anew where they were fitted', () => {
    const start = fitCamera(blocksOf(64), viewport);
    expect(rearrange(start, blocksOf(8), viewport).tileWidth).toBeGreaterThan(start.tileWidth);
    const near = zoom(start, 4, 0, 0, viewport);
    const fewer = rearrange(pan(near, 0, 1e6, viewport), blocksOf(8), viewport);
    expect(fewer.tileWidth).toBe(near.tileWidth);
    expect(fewer.y).toBeLessThanOrEqual(Math.max(0, extent(fewer.layout, fewer.tileWidth).height - viewport.height));
  });
});
