import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Browser, type ConsoleMessage, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../engine/cli/setup/browser.mjs';
import { build } from '../../engine/cli/setup/build.mjs';
import { page as pageFolder } from '../../engine/cli/setup/paths.mjs';
import { serve } from '../../engine/cli/setup/serve.mjs';

/** Path of the browser, or null: `describe.skipIf(!browserPath)`. */
export const browserPath = findBrowser();

/** What headless Chromium needs to compute and to draw on a machine without a graphics card. */
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--enable-gpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
];

export interface Studio {
  readonly url: string;
  readonly browser: Browser;
  /** A fresh page; `problems` fills with console errors, uncaught errors, failed requests and any request to elsewhere. */
  open(path?: string, options?: { width?: number; height?: number }): Promise<{ page: Page; problems: string[] }>;
  close(): Promise<void>;
}

/** Starts the browser; close it when done. */
export function launchBrowser(): Promise<Browser> {
  if (browserPath === null)
    throw new Error('no browser was found; expected the suite to be skipped: use describe.skipIf(!browserPath)');
  return chromium.launch({ executablePath: browserPath, headless: true, args: FLAGS });
}

/** Builds the page where it is stale, serves it with the product's own server and starts the browser. */
export async function openStudio(): Promise<Studio> {
  await build(['page']);
  const server = await serve(pageFolder);
  const browser = await launchBrowser();
  return {
    url: server.url,
    browser,
    async open(path = '', { width = 1280, height = 800 } = {}) {
      const page = await browser.newPage({ viewport: { width, height } });
      const problems = watch(page, server.url);
      // Not until everything is loaded: what happens meanwhile is of interest, too.
      await page.goto(new URL(path, server.url).href, { waitUntil: 'commit' });
      return { page, problems };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

function watch(page: Page, origin: string): string[] {
  const problems: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()} ${request.failure()?.errorText ?? ''}`));
  page.on('request', (request) => {
    const url = request.url();
    if (/^(https?|wss?):/.test(url) && !url.startsWith(origin)) problems.push(`left the machine: ${url}`);
  });
  return problems;
}

/** What is read, once it has stayed the same for so long: what was on its way when something was stopped has come then. */
export async function settled<T>(read: () => Promise<T>, milliseconds = 700): Promise<T> {
  for (let before = await read(); ; ) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const now = await read();
    if (now === before) return now;
    before = now;
  }
}

/** A part of the address; what a scene puts there, a browser tells its driver a little later. */
export const queryOf = (page: Page, name: string) => page.evaluate((key) => new URLSearchParams(location.search).get(key), name);

/** Writes a PNG of the page and returns it. */
export async function screenshot(page: Page, path: string): Promise<Buffer> {
  mkdirSync(dirname(path), { recursive: true });
  return page.screenshot({ path });
}

/**
 * Colours of what is on screen, as the browser composed it (canvas included): how many different ones, and the share
 * of the commonest. A blank page has one colour that covers everything.
 */
export async function countColours(page: Page, clip?: { x: number; y: number; width: number; height: number }) {
  const png = (await page.screenshot(clip ? { clip } : {})).toString('base64');
  return page.evaluate(async (data) => {
    const blob = await (await fetch(`data:image/png;base64,${data}`)).blob();
    const bitmap = await createImageBitmap(blob);
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
    const counts = new Map<number, number>();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return { pixels: pixels.length, colours: counts.size, commonest: Math.max(...counts.values()) / pixels.length };
  }, png);
}
