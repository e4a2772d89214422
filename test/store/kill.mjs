/**
 * Ends a training by `kill -9` at random moments, again and again, and goes on each time. After every kill the store must
 * open, hold every simulation that it held before, none twice and none that the uninterrupted run does not have; and the
 * run that is finished in the end must be the uninterrupted one, row by row. `node test/store/kill.mjs --times 100` does it
 * to a toy, `--circuit two-stage-opamp` beside it to the command line's own training against ngspice.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { build as buildProducts } from '../../engine/cli/setup/build.mjs';
import { bundle } from '../../engine/cli/setup/paths.mjs';

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

/** A training as a process: its arguments for a folder, in which it begins or goes on. */
async function toyTraining(base, { budget, checkpoint }) {
  const program = await buildToy(base);
  return (folder) => [program, folder, String(budget), String(checkpoint)];
}

/** Networks of a size that ngspice is most of the work, as few threads as can be, checkpoints as often as they are due. */
async function realTraining(base, circuit, { budget }) {
  await buildProducts(['node']);
  // It takes minutes: whoever builds meanwhile must not change what is tried.
  const program = join(base, 'ohmba.mjs');
  copyFileSync(bundle, program);
  const small = ['width=8', 'layers=1', 'batch=16', 'warmup=12', 'fitSteps=8', 'firstFitSteps=40', 'candidates=32'];
  const same = ['--executor', 'wasm', '--threads', '1', '--simulators', '1', '--checkpoint', '0'];
  const begin = ['--steps', String(budget), '--keep-going', ...small.flatMap((each) => ['--set', each])];
  return (folder) =>
    isRecorded(folder) ? [program, 'resume', folder, ...same] : [program, 'train', circuit, '--out', folder, ...begin, ...same];
}

/** @returns what it printed and how it ended, after `milliseconds` of running at most (null: to its end) */
function runProcess(args, { killAfter = null, shell = null } = {}) {
  return new Promise((resolve) => {
    const child = shell
      ? spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], { cwd: root })
      : spawn(process.execPath, args, { cwd: root });
    let output = '';
    let timer;
    const heard = (part) => {
      output += part;
      // Counted from when it is at work, or most kills would hit the start of Node.
      if (killAfter !== null && timer === undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
    };
    child.stdout.on('data', heard);
    child.stderr.on('data', heard);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ output, code, killed: signal === 'SIGKILL' });
    });
  });
}

const withRun = (folder, read) => {
  const database = new Database(join(folder, 'run.sqlite'), { readonly: true });
  try {
    return read((sql) => database.prepare(sql).raw().all());
  } finally {
    database.close();
  }
};

export function readTables(folder) {
  return withRun(folder, (all) => Object.fromEntries(Object.entries(TABLES).map(([name, sql]) => [name, all(sql)])));
}

const hashOf = (folder) => withRun(folder, (all) => all('SELECT hash FROM run')[0]?.[0]);

function isRecorded(folder) {
  if (!existsSync(join(folder, 'run.sqlite'))) return false;
  return withRun(folder, (all) => all("SELECT name FROM sqlite_master WHERE name = 'simulation'").length === 1);
}

/** Throws where anything is missing, doubled or different. */
function compareRows(what, found, expected) {
  for (const [i, row] of found.entries()) {
    if (JSON.stringify(row) !== JSON.stringify(expected[i]))
      throw new Error(`${what}: row ${i + 1} is ${JSON.stringify(row)}; expected ${JSON.stringify(expected[i])}`);
  }
}

/**
 * @param circuit of the command line's training; left out, the toy is trained
 * @returns what happened; throws where a promise was broken
 */
export async function killAgainAndAgain({ times, circuit, budget = 150, checkpoint = 60, say = () => {} }) {
  const base = mkdtempSync(join(root, 'node_modules', '.ohmba-kill-'));
  const told = { kills: 0, finished: 0, duringCheckpoint: 0, before: 0 };
  try {
    const options = { budget, checkpoint };
    const training = circuit ? await realTraining(base, circuit, options) : await toyTraining(base, options);
    const whole = join(base, 'whole');
    const begun = performance.now();
    const reference = await runProcess(training(whole));
    const duration = performance.now() - begun;
    // The command line answers 1 where a run ends with its target missed.
    if (reference.code !== 0 && !(circuit && reference.code === 1))
      throw new Error(`the uninterrupted run failed: ${reference.output}`);
    const expected = readTables(whole);
    const hash = hashOf(whole);
    for (let n = 1; told.kills < times || told.finished === 0; n++) {
      const folder = join(base, `run-${n}`);
      let seen = 0;
      for (;;) {
        const left = times - told.kills;
        const killAfter = left > 0 ? Math.random() * duration * 0.7 : null;
        const ran = await runProcess(training(folder), { killAfter });
        if (!ran.killed) {
          if (!isRecorded(folder) || hashOf(folder) !== hash)
            throw new Error(`run ${n} ended with ${ran.output}; expected hash ${hash}`);
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
        const files = existsSync(join(folder, 'checkpoints')) ? readdirSync(join(folder, 'checkpoints')) : [];
        if (files.some((name) => name.endsWith('.part'))) told.duringCheckpoint++;
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
    const training = await toyTraining(base, { budget, checkpoint });
    const [whole, limited] = [join(base, 'whole'), join(base, 'limited')];
    await runProcess(training(whole));
    const { code, output } = await runProcess(training(limited), { shell: `ulimit -f ${blocks}` });
    await runProcess(training(limited));
    return { code, output, same: hashOf(limited) === hashOf(whole) };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { times: wished, circuit } = parseArgs({
    options: { times: { type: 'string', default: '100' }, circuit: { type: 'string' } },
  }).values;
  const times = Number(wished);
  if (!(Number.isInteger(times) && times > 0)) {
    process.stderr.write(`--times is "${wished}"; expected a whole number above 0\n`);
    process.exit(2);
  }
  const { kills, finished, duringCheckpoint, before } = await killAgainAndAgain({
    times,
    ...(circuit && { circuit, budget: 60 }),
    say: (told) => process.stderr.write(`\r${told.kills} kills, ${told.finished} runs finished`),
  });
  process.stdout.write(
    `\n${circuit ?? 'toy'}: ${kills} kills (${duringCheckpoint} while a checkpoint was being written, ${before} before the first batch): ` +
      `every store opened, no simulation missing or doubled; ${finished} runs finished, each equal to the uninterrupted one\n`,
  );
}
