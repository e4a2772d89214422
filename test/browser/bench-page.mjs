/**
 * What looking costs the training: `npm run bench:page [-- --minutes 8] [--stretch 20] [--circuits A,B] [--environments 16] [--json]`. The page trains in
 * headless Chromium without a graphics card. Three kinds of stretches take turns: it is hidden; it is watched, a scene every ten seconds and the
 * hand at rest; all scenes are visited and pointed at, one every four seconds. Updates a second (of the time in which updates are made) are printed, with the processor time that looking
 * took (of all threads of the browser that do not train, what they took more than hidden, as a share of one core: it says the same where other
 * programs run, too), and after each round the memory: script heap
 * after collection, elements, textures and buffers of all canvases, and what the processes of page (engine and simulators included) and graphics hold.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { openHeadless, runCommand } from './headless.mjs';

const option = (name, usual) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : usual);
const minutes = Number(option('--minutes', '8'));
const circuits = option('--circuits', 'two-stage-opamp');
const environments = option('--environments', '4');
const json = process.argv.includes('--json');

/** Seconds of a stretch: several ticks; short, so that each has others close by to be compared with. */
const seconds = Number(option('--stretch', '20'));
const SCENES = ['wall', 'training', 'exploration', 'imagined', 'lens', 'bench', 'timeline', 'entities', 'plug-ins'];

const studio = await openHeadless();
const address = `?circuits=${circuits}&environments=${environments}&seed=1&executor=wasm`;
const page = await studio.open(address, async (fresh) => {
  await fresh.addInitScript(countGraphics);
  await fresh.addInitScript(makeHideable);
});
await page.locator('.wall-canvas[data-level] canvas').waitFor({ timeout: 120_000 });
await page.waitForFunction(() => Number(document.querySelector('.status-bar')?.dataset.updates) > 0, null, { timeout: 300_000 });
const session = await page.context().newCDPSession(page);
const whole = await studio.browser.newBrowserCDPSession();
await session.send('Performance.enable');

/** What a stretch shows; null: nothing, the page is hidden. */
const KINDS = { hidden: null, watched: watch, visited: visit };
const names = Object.keys(KINDS);
let turn = 0;

const rounds = [];
const say = (text) => !json && console.log(text);
say(
  `${'minute'.padEnd(8)}hidden up/s   watched   loss   looking   visited   loss   looking    heap MB   elements   textures   buffers   page MB   graphics MB`,
);
const start = Date.now();
do {
  // There and back again: training becomes slower as it goes on, and no kind of stretch may always come later than another.
  const order = rounds.length % 2 === 0 ? names : [...names].reverse();
  const round = {};
  for (const name of order) round[name] = await stretch(KINDS[name]);
  Object.assign(round, { minute: (Date.now() - start) / 60_000, ...(await memory()) });
  rounds.push(round);
  const costs = ['watched', 'visited'].map((name) => {
    const { rate, page: time } = round[name];
    return `${rate.toFixed(2).padStart(10)}${percent(1 - rate / round.hidden.rate).padStart(7)}${percent(time - round.hidden.page).padStart(10)}`;
  });
  say(
    `${round.minute.toFixed(1).padEnd(8)}${round.hidden.rate.toFixed(2).padStart(11)}${costs.join('')}` +
      `${round.heap.toFixed(1).padStart(11)}${String(round.elements).padStart(11)}${String(round.textures).padStart(11)}${String(round.buffers).padStart(10)}${round.renderer.toFixed(0).padStart(10)}${round.gpu.toFixed(0).padStart(14)}`,
  );
} while (Date.now() - start < minutes * 60_000);
await studio.close();

