/**
 * Closes a page that trains, at random moments, again and again, and opens it once more each time; in the end every
 * recorded simulation must be the one that a page left alone makes. `node test/store/close-page.mjs --times 20`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../engine/cli/setup/browser.mjs';
import { build } from '../../engine/cli/setup/build.mjs';
import { page as pageFolder } from '../../engine/cli/setup/paths.mjs';
import { serve } from '../../engine/cli/setup/serve.mjs';

const Database = createRequire(import.meta.url)('libsql');
const at = process.argv.indexOf('--times');
const times = at < 0 ? 20 : Number(process.argv[at + 1]);
const QUERY = '?environments=4&agent=cma-es&seed=3';
/** SQLite's pool of files puts its own header before each. */
const HEADER_BYTES = 4096;

const simulations = (page) =>
  page.evaluate(() => Number((document.querySelector('[data-value="simulations"]')?.textContent ?? '').replace(/\D/g, '')));
const until = (page, least) =>
  page.waitForFunction(
    (n) => Number((document.querySelector('[data-value="simulations"]')?.textContent ?? '').replace(/\D/g, '')) > n,
    least,
    { timeout: 120_000 },
  );

/** Rows of the run's simulations, read from the browser's files by another SQLite. */
async function readRows(context, url, folder) {
  const page = await context.newPage();
  // A page of the same origin that starts no engine.
  await page.goto(new URL('?source=synthetic', url).href);
  const files = await page.evaluate(async (header) => {
    const found = [];
    const visit = async (directory) => {
      for await (const entry of directory.values()) {
        if (entry.kind === 'directory') await visit(entry);
        else {
          const bytes = new Uint8Array(await (await entry.getFile()).arrayBuffer());
          const name = new TextDecoder().decode(bytes.subarray(0, 512)).split('\0')[0];
          if (!name.endsWith('.sqlite') || bytes.length <= header) continue;
          let binary = '';
          for (let i = header; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
          found.push(btoa(binary));
        }
      }
    };
    await visit(await navigator.storage.getDirectory());
    return found;
  }, HEADER_BYTES);
  await page.close();
  if (files.length !== 1) throw new Error(`${files.length} runs were found; expected one`);
  const path = join(folder, 'read.sqlite');
  writeFileSync(path, Buffer.from(files[0], 'base64'));
  const database = new Database(path, { readonly: true });
  const rows = database
    .prepare('SELECT simulation, tick, slot, phase, origin, deck, reward, m0, m1, m2 FROM simulation')
    .raw()
    .all();
  database.close();
  return rows.map((row) => JSON.stringify(row));
}

const folder = mkdtempSync(join(tmpdir(), 'ohmba-close-'));
await build(['page']);
const server = await serve(pageFolder);
const options = { executablePath: findBrowser(), headless: true, args: ['--no-sandbox'] };
try {
  const closed = await chromium.launchPersistentContext(join(folder, 'closed'), options);
  let search = QUERY;
  let seen = 0;
  for (let n = 1; n <= times; n++) {
    const page = await closed.newPage();
    await page.goto(new URL(search, server.url).href);
    await until(page, n === 1 ? 0 : seen);
    await page.waitForTimeout(Math.random() * 2500);
    search = new URL(page.url()).search;
    seen = await simulations(page);
    await page.close();
    process.stderr.write(`\r${n} closed at ${seen} simulations `);
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const rows = await readRows(closed, server.url, folder);
  await closed.close();

  const alone = await chromium.launchPersistentContext(join(folder, 'alone'), options);
  const page = await alone.newPage();
  await page.goto(new URL(QUERY, server.url).href);
  await until(page, rows.length + 20);
  await page.close();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const expected = await readRows(alone, server.url, folder);
  await alone.close();
  const different = rows.findIndex((row, i) => row !== expected[i]);
  if (different >= 0) throw new Error(`simulation ${different + 1} is ${rows[different]}; expected ${expected[different]}`);
  process.stdout.write(`\nclosed ${times} times: ${rows.length} simulations, none missing, doubled or different\n`);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
