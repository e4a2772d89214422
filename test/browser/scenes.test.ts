/** Every scene of the page on synthetic data, in one page: drawn, readable, linked, by keyboard, without a console error. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seriousViolations } from './axe';
import { browserPath, countColours, openStudio, type Studio } from './harness';

const START = '?source=synthetic&circuits=two-stage-opamp,strongarm-comparator&theme=dark';

describe.skipIf(!browserPath)('scenes', { timeout: 60_000 }, () => {
  let studio: Studio;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    studio = await openStudio();
    ({ page, problems } = await studio.open(START, { width: 1440, height: 900 }));
    await page.locator('.wall-canvas[data-level] canvas').waitFor();
  }, 180_000);
  afterAll(() => studio?.close());
  beforeEach(() => problems.splice(0));

  /** Runs a command as a person would: by its title in the palette. */
  async function command(title: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill(title);
    await page.keyboard.press('Enter');
  }
  /** Colours in a part of the page: a blank one has a few only. */
  async function coloursOf(selector: string): Promise<number> {
    const box = await page.locator(selector).first().boundingBox();
    if (!box) throw new Error(`${selector} has no place on the page`);
    return (await countColours(page, box)).colours;
  }
  /** What every scene owes: no serious violation in either theme, nothing on the console. */
  async function sound(): Promise<void> {
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('t');
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('t');
    expect(problems).toEqual([]);
  }

  it('training: charts of all circuits, over time or simulations, zoomed and followed again', async () => {
    await command('show training');
    expect(new URL(page.url()).searchParams.get('scene')).toBe('training');
    await page.locator('[data-chart="metric-model-error"] .chip-value').nth(1).waitFor();
    await page.waitForFunction(() => document.querySelector('[data-chart="reward"] .chip-value')?.textContent !== '—');
    expect(await coloursOf('[data-chart="reward"] .chart-plot')).toBeGreaterThan(20);
    expect(await page.locator('[data-chart="distance"] .chart-legend li').count()).toBe(6);
    await page.locator('[data-choice="simulations"]').click();
    expect(await page.locator('[data-choice="simulations"]').getAttribute('aria-pressed')).toBe('true');
    const plot = await page.locator('[data-chart="success"] .u-over').boundingBox();
    if (!plot) throw new Error('the chart has no place on the page');
    await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 20);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.6, plot.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Follow the newest' }).waitFor();
    await page.keyboard.press('0');
    await page.getByRole('button', { name: 'Follow the newest' }).waitFor({ state: 'hidden' });
    await sound();
  });
});
