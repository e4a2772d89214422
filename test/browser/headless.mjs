/** The page in headless Chromium, for programs that are no tests: it is built where it is stale, and served by the product's own server. */
import { chromium } from 'playwright-core';
import { findBrowser } from '../../engine/cli/setup/browser.mjs';
import { build } from '../../engine/cli/setup/build.mjs';
import { page as folder } from '../../engine/cli/setup/paths.mjs';
import { serve } from '../../engine/cli/setup/serve.mjs';

/** What a browser does where there is no graphics card: canvases are drawn by SwiftShader, pages are put together by the processor. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader'];

/** Ends the program with one line where there is no browser. */
export async function openHeadless() {
  const executablePath = findBrowser();
  if (executablePath === null) {
    console.error('No browser was found; expected Chromium or Chrome. Run npm test once: it installs one where it can.');
    process.exit(1);
  }
  await build(['page']);
  const server = await serve(folder);
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    url: server.url,
    browser,
    /** A fresh page at an address such as `?scene=training`. @param prepare what is done before anything is loaded */
    async open(query, prepare = async () => {}, waitUntil = 'load') {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await prepare(page);
      await page.goto(server.url + query, { waitUntil });
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Runs a command by its title, as a person would in the palette. */
export async function runCommand(page, title) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill(title);
  await page.keyboard.press('Enter');
}
