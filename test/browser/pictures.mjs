/**
 * The stored pictures of the scenes: what each is looked at with, how it is taken, and how two are compared. `npm run pictures`
 * makes them anew after a scene was changed on purpose; test/browser/pictures.test.ts compares.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = fileURLToPath(new URL('pictures/', import.meta.url));
/** Made-up training, the same for the same seed, that stands still. */
const DATA = 'source=synthetic&begin=paused&seed=3&environments=16&circuits=two-stage-opamp,strongarm-comparator';
const AREA = 'points=200&';

/** `ready`: what is there once all is drawn. */
export const PICTURES = [
  { name: 'wall', query: 'scene=wall', ready: '.wall-canvas[data-frames]' },
  { name: 'wall-light', query: 'scene=wall&theme=light', ready: '.wall-canvas[data-frames]' },
  {
    name: 'training',
    query: 'scene=training&past=400',
    ready: '.training:has([data-chart="metric-model-error"]) [data-chart="reward"] canvas',
  },
  {
    name: 'exploration',
    query: `scene=exploration&${AREA}selected=two-stage-opamp:150`,
    ready: '.exploration [data-settled="true"]',
  },
  { name: 'imagined', query: `scene=imagined&${AREA}selected=two-stage-opamp:150`, ready: '.imagined [data-settled="true"]' },
  { name: 'lens', query: `scene=lens&${AREA}selected=two-stage-opamp:130`, ready: '.lens[data-shown="true"]' },
  { name: 'bench', query: `scene=bench&${AREA}selected=two-stage-opamp:150`, ready: '[data-plot="ac-phase"] canvas' },
  { name: 'timeline', query: 'scene=timeline', ready: '.phase-table tbody tr' },
  { name: 'plug-ins', query: 'scene=plugins', ready: '.plugins .plugin-table tbody tr' },
];

export const VIEWPORT = { width: 1080, height: 640 };

/** @returns PNG of one scene, in its place on the page */
export async function take(page, base, { query, ready }) {
  const theme = query.includes('theme=') ? '' : 'theme=dark&';
  await page.goto(`${base}?${DATA}&${theme}${query}`);
  await page.locator(ready).first().waitFor();
  const scene = page.locator(`.scene[data-scene="${/scene=([a-z-]+)/.exec(query)[1]}"]`);
  await page.addStyleTag({ content: '.problems, .startup { display: none }' });
  await page.keyboard.press('f');
  // Until two in a row are the same: what is written on the beat, or painted in pieces, has come then.
  let last = null;
  for (let i = 0; i < 12; i++) {
    await page.waitForTimeout(300);
    const { x, y, width, height } = await scene.boundingBox();
    // Of what scrolls, the part that is seen.
    const clip = { x, y, width, height: Math.min(height, VIEWPORT.height - 30 - y) };
    const next = await page.screenshot({ clip, animations: 'disabled' });
    if (last?.equals(next)) return next;
    last = next;
  }
  return last;
}

/** Side of the squares whose mean colours are compared, pixels: other fonts change those little, a part that is missing much. */
const SQUARE = 8;
/** Of 255, in the channel that differs most. */
const DIFFERENT = 18;

/**
 * In the page: share of the squares that differ between two PNGs in base64, and a picture of the second one with those marked.
 * Another size is another picture.
 */
export function compare(page, a, b) {
  return page.evaluate(
    async ({ pngs, side, limit }) => {
      const [first, second] = await Promise.all(
        pngs.map(async (png) => createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())),
      );
      const canvas = new OffscreenCanvas(second.width, second.height);
      const context = canvas.getContext('2d');
      const pixels = (bitmap) => {
        context.clearRect(0, 0, canvas.width, canvas.height);
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, canvas.width, canvas.height).data;
      };
      if (first.width !== second.width || first.height !== second.height) return { share: 1, difference: null };
      const [one, other] = [pixels(first), pixels(second)];
      context.fillStyle = '#ff00c888';
      let [squares, different] = [0, 0];
      for (let y = 0; y < canvas.height; y += side) {
        for (let x = 0; x < canvas.width; x += side) {
          const sums = [0, 0, 0];
          let count = 0;
          for (let v = y; v < Math.min(y + side, canvas.height); v++) {
            for (let u = x; u < Math.min(x + side, canvas.width); u++, count++) {
              const at = 4 * (v * canvas.width + u);
              for (let c = 0; c < 3; c++) sums[c] += one[at + c] - other[at + c];
            }
          }
          squares++;
          if (Math.max(...sums.map(Math.abs)) / count <= limit) continue;
          different++;
          context.fillRect(x, y, side, side);
        }
      }
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return { share: different / squares, difference: btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')) };
    },
    { pngs: [a, b].map((png) => png.toString('base64')), side: SQUARE, limit: DIFFERENT },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { openHeadless } = await import('./headless.mjs');
  const studio = await openHeadless();
  mkdirSync(folder, { recursive: true });
  const page = await studio.browser.newPage({ viewport: VIEWPORT });
  const only = process.argv[2] ?? '';
  for (const picture of PICTURES.filter(({ name }) => name.includes(only))) {
    const png = await take(page, studio.url, picture);
    writeFileSync(join(folder, `${picture.name}.png`), png);
    console.log(`test/browser/pictures/${picture.name}.png, ${Math.round(png.length / 1000)} kB`);
  }
  await studio.close();
}
