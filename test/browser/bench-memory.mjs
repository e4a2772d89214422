/**
 * What a page that trains and is looked at holds after a while: `npm run bench:memory [-- --minutes 30] [--circuits A,B] [--environments 4]
 * [--json]`. All scenes are visited and pointed at without a pause, in headless Chromium without a graphics card. Once a minute: updates so far, script heap after
 * collection, elements, textures and buffers of all canvases, and what the processes of page (engine and simulators included) and graphics
 * hold.
 */
import { readFileSync } from 'node:fs';
import { openHeadless, runCommand } from './headless.mjs';
import { SCENES, trained, trainedFor, visit } from './visitor.mjs';

const option = (name, usual) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : usual);
const minutes = Number(option('--minutes', '30'));
const circuits = option('--circuits', 'two-stage-opamp');
const environments = option('--environments', '4');
const json = process.argv.includes('--json');

const studio = await openHeadless();
const page = await studio.open(`?circuits=${circuits}&environments=${environments}&seed=1&executor=wasm`, (fresh) =>
  fresh.addInitScript(countGraphics),
);
const session = await page.context().newCDPSession(page);
const whole = await studio.browser.newBrowserCDPSession();
await session.send('Performance.enable');
await trainedFor(page, 1);

const COLUMNS = { minute: 1, updates: 0, heap: 1, elements: 0, textures: 0, buffers: 0, page: 0, graphics: 0 };
const row = (cells) => cells.map((cell) => cell.padStart(13)).join('');
if (!json) console.log(row(['minute', 'updates', 'heap MB', 'elements', 'textures', 'buffers', 'page MB', 'graphics MB']));
const start = Date.now();
const passed = () => (Date.now() - start) / 60_000;
const measured = [];
for (let turn = 0, next = 0; next <= minutes; ) {
  if (passed() >= next) {
    measured.push({ minute: passed(), updates: (await trained(page)).updates, ...(await memory()) });
    if (!json) console.log(row(Object.entries(COLUMNS).map(([name, digits]) => measured.at(-1)[name].toFixed(digits))));
    next++;
  }
  await visit(page, SCENES[turn++ % SCENES.length]);
}
await studio.close();
if (json) console.log(JSON.stringify({ date: new Date().toISOString(), circuits, environments, measured }));

/** With the wall in front, so that every time the same is seen. */
async function memory() {
  await runCommand(page, 'show wall');
  await page.waitForTimeout(500);
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name) => metrics.find((one) => one.name === name).value;
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  return {
    heap: metric('JSHeapUsedSize') / 1e6,
    elements: metric('Nodes'),
    ...(await page.evaluate(() => globalThis.graphicsHeld)),
    // The page's own process is also that of its workers: engine and simulators.
    page: held(processInfo, 'renderer'),
    graphics: held(processInfo, 'GPU'),
  };
}

/** Megabytes that processes of a kind hold, where the system tells. */
function held(processes, kind) {
  const bytes = (id) => Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1]) * 4096;
  try {
    return processes.filter(({ type }) => type === kind).reduce((sum, { id }) => sum + bytes(id), 0) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** In the page, before anything else: counts what its canvases hold. */
function countGraphics() {
  const held = { textures: 0, buffers: 0 };
  globalThis.graphicsHeld = held;
  const { prototype } = WebGL2RenderingContext;
  for (const [name, kind] of [
    ['Texture', 'textures'],
    ['Buffer', 'buffers'],
  ]) {
    const [create, remove] = [prototype[`create${name}`], prototype[`delete${name}`]];
    prototype[`create${name}`] = function () {
      held[kind]++;
      return create.call(this);
    };
    prototype[`delete${name}`] = function (object) {
      if (object) held[kind]--;
      return remove.call(this, object);
    };
  }
}
