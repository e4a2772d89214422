/** A page that is left loses nothing: its run is on the origin-private file system and goes on after a reload. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, openStudio, type Studio } from './harness';

const simulations = (page: Page) =>
  page.locator('[data-value="simulations"]').evaluate((node) => Number((node.textContent ?? '').replace(/\D/g, '')));
const rising = (page: Page, above: number) =>
  page.waitForFunction(
    (least) => Number((document.querySelector('[data-value="simulations"]')?.textContent ?? '').replace(/\D/g, '')) > least,
    above,
    { timeout: 60_000 },
  );
const runOf = (page: Page) => new URL(page.url()).searchParams.get('run');

describe.skipIf(!browserPath)('a recorded run in the page', { timeout: 120_000 }, () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await openStudio();
  }, 180_000);
  afterAll(() => studio?.close());

  it('goes on after a reload, and is offered to a page that begins anew', async () => {
    const { page, problems } = await studio.open('?environments=4&agent=random');
    await rising(page, 20);
    // Longer than the first checkpoint takes.
    await page.waitForTimeout(2500);
    const run = runOf(page);
    expect(run).toMatch(/^\d{4}-\d\d-\d\dt\d{6}$/);
    const before = await simulations(page);
    await page.reload();
    await rising(page, before);
    expect(runOf(page)).toBe(run);
    await page.goto(new URL('?environments=4&agent=random&seed=2', studio.url).href);
    expect(await page.locator('[data-problem="earlier-run"] a').getAttribute('href')).toBe(`/?run=${run}`);
    expect(runOf(page)).not.toBe(run);
    expect(problems).toEqual([]);
    await page.close();
  });
});