const mean = (of) => rounds.reduce((sum, round) => sum + of(round), 0) / rounds.length;
const hidden = mean((round) => round.hidden.rate);
const [watched, visited] = ['watched', 'visited'].map((name) => {
  const rate = mean((round) => round[name].rate);
  return { rate, loss: 1 - rate / hidden, looking: mean((round) => round[name].page - round.hidden.page) };
});
const machine = { date: new Date().toISOString(), cpu: cpus()[0]?.model, cores: cpus().length };
if (json) console.log(JSON.stringify({ ...machine, circuits, environments, hidden, watched, visited, rounds }));
else {
  const tell = (name, { rate, loss, looking }) =>
    `${name} ${rate.toFixed(2)}: ${percent(loss)} lost, looking took ${percent(looking)} of one core`;
  console.log(
    `\nupdates/s over ${rounds.length} rounds: hidden ${hidden.toFixed(2)}; ${tell('watched', watched)}; ${tell('visited', visited)}`,
  );
  console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.date}; ${circuits}, ${environments} environments, wasm`);
}

/**
 * @returns updates a second of the phase in which they are made (what else a tick holds differs from tick to tick); seconds of processor
 * time a second of training and of all else
 */
async function stretch(look) {
  await page.evaluate((shown) => globalThis.showPage(shown), look !== null);
  let over = false;
  const visits = (async () => {
    while (look && !over) await look(SCENES[turn++ % SCENES.length]);
  })();
  const from = await progress();
  const [began, cpu] = [performance.now(), await processorTime()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const to = await progress();
  const [passed, now] = [(performance.now() - began) / 1000, await processorTime()];
  over = true;
  await visits;
  return {
    rate: (to.updates - from.updates) / (to.seconds - from.seconds),
    training: (now.training - cpu.training) / passed,
    page: (now.page - cpu.page) / passed,
  };
}

/** Seconds of processor time so far: of the page's workers, and of all other threads of the browser. NaN where the system does not tell. */
async function processorTime() {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const time = { training: 0, page: 0 };
  for (const { id } of processInfo) {
    try {
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${id}/task/${thread}/stat`, 'utf8'));
        const [user, system] = rest.split(' ').slice(11, 13).map(Number);
        time[name.startsWith('DedicatedWorker') ? 'training' : 'page'] += (user + system) / 100;
      }
    } catch {
      if (process.platform !== 'linux') time.training = Number.NaN;
      // A thread that has ended meanwhile.
    }
  }
  return time;
}

/** Shows a scene: by its tab, where there is one; else by the palette, as one would. */
async function show(scene) {
  const tab = page.getByRole('tab', { name: new RegExp(`^${scene}$`, 'i') });
  if ((await tab.count()) > 0) await tab.first().click();
  else await runCommand(page, `show ${scene}`);
}

/** Shows a scene and looks at it for ten seconds. */
async function watch(scene) {
  await show(scene);
  await page.waitForTimeout(10_000);
}

/** Shows a scene and moves the pointer over it, as one would who looks for something. */
async function visit(scene) {
  await show(scene);
  for (let i = 0; i < 20; i++) {
    await page.mouse.move(200 + 600 * Math.abs(Math.sin(i / 5)), 300 + 300 * Math.abs(Math.cos(i / 7)));
    await page.waitForTimeout(100);
  }
  // And then reads what is there.
  await page.waitForTimeout(2000);
}

/** Updates so far, and the seconds in which they were made, at the end of the tick that is under way. */
async function progress() {
  const read = () =>
    page.evaluate(() => {
      const [updates, milliseconds] = document.querySelector('.status-bar').dataset.trained.split(' ').map(Number);
      return { updates, seconds: milliseconds / 1000 };
    });
  const before = await read();
  for (;;) {
    const now = await read();
    if (now.seconds !== before.seconds) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** With the wall in front, so that every time the same is seen. */
async function memory() {
  await page.evaluate(() => globalThis.showPage(true));
  await runCommand(page, 'show wall');
  await page.waitForTimeout(500);
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name) => metrics.find((one) => one.name === name).value;
  const graphics = await page.evaluate(() => globalThis.graphics);
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  return {
    heap: metric('JSHeapUsedSize') / 1e6,
    elements: metric('Nodes'),
    ...graphics,
    // The page's own process is also that of its workers: engine and simulators.
    renderer: held(processInfo, 'renderer'),
    gpu: held(processInfo, 'GPU'),
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

/**
 * In the page, before anything else: `showPage(false)` does to it what a browser does to a tab in the background, which headless Chromium
 * has no way to do: there are no frames, and nothing is painted.
 */
function makeHideable() {
  const frame = globalThis.requestAnimationFrame.bind(globalThis);
  const waiting = [];
  let shown = true;
  globalThis.requestAnimationFrame = (callback) => (shown ? frame(callback) : -waiting.push(callback));
  globalThis.showPage = (next) => {
    shown = next;
    document.documentElement.style.visibility = shown ? '' : 'hidden';
    if (shown) for (const callback of waiting.splice(0)) frame(callback);
  };
}

/** In the page, before anything else: counts what its canvases hold. */
function countGraphics() {
  const graphics = { textures: 0, buffers: 0 };
  globalThis.graphics = graphics;
  const { prototype } = WebGL2RenderingContext;
  for (const [name, kind] of [
    ['Texture', 'textures'],
    ['Buffer', 'buffers'],
  ]) {
    const [create, remove] = [prototype[`create${name}`], prototype[`delete${name}`]];
    prototype[`create${name}`] = function () {
      graphics[kind]++;
      return create.call(this);
    };
    prototype[`delete${name}`] = function (object) {
      if (object) graphics[kind]--;
      return remove.call(this, object);
    };
  }
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
