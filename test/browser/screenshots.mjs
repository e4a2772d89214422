/**
 * Pictures for the documents: `npm run screenshots [-- --synthetic | --visit]`. Builds the page, opens it in headless Chromium,
 * lets it train until there is something to see, and writes docs/*.png. The synthetic pictures show the frame with more
 * tiles than a picture could wait for; the page says so on them. `--visit`: what somebody sees who comes for the first time.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../engine/cli/setup/paths.mjs';
import { openHeadless, runCommand } from './headless.mjs';

/** Enough for the policy to have taken over and for the charts to have a course; not waited for longer than that. */
const SIMULATIONS = 300;
const PATIENCE_MILLISECONDS = 240_000;
const SYNTHETIC = 'source=synthetic&environments=1024&circuits=two-stage-opamp,strongarm-comparator';

const studio = await openHeadless();
mkdirSync(join(root, 'docs'), { recursive: true });

if (process.argv.includes('--visit')) {
  await visit();
  await studio.close();
  process.exit();
}
if (!process.argv.includes('--synthetic')) {
  const page = await open('?theme=dark&selected=5');
  await trained(page, SIMULATIONS, PATIENCE_MILLISECONDS);
  await shoot(page, 'wall.png');
  await page.keyboard.press('t');
  await page.waitForTimeout(1000);
  await shoot(page, 'wall-light.png');
  await page.keyboard.press('t');
  for (const scene of ['training', 'exploration', 'imagined', 'lens']) {
    await runCommand(page, `show ${scene}`);
    if (scene === 'exploration') {
      await page.locator('.exploration [data-settled="true"]').waitFor();
      // The best point is lit in all of them.
      await runCommand(page, 'select the next better point');
    }
    await page.waitForTimeout(3000);
    await shoot(page, `${scene}.png`);
  }
  await runs(page);
  await page.close();
}
const synthetic = await open(`?theme=dark&${SYNTHETIC}`);
await synthetic.waitForTimeout(12_000);
await shoot(synthetic, 'wall-1024.png');
await studio.close();

/** The page as it comes, at some seconds after its address was opened; then the one click that leads to the hardest spec's plots. */
async function visit() {
  mkdirSync(join(root, 'docs', 'visit'), { recursive: true });
  const page = await studio.open('?theme=dark', async () => {}, 'commit');
  const start = Date.now();
  const seconds = () => (Date.now() - start) / 1000;
  for (const moment of [0, 5, 15, 60]) {
    await page.waitForTimeout(Math.max(0, 1000 * (moment - seconds())));
    await shoot(page, `visit/${moment}-seconds.png`);
  }
  const before = seconds();
  await page.locator('.hardest button').click();
  await page.locator('.bench .wave-host canvas').first().waitFor({ timeout: 60_000 });
  console.log(`plots ${(seconds() - before).toFixed(1)} s after the click`);
  await page.waitForTimeout(1000);
  await shoot(page, 'visit/plots.png');
}

/** Another seed beside the run of before, in the same browser, and the two compared. */
async function runs(page) {
  await page.goto(page.url().replace(/\?.*/, '?theme=dark&seed=2&scene=wall'));
  await page.locator('.wall-canvas[data-level] canvas').waitFor();
  await trained(page, SIMULATIONS / 2, PATIENCE_MILLISECONDS / 2);
  await runCommand(page, 'show runs');
  for (const box of [0, 1]) await page.locator('.runs input[type="checkbox"]').nth(box).check();
  await page.locator('.compare canvas').first().waitFor();
  await page.waitForTimeout(2000);
  await shoot(page, 'runs.png');
}

/** Waits until so much was simulated; not longer than there is patience. */
async function trained(page, wanted, patience) {
  const simulations = () =>
    page.locator('[data-value="simulations"]').evaluate((node) => Number((node.textContent ?? '').replace(/\D/g, '')));
  const end = Date.now() + patience;
  while (Date.now() < end && (await simulations()) < wanted) await page.waitForTimeout(1000);
}

async function open(query) {
  const page = await studio.open(query);
  await page.locator('.wall-canvas[data-level] canvas').waitFor();
  return page;
}

async function shoot(page, name) {
  // A visitor sees them.
  if (!name.startsWith('visit/')) for (const close of await page.locator('.problem-close').all()) await close.click();
  const path = join(root, 'docs', name);
  await page.screenshot({ path });
  console.log(`docs/${name}, ${Math.round(statSync(path).size / 1000)} kB`);
}
