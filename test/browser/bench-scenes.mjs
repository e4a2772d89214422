/**
 * Frame cost of the scenes: `npm run bench:scenes [-- --json] [--only WORD]`. Made-up data in headless Chromium without a
 * graphics card: every scene is moved at every frame (pointer, drag, brush) while snapshots come in, twenty a second.
 *
 * - frames/s: frames that the browser gave, over some seconds.
 * - script: milliseconds of main-thread script a frame, in the whole page, less what making up the data took.
 * - at rest: frames drawn in a second in which nothing changes.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../../engine/cli/setup/paths.mjs';
import { openHeadless } from './headless.mjs';

const SECONDS = 3;
const LOAD = 'source=synthetic&theme=dark&circuits=two-stage-opamp,strongarm-comparator';

/** Where the pointer goes, and what it does on the way. `data-frames` of `host` counts what was drawn. */
const SCENES = [
  { name: 'wall, 64 tiles', query: 'environments=64', host: '.wall-canvas', move: 'hover', least: 30 },
  { name: 'wall, 1,024 tiles', query: 'environments=1024', host: '.wall-canvas', move: 'hover', least: 15, mostScript: 4 },
  {
    name: 'map, 100,000 points: pointing',
    query: 'scene=exploration&points=100000&look=show~map',
    host: '.points-area',
    move: 'hover',
    least: 15,
  },
  {
    name: 'map, 100,000 points: dragging',
    query: 'scene=exploration&points=100000&look=show~map',
    host: '.points-area',
    move: 'drag',
    least: 15,
  },
  {
    name: 'parallel coordinates, 10,000 lines: pointing',
    query: 'scene=exploration&points=10000&look=show~parallel',
    host: '.points-area',
    move: 'hover',
    least: 15,
  },
  {
    name: 'parallel coordinates, 10,000 lines: brushing',
    query: 'scene=exploration&points=10000&look=show~parallel',
    host: '.points-area',
    move: 'brush',
    least: 15,
  },
  {
    name: 'exploration, four views of 100,000 points',
    query: 'scene=exploration&points=100000',
    host: '.points-area',
    move: 'hover',
    least: 15,
  },
  {
    name: 'imagined, 100,000 points',
    query: 'scene=imagined&points=100000',
    host: '.imagined .points-area',
    move: 'hover',
    least: 15,
  },
  {
    name: 'training, series of 100,000 samples',
    query: 'scene=training&past=100000&environments=2',
    host: '[data-chart="reward"] .u-over',
    move: 'hover',
    least: 15,
  },
];

const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const wanted = process.argv.includes('--only') ? option('--only') : '';
const json = process.argv.includes('--json');
const studio = await openHeadless();
const results = [];
for (const scene of SCENES.filter(({ name }) => name.includes(wanted))) {
  results.push(await measure(scene));
  if (!json) printRow(results.at(-1));
}
const renderer = await drawnBy();
await studio.close();
const extract = wanted === '' ? extractMilliseconds() : undefined;
const machine = { date: new Date().toISOString(), cpu: cpus()[0]?.model, cores: cpus().length, renderer };
if (json) console.log(JSON.stringify({ ...machine, results, extract }));
else {
  if (extract !== undefined) console.log(`\nextract, 1,024 environments: ${extract.toFixed(2)} ms a snapshot (to be below 1)`);
  console.log(`\n${machine.cpu}, ${machine.cores} cores, ${machine.date}\n${renderer}`);
}

function printRow({ name, framesPerSecond, script, atRest, least, mostScript }) {
  if (results.length === 1) console.log(`${'scene'.padEnd(52)}frames/s        script ms    at rest`);
  const frames = `${framesPerSecond.toFixed(1).padStart(5)} (≥ ${least})`;
  const cost = `${script.toFixed(2).padStart(6)}${mostScript ? ` (< ${mostScript})` : ''}`;
  console.log(`${name.padEnd(52)}${frames.padEnd(16)}${cost.padEnd(13)}${atRest}`);
}

