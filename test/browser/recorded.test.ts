/** A page that is left loses nothing: its run is on the origin-private file system, goes on after a reload, and can be looked at and branched off. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousViolations } from './axe';
import { browserPath, openStudio, queryOf, type Studio } from './harness';

const simulations = (page: Page) =>
  page.locator('[data-value="simulations"]').evaluate((node) => Number((node.textContent ?? '').replace(/\D/g, '')));
const rising = (page: Page, above: number) =>
  page.waitForFunction(
    (least) => Number((document.querySelector('[data-value="simulations"]')?.textContent ?? '').replace(/\D/g, '')) > least,
    above,
    { timeout: 60_000 },
  );
const state = (page: Page) => page.locator('.run-state').textContent();
const runOf = (page: Page) => queryOf(page, 'run');

describe.skipIf(!browserPath)('a recorded run in the page', { timeout: 120_000 }, () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await openStudio();
  }, 180_000);
  afterAll(() => studio?.close());

  it('goes on after a reload, is scrubbed back to before it, branched off there, looked at, deleted', async () => {
    const { page, problems } = await studio.open('?environments=4&agent=cma-es&circuits=two-stage-opamp&scene=timeline');
    await rising(page, 30);
    // Longer than the first checkpoint takes.
    await page.waitForTimeout(2500);
    const run = (await runOf(page))!;
    expect(run).toMatch(/^\d{4}-\d\d-\d\dt\d{6}$/);
    const before = await simulations(page);

    // Loaded again at a tick that has passed: the address leads back to it.
    await page.goto(`${await page.evaluate(() => location.href)}&time=3`);
    await page.waitForFunction(() =>
      /looking at tick [123] · L: live/.test(document.querySelector('.run-state')?.textContent ?? ''),
    );
    await expect.poll(() => simulations(page)).toBeLessThan(before);
    expect(await runOf(page)).toBe(run);
    await page.keyboard.press('l');
    await rising(page, before);

    await page.getByRole('slider', { name: 'Recorded tick' }).press('Home');
    await page.getByText(/^Paused at tick \d+/).waitFor();
    await expect.poll(() => simulations(page)).toBeLessThan(before);
    await page.getByRole('button', { name: 'Branch off from here …' }).click();
    await page.getByLabel('Setting').selectOption('budget');
    await page.getByLabel('New value').fill('none');
    await page.getByRole('button', { name: 'Branch and train' }).click();
    await page.getByText('expected a number such as 10000').waitFor();
    await page.getByLabel('New value').fill('9000');
    await page.getByRole('button', { name: 'Branch and train' }).click();
    await page.waitForURL(/look=compare/);
    await rising(page, 0);
    const branch = await runOf(page);
    expect(branch).not.toBe(run);
    await page.locator('.compare .course').waitFor();
    await expect.poll(() => page.locator('.compare-table tbody').innerText()).toMatch(/budget\s+10000\s+9000/);
    await expect.poll(() => page.locator(`tr[data-run="${branch}"]`).innerText()).toContain(`from ${run}`);
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: run, exact: true }).click();
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText(new RegExp(`^Recorded run ${run}: tick`)).waitFor();
    await expect.poll(() => state(page)).toContain(`recorded run ${run}, tick`);
    const last = await state(page);
    await page.keyboard.press(',');
    await expect.poll(() => state(page)).not.toBe(last);
    await page.keyboard.press('l');
    await page.locator('.run-state[data-state="live"]').waitFor();

    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByRole('button', { name: run, exact: true }).click();
    await page.getByRole('button', { name: 'Delete it …' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText(`${run} is deleted`).waitFor();
    await page.locator(`tr[data-run="${run}"]`).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await page.close();
  });
});
