/**
 * What looking costs the training: `npm run bench:page [-- --rounds 3] [--updates 1000] [--circuits A,B] [--environments 4] [--json]`. The page trains in
 * headless Chromium without a graphics card, three times a round, each time the very same training (a seed tells all of it), from its
 * fiftieth update until it has made so many more: with the page hidden; watched, a scene every ten seconds and the hand at rest; visited, all scenes
 * pointed at, one every four seconds. Updates a second are printed, with the processor time that looking took (of all threads of the
 * browser that do not train, what they took more than hidden, as a share of one core).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { openHeadless } from './headless.mjs';
import { makeHideable, SCENES, trainedFor, visit, watch } from './visitor.mjs';

const option = (name, usual) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : usual);
const rounds = Number(option('--rounds', '3'));
const updates = Number(option('--updates', '1000'));
const circuits = option('--circuits', 'two-stage-opamp');
const environments = option('--environments', '4');
const json = process.argv.includes('--json');

/** Updates before the clock starts: the page is built, its first pictures are drawn. */
const WARM = 50;

/** What a training is looked at with; null: it is not, the page is hidden. */
const KINDS = { hidden: null, watched: watch, visited: visit };
const names = Object.keys(KINDS);

const say = (text) => !json && console.log(text);
const columns = (cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(8) : cell.padStart(13))).join('');
say(columns(['round', 'hidden up/s', 'watched', 'loss', 'looking', 'visited', 'loss', 'looking']));
const measured = [];
for (let round = 0; round < rounds; round++) {
  // Another one first each time, so that what changes in the machine meanwhile favours none.
  const order = names.map((_, i) => names[(i + round) % names.length]);
  const row = {};
  for (const name of order) row[name] = await train(KINDS[name]);
  measured.push(row);
  say(
    columns([
      String(round + 1),
      row.hidden.rate.toFixed(2),
      ...costs(row.hidden, row.watched),
      ...costs(row.hidden, row.visited),
    ]),
  );
}

const mean = (name) => ({
  rate: 1 / (measured.reduce((sum, row) => sum + 1 / row[name].rate, 0) / rounds),
  training: measured.reduce((sum, row) => sum + row[name].training, 0) / rounds,
  page: measured.reduce((sum, row) => sum + row[name].page, 0) / rounds,
});
const [hidden, watched, visited] = names.map(mean);
const machine = { date: new Date().toISOString(), cpu: cpus()[0]?.model, cores: cpus().length };
if (json)
  console.log(JSON.stringify({ ...machine, circuits, environments, updates, hidden, watched, visited, rounds: measured }));
else {
  say(columns(['mean', hidden.rate.toFixed(2), ...costs(hidden, watched), ...costs(hidden, visited)]));
  console.log(
    `\nfrom update ${WARM} to update ${WARM + updates}, ${rounds} times each; ${circuits}, ${environments} environments, wasm; ${machine.cpu}, ${machine.cores} cores, ${machine.date}`,
  );
}

/** Updates a second, what share of them is lost, and what looking took of a core. */
function costs(unseen, seen) {
  return [seen.rate.toFixed(2), percent(1 - seen.rate / unseen.rate), percent(seen.page - unseen.page)];
}

/**
 * One training in a fresh browser.
 *
 * @returns updates a second, all that a tick holds included; seconds of processor time a second of training and of all else
 */
async function train(look) {
  const studio = await openHeadless();
  const whole = await studio.browser.newBrowserCDPSession();
  const page = await studio.open(`?circuits=${circuits}&environments=${environments}&seed=1&executor=wasm`, (fresh) =>
    fresh.addInitScript(makeHideable),
  );
  await page.locator('.wall-canvas[data-level] canvas').waitFor({ timeout: 120_000 });
  if (look === null) await page.evaluate(() => globalThis.showPage(false));
  const from = await trainedFor(page, WARM);
  const [began, before] = [performance.now(), await processorTime(whole)];
  let over = false;
  const visits = (async () => {
    for (let turn = 0; look && !over; turn++) await look(page, SCENES[turn % SCENES.length]);
  })();
  const to = await trainedFor(page, WARM + updates);
  const [passed, after] = [(performance.now() - began) / 1000, await processorTime(whole)];
  over = true;
  await visits;
  await studio.close();
  // Where the system does not tell, NaN: 0 would say that looking is free.
  const spent = (kind) =>
    [...after].reduce(
      (sum, [thread, now]) => (now.kind === kind ? sum + now.seconds - (before.get(thread)?.seconds ?? 0) : sum),
      after.size > 0 ? 0 : Number.NaN,
    );
  return {
    rate: (to.updates - from.updates) / (to.seconds - from.seconds),
    training: spent('training') / passed,
    page: spent('page') / passed,
  };
}

/** Seconds of processor time of each thread of the browser so far: the page's workers train, all others are for the page. Empty where the system does not tell. */
async function processorTime(whole) {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const threads = new Map();
  for (const { id } of processInfo) {
    for (const thread of listed(`/proc/${id}/task`)) {
      try {
        const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${id}/task/${thread}/stat`, 'utf8'));
        const [user, system] = rest.split(' ').slice(11, 13).map(Number);
        threads.set(thread, { kind: name.startsWith('DedicatedWorker') ? 'training' : 'page', seconds: (user + system) / 100 });
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  return threads;
}

function listed(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
