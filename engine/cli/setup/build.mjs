/**
 * Builds what is stale: `kernels` (AssemblyScript to WASM), `node` (dist/ohmba.mjs, one file, also the entry of its
 * own worker threads) and `page` (dist/page). As a program: `node engine/cli/setup/build.mjs [kernels|node|page …]`.
 * Results are built beside their place and renamed into it, so that two builds at once cannot spoil each other.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fingerprint } from './fingerprint.mjs';
import { install } from './install.mjs';
import { bundle, dist, page, root } from './paths.mjs';
import { fail, say } from './say.mjs';

const KERNELS = 'engine/tensor/kernels';
const KERNELS_BUILT = `${KERNELS}/build`;
const CONFIGURATION = ['package-lock.json', 'tsconfig.json', 'vite.config.ts', 'engine/cli/setup/build.mjs'];

/** What each product is made of, where it lands and how it is made. */
const products = {
  kernels: {
    title: 'WASM kernels',
    sources: () => fingerprint([KERNELS, 'package-lock.json'], [KERNELS_BUILT]),
    output: join(root, KERNELS_BUILT),
    make: buildKernels,
  },
  node: {
    title: 'command line',
    sources: () => fingerprint(['engine', 'plugins', 'shaders', ...CONFIGURATION]),
    output: bundle,
    make: buildNode,
  },
  page: {
    title: 'page',
    sources: () => fingerprint(['scenes', 'engine', 'plugins', 'shaders', ...CONFIGURATION], ['engine/cli']),
    output: join(page, 'index.html'),
    make: buildPage,
  },
};

function isFresh(name) {
  const stamp = join(dist, `.${name}`);
  return existsSync(products[name].output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === products[name].sources();
}

/** True where everything that the command line runs is up to date. */
export function isBuilt(names) {
  return names.every(isFresh);
}

/** Builds those of `names` that are stale, kernels before what contains them. */
export async function build(names = ['node', 'page']) {
  for (const name of ['kernels', ...names.filter((n) => n !== 'kernels')]) {
    if (isFresh(name)) continue;
    say(`ohmba: building the ${products[name].title} …`);
    // Taken before the build: an edit made meanwhile makes the result stale, as it should.
    const before = name === 'kernels' ? products[name].sources() : null;
    await products[name].make();
    mkdirSync(dist, { recursive: true });
    writeFileSync(join(dist, `.${name}`), before ?? products[name].sources());
  }
}

function buildKernels() {
  const run = spawnSync(process.execPath, [join(root, KERNELS, 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (run.status !== 0)
    throw new Error('the WASM kernels did not build, see above; expected none to fail: delete node_modules and run again');
}

async function buildNode() {
  const vite = await import('vite');
  const stage = join(dist, `.node-${process.pid}`);
  try {
    await vite.build({
      configFile: false,
      root,
      logLevel: 'warn',
      publicDir: false,
      worker: { format: 'es' },
      ssr: { noExternal: true, external: EXTERNAL },
      build: {
        ssr: 'engine/cli/main.ts',
        target: 'node20',
        outDir: stage,
        sourcemap: true,
        minify: false,
        assetsInlineLimit: Number.MAX_SAFE_INTEGER,
        rolldownOptions: { output: { entryFileNames: 'ohmba.mjs', format: 'es', codeSplitting: false } },
      },
    });
    for (const file of ['ohmba.mjs.map', 'ohmba.mjs']) renameSync(join(stage, file), join(dist, file));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Native code, and packages that find their own WASM files beside themselves. */
const EXTERNAL = ['webgpu', 'libsql', 'eecircuit-engine', 'vite', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu'];

async function buildPage() {
  const vite = await import('vite');
  const stage = join(dist, `.page-${process.pid}`);
  const old = join(dist, `.page-old-${process.pid}`);
  try {
    await vite.build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: stage } });
    if (existsSync(page)) renameSync(page, old);
    renameSync(stage, page);
  } finally {
    for (const folder of [stage, old]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs, builds, and ends the process with one line where that fails. */
export async function installAndBuild(names) {
  install();
  await build(names).catch((error) => fail(`ohmba: the build failed: ${error.message}`));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !(name in products));
  if (unknown) fail(`ohmba: there is no "${unknown}" to build; expected ${Object.keys(products).join(', ')} or nothing for all`);
  await installAndBuild(names.length > 0 ? names : undefined);
}
