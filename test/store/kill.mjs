/**
 * Ends a training by `kill -9` at random moments, again and again, and goes on each time. After every kill the store must
 * open, hold every simulation that it held before, none twice and none that the uninterrupted run does not have; and the
 * run that is finished in the end must be the uninterrupted one, row by row. `node test/store/kill.mjs --times 100`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const Database = createRequire(import.meta.url)('libsql');
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

/** Tables that must come out the same; times differ, so simulations leave theirs out. */
const TABLES = {
  simulation:
    'SELECT simulation, tick, slot, episode, step, phase, origin, valid, reward, met, deck, p0, p1, m0, m1, target FROM simulation',
  target: 'SELECT * FROM target',
  episode: 'SELECT * FROM episode',
  metric: 'SELECT name, tick, value FROM metric JOIN metric_name USING (metric) ORDER BY name, tick',
  progress: 'SELECT * FROM progress',
  event: "SELECT tick, kind, message FROM event WHERE kind <> 'resumed' ORDER BY event",
};

/** Bundles the toy run: a child process that is to be killed must be the very process that works. */
export async function buildToy(folder) {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: ['libsql', 'webgpu', 'eecircuit-engine'] },
    build: {
      ssr: join(here, 'toy-run.ts'),
      target: 'node20',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      rolldownOptions: { output: { entryFileNames: 'toy-run.mjs', format: 'es', codeSplitting: false } },
    },
  });
  return join(folder, 'toy-run.mjs');
}

/** @returns what it printed and how it ended, after `milliseconds` of running at most (null: to its end) */
export function runToy(program, folder, { budget, checkpoint, killAfter = null, shell = null }) {
  return new Promise((resolve) => {
    const args = [program, folder, String(budget), String(checkpoint)];
    const child = shell
      ? spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], { cwd: root })
      : spawn(process.execPath, args, { cwd: root });
    let output = '';
    let timer;
    child.stdout.on('data', (part) => {
      output += part;
      // Counted from when it is at work, or most kills would hit the start of Node.
      if (killAfter !== null && timer === undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.stderr.on('data', (part) => {
      output += part;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ output, code, killed: signal === 'SIGKILL', hash: output.trim().split('\n').at(-1) });
    });
  });
}

export function readTables(folder) {
  const database = new Database(join(folder, 'run.sqlite'));
  try {
    return Object.fromEntries(Object.entries(TABLES).map(([name, sql]) => [name, database.prepare(sql).raw().all()]));
  } finally {
    database.close();
  }
}

function isRecorded(folder) {
  const database = new Database(join(folder, 'run.sqlite'));
  try {
    return database.prepare("SELECT name FROM sqlite_master WHERE name = 'simulation'").raw().all().length === 1;
  } finally {
    database.close();
  }
}

/** Throws where anything is missing, doubled or different. */
function compareRows(what, found, expected) {
  for (const [i, row] of found.entries()) {
    if (JSON.stringify(row) !== JSON.stringify(expected[i]))
      throw new Error(`${what}: row ${i + 1} is ${JSON.stringify(row)}; expected ${JSON.stringify(expected[i])}`);
  }
}

/** @returns what happened; throws where a promise was broken */
export async function killAgainAndAgain({ times, budget = 150, checkpoint = 60, say = () => {} }) {
  const base = mkdtempSync(join(root, 'node_modules', '.ohmba-kill-'));
  const told = { kills: 0, finished: 0, duringCheckpoint: 0, before: 0 };
  try {
    const program = await buildToy(base);
    const whole = join(base, 'whole');
    const begun = performance.now();
    const reference = await runToy(program, whole, { budget, checkpoint });
    const duration = performance.now() - begun;
    const expected = readTables(whole);
    if (reference.code !== 0) throw new Error(`the uninterrupted run failed: ${reference.output}`);
    for (let n = 1; told.kills < times || told.finished === 0; n++) {
      const folder = join(base, `run-${n}`);
      let seen = 0;
      for (;;) {
        const left = times - told.kills;
        const killAfter = left > 0 ? Math.random() * duration * 0.7 : null;
        const ran = await runToy(program, folder, { budget, checkpoint, killAfter });
        if (!ran.killed) {
          if (ran.hash !== reference.hash) throw new Error(`run ${n} ended with ${ran.output}; expected hash ${reference.hash}`);
          const tables = readTables(folder);
          for (const name of Object.keys(TABLES)) {
            compareRows(`${name} of run ${n}`, tables[name], expected[name]);
            compareRows(`${name} of run ${n}`, expected[name], tables[name]);
          }
          told.finished++;
          rmSync(folder, { recursive: true, force: true });
          break;
        }
        told.kills++;
        if (readdirSync(join(folder, 'checkpoints')).some((name) => name.endsWith('.part'))) told.duringCheckpoint++;
        if (!isRecorded(folder)) {
          told.before++;
          continue;
        }
        const { simulation } = readTables(folder);
        if (simulation.length < seen)
          throw new Error(`${simulation.length} simulations after a kill; before it there were ${seen}`);
        compareRows(`simulations after kill ${told.kills}`, simulation, expected.simulation);
        seen = simulation.length;
        say(told);
      }
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  return told;
}

/**
 * Lets a run's files grow to `blocks` (of 512 bytes) only, as a full disk would, and goes on with it without that limit.
 * @returns how the limited run ended, and whether the one that went on is the uninterrupted one
 */
export async function fillDisk(blocks, { budget = 100, checkpoint = 60 } = {}) {
  const base = mkdtempSync(join(root, 'node_modules', '.ohmba-disk-'));
  try {
    const program = await buildToy(base);
    const whole = await runToy(program, join(base, 'whole'), { budget, checkpoint });
    const folder = join(base, 'limited');
    const limited = await runToy(program, folder, { budget, checkpoint, shell: `ulimit -f ${blocks}` });
    const resumed = await runToy(program, folder, { budget, checkpoint });
    return { code: limited.code, output: limited.output, same: resumed.hash === whole.hash };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf('--times');
  const times = at < 0 ? 100 : Number(process.argv[at + 1]);
  if (!(Number.isInteger(times) && times > 0)) {
    process.stderr.write(`--times is "${process.argv[at + 1]}"; expected a whole number above 0\n`);
    process.exit(2);
  }
  const told = await killAgainAndAgain({
    times,
    say: ({ kills, finished }) => process.stderr.write(`\r${kills} kills, ${finished} runs finished`),
  });
  const { kills, finished, duringCheckpoint, before } = told;
  process.stdout.write(
    `\n${kills} kills (${duringCheckpoint} while a checkpoint was being written, ${before} before the first batch): ` +
      `every store opened, no simulation missing or doubled; ${finished} runs finished, each equal to the uninterrupted one\n`,
  );
}
