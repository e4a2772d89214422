/**
 * `npm test`: installs and builds what is missing, then type check, lint and all tests. The last line is
 * `N passed, N failed` (and `, N skipped` where some were); type check and lint count as one each. Exit code 0 only
 * where nothing failed. Arguments go to vitest: `npm test -- test/cli`.
 */
import './node-version.mjs';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { modules, root } from './paths.mjs';
import { say } from './say.mjs';

/** Runs a package's program with this Node, without a shell and without stdin. */
function program(path, ...args) {
  const env = { ...process.env, NO_COLOR: '1' };
  delete env.FORCE_COLOR;
  return spawnSync(process.execPath, [join(modules, path), ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
}

/** Counts of a vitest run from its JSON report. A file that failed to load counts as one failure. */
function counts(report) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests + numTodoTests };
}

install();
const total = { passed: 0, failed: 0, skipped: 0 };
ensureBrowser();
try {
  await build();
} catch (error) {
  say(`build: failed: ${error.message}`);
  total.failed++;
}

for (const [title, path, ...args] of [
  ['type check', 'typescript/bin/tsc', '-p', '.'],
  // An index may miss: the engine and plugins say what then.
  ['type check of engine and plugins', 'typescript/bin/tsc', '-p', 'engine'],
  ['lint and format', '@biomejs/biome/bin/biome', 'check', '--colors=off', '.'],
]) {
  const passed = program(path, ...args).status === 0;
  say(`${title}: ${passed ? 'passed' : 'failed'}`);
  total[passed ? 'passed' : 'failed']++;
}

const folder = mkdtempSync(join(tmpdir(), 'ohmba-test-'));
const report = join(folder, 'report.json');
const run = program(
  'vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
);
try {
  const tests = counts(report);
  for (const key of Object.keys(total)) total[key] += tests[key];
  // An error outside any test (an unhandled rejection, a failed set-up) has only an exit code.
  if (run.status !== 0 && tests.failed === 0) total.failed++;
} catch {
  total.failed++;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
