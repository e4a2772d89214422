/**
 * Compiles the kernels four times, for shared memory (threads) and for plain memory, with and without relaxed SIMD, and
 * writes them as base64 into `build/kernels.ts`: one module that loads the same in Vite, vitest, a worker and a bundled
 * Node file.
 * Does nothing when sources and compiler are unchanged.
 *
 *   node engine/tensor/kernels/build.mjs [--force]
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, 'build', 'kernels.ts');

/** Pages of 64 KiB: the plain memory may grow to 4 GiB less a page, the shared one declares 2 GiB. */
const COMMON = [
  'main.ts',
  '--optimizeLevel', '3',
  '--shrinkLevel', '0',
  '--converge',
  '--noAssert',
  '--runtime', 'stub',
  '--importMemory',
  '--initialMemory', '2',
  '--maximumMemory', '32768',
  '--enable', 'simd',
  '--enable', 'bulk-memory',
  '--disableWarning', '112',
];
const MEMORIES = {
  shared: ['--enable', 'threads', '--sharedMemory'],
  plain: ['--disable', 'threads'],
};
const ARITHMETICS = {
  strict: [],
  relaxed: ['--enable', 'relaxed-simd'],
};

/** Hash of every source, this script and the compiler's version. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const name of readdirSync(here).sort()) {
    if (/\.(ts|mjs|json)$/.test(name)) hash.update(name).update(readFileSync(join(here, name)));
  }
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/package.json');
  return hash.update(JSON.parse(readFileSync(compiler, 'utf8')).version).digest('hex').slice(0, 32);
}

async function compile(name, options) {
  const asc = await import('assemblyscript/asc');
  let binary = null;
  const { error, stderr } = await asc.main([...COMMON, ...options, '--baseDir', here, '--outFile', `${name}.wasm`], {
    writeFile(file, contents) {
      if (file.endsWith('.wasm')) binary = contents;
    },
  });
  if (error || !binary) throw new Error(`the ${name} kernels do not compile:\n${stderr.toString()}${error?.message ?? ''}`);
  return binary;
}

/** Builds when needed; returns true when something was written. */
export async function buildKernels({ force = false } = {}) {
  const print = fingerprint();
  if (!force && existsSync(output) && readFileSync(output, 'utf8').startsWith(`// ${print}\n`)) return false;
  const lines = [`// ${print}`, '// Written by build.mjs. Do not edit.'];
  lines.push('export const kernels = {');
  for (const [memory, options] of Object.entries(MEMORIES)) {
    lines.push(`  ${memory}: {`);
    for (const [arithmetic, more] of Object.entries(ARITHMETICS)) {
      const binary = await compile(`${memory}-${arithmetic}`, [...options, ...more]);
      lines.push(`    /** ${binary.length} bytes. */`, `    ${arithmetic}: '${Buffer.from(binary).toString('base64')}',`);
    }
    lines.push('  },');
  }
  lines.push('};');
  mkdirSync(dirname(output), { recursive: true });
  // Renamed into place, so that a reader never meets half a file.
  writeFileSync(`${output}.${process.pid}`, `${lines.join('\n')}\n`);
  renameSync(`${output}.${process.pid}`, output);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await buildKernels({ force: process.argv.includes('--force') });
  console.log(built ? `kernels: built ${output}` : 'kernels: unchanged');
}
