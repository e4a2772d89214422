/** Every scene against its stored picture: a part that is gone, has moved or has lost its colour is noticed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, openStudio, type Studio } from './harness';
import { compare, folder, PICTURES, take, VIEWPORT } from './pictures.mjs';

/** Share of squares that may differ: other fonts, other rounding of edges. */
const TOLERANCE = 0.04;

describe.skipIf(!browserPath)('pictures', { timeout: 60_000 }, () => {
  let studio: Studio;
  let page: Page;
  beforeAll(async () => {
    studio = await openStudio();
    page = await studio.browser.newPage({ viewport: VIEWPORT });
  }, 180_000);
  afterAll(() => studio?.close());

  it.each(PICTURES)('$name looks as it did', async (picture) => {
    const stored = readFileSync(join(folder, `${picture.name}.png`));
    const taken = await take(page, studio.url, picture);
    const { share, difference } = await compare(page, stored, taken);
    if (share > TOLERANCE) {
      const failed = join(folder, 'failed');
      mkdirSync(failed, { recursive: true });
      writeFileSync(join(failed, `${picture.name}.png`), taken);
      if (difference) writeFileSync(join(failed, `${picture.name}-difference.png`), Buffer.from(difference, 'base64'));
    }
    expect(
      share,
      `see test/browser/pictures/failed/${picture.name}*.png; npm run pictures ${picture.name} stores it, if that was meant`,
    ).toBeLessThanOrEqual(TOLERANCE);
  });

  it('a scene without its plots, or another scene, is another picture', async () => {
    const wall = readFileSync(join(folder, 'wall.png'));
    const dark = readFileSync(join(folder, 'wall-light.png'));
    expect((await compare(page, wall, dark)).share).toBeGreaterThan(0.5);
    await page.goto(`${studio.url}?source=synthetic&begin=paused`);
    expect((await compare(page, wall, wall)).share).toBe(0);
  });
});
