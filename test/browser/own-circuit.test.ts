/** A circuit of plain files brought to a training that is under way: dropped, trained on, and sized by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleFiles } from '../../plugins/example-files';
import { browserPath, openStudio, type Studio } from './harness';

describe.skipIf(!browserPath)('a circuit of one’s own in the page', { timeout: 90_000 }, () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await openStudio();
  }, 180_000);
  afterAll(() => studio?.close());

  it('joins the training by its files, and its measures follow a slider', async () => {
    const { page, problems } = await studio.open('?agent=random&circuits=strongarm-comparator&environments=4', {
      width: 1440,
      height: 900,
    });
    await page.locator('.wall-canvas[data-level] canvas').waitFor();
    await page.keyboard.press('3');
    const files = Object.entries(exampleFiles).filter(([name]) => !name.endsWith('.md'));
    await page
      .locator('input[type="file"]')
      .setInputFiles(files.map(([name, text]) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })));
    const row = page.locator('.circuits-table [data-circuit="two-stage-180nm"]');
    await row.locator('[data-present="true"]').waitFor();
    // Its simulations are being counted: it is trained on.
    await page.waitForFunction(() => {
      const cells = document.querySelector('.circuits-table [data-circuit="two-stage-180nm"]')?.querySelectorAll('td');
      return Number(cells?.[3]?.textContent?.replace(/\D/g, '') ?? 0) > 3;
    });

    await page.keyboard.press('1');
    await page
      .locator('[data-circuit="two-stage-180nm"]')
      .getByRole('button', { name: /^Plots/ })
      .click();
    await page.locator('[data-plot="ac-phase"] canvas').waitFor();
    const measured = () => page.locator('.bench .specs').first().textContent();
    const before = await measured();
    expect(before).toContain('Slew rate');
    const slider = page.locator('[data-parameter="wpair"]');
    for (let i = 0; i < 6; i++) await slider.press('PageDown');
    await expect.poll(measured).not.toBe(before);
    await page.locator('.bench-head', { hasText: 'by hand' }).waitFor();
    expect(problems).toEqual([]);
  });
});
