/**
 * Pictures for the documents: `node test/browser/screenshots.mjs [--synthetic]`. Builds the page, opens it in headless
 * Chromium, lets it train for a while and writes docs/*.png. The synthetic pictures show the frame with more tiles than
 * a picture could wait for; the page says so on them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../engine/cli/setup/browser.mjs';
import { build } from '../../engine/cli/setup/build.mjs';
import { page as folder, root } from '../../engine/cli/setup/paths.mjs';
import { serve } from '../../engine/cli/setup/serve.mjs';

const TRAINING_SECONDS = 45;
const live = [
  { file: 'wall.png', query: '?theme=dark&selected=5', seconds: TRAINING_SECONDS },
  { file: 'wall-light.png', query: '?theme=light', seconds: TRAINING_SECONDS },
];
const synthetic = [
  {
    file: 'wall-1024.png',
    query: '?theme=dark&source=synthetic&environments=1024&circuits=two-stage-opamp,strongarm-comparator',
    seconds: 8,
  },
];

const executablePath = findBrowser();
if (executablePath === null) {
  console.error('No browser was found; expected Chromium or Chrome. Run npm test once: it installs one where it can.');
  process.exit(1);
}
await build(['page']);
const server = await serve(folder);
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
});
mkdirSync(join(root, 'docs'), { recursive: true });
for (const { file, query, seconds } of process.argv.includes('--synthetic') ? synthetic : [...live, ...synthetic]) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url + query);
  await page.locator('.wall-canvas[data-level] canvas').waitFor();
  await page.waitForTimeout(seconds * 1000);
  await page.screenshot({ path: join(root, 'docs', file) });
  await page.close();
  console.log(`docs/${file}`);
}
await browser.close();
await server.close();