async function drawnBy() {
  const page = await studio.open('?source=synthetic');
  return page.evaluate(() => {
    const gl = document.createElement('canvas').getContext('webgl2');
    return gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL);
  });
}

/** What a snapshot costs the engine, as `ohmba bench tick` measures it. */
function extractMilliseconds() {
  const run = spawnSync(process.execPath, [join(root, 'engine/cli/ohmba.mjs'), 'bench', 'tick', '--json'], { encoding: 'utf8' });
  const { sizes } = JSON.parse(run.stdout.trim().split('\n').at(-1));
  return sizes.find(({ environments }) => environments === 1024).milliseconds.extract;
}

async function measure({ name, query, host, move, least, mostScript }) {
  const page = await studio.open(`?${LOAD}&${query}`);
  await page.locator(host).first().waitFor();
  await settled(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const scriptSeconds = async () =>
    (await session.send('Performance.getMetrics')).metrics.find((metric) => metric.name === 'ScriptDuration').value;
  await page.evaluate(drive, { host, move, seconds: 1 });
  const before = await scriptSeconds();
  const { frames, milliseconds, madeUp } = await page.evaluate(drive, { host, move, seconds: SECONDS });
  const script = (await scriptSeconds()) - before;
  const series = await page.locator('.training .chart-legend li').count();
  await page.keyboard.press(' ');
  await settled(page);
  const atRest = await page.evaluate(async (selector) => {
    const drawn = () => [...document.querySelectorAll(selector)].reduce((sum, node) => sum + Number(node.dataset.frames), 0);
    const start = drawn();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return drawn() - start;
  }, '[data-frames]');
  await page.close();
  return {
    name: series > 0 ? `${name} (${series} series)` : name,
    framesPerSecond: (1000 * frames) / milliseconds,
    script: (1000 * script - madeUp) / frames,
    atRest,
    least,
    mostScript,
  };
}

/** Waits until everything that was known at first is drawn. */
async function settled(page) {
  await page.waitForTimeout(2000);
  await page.waitForFunction(() => document.querySelector('[data-settled="false"]') === null, null, { timeout: 120_000 });
}

/** In the page: moves the pointer at every frame. */
async function drive({ host, move, seconds }) {
  const target = document.querySelector(host);
  const box = target.getBoundingClientRect();
  const send = (type, x, y) =>
    target.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, bubbles: true, pointerId: 1, button: 0 }));
  const sendMouse = (x, y) => target.dispatchEvent(new MouseEvent('mousemove', { clientX: x, clientY: y, bubbles: true }));
  target.setPointerCapture = () => {};
  const place = (t) => [
    box.left + box.width * (0.5 + 0.35 * Math.sin(2.1 * t)),
    box.top + box.height * (0.5 + 0.3 * Math.cos(1.7 * t)),
  ];
  const madeUpSoFar = () => Number(document.documentElement.dataset.madeUp ?? 0);
  const madeUpBefore = madeUpSoFar();
  const start = performance.now();
  if (move !== 'hover') send('pointerdown', ...(move === 'brush' ? brushStart() : place(0)));
  function brushStart() {
    const axis = document.querySelector('[data-axis="m.gain"]').getBoundingClientRect();
    return [axis.left + axis.width / 2, box.top + box.height * 0.3];
  }
  let frames = 0;
  let now = start;
  while (now - start < seconds * 1000) {
    now = await new Promise(requestAnimationFrame);
    frames++;
    const t = (now - start) / 1000;
    if (move === 'brush') send('pointermove', brushStart()[0], box.top + box.height * (0.5 + 0.3 * Math.sin(2 * t)));
    else {
      send('pointermove', ...place(t));
      sendMouse(...place(t));
    }
  }
  const milliseconds = performance.now() - start;
  if (move !== 'hover') send('pointerup', ...place(0));
  return { frames, milliseconds, madeUp: madeUpSoFar() - madeUpBefore };
}
