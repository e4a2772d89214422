import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { modules, root } from './paths.mjs';
import { fail, say } from './say.mjs';

const stamp = join(modules, '.ohmba-installed');

function wanted() {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, name)));
  return `${hash.digest('hex')} ${process.platform} ${process.arch}`;
}

/** True where node_modules is what the lock file says, as this script or npm itself left it. */
export function isInstalled() {
  if (!existsSync(join(modules, '.package-lock.json'))) return false;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()) return true;
  return installedByHand();
}

/** `npm install` and `npm ci` write the versions they installed beside the packages; equal versions need no new install. */
function installedByHand() {
  const there = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages ?? {};
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  for (const [path, entry] of Object.entries(lock)) {
    if (path === '' || entry.optional) continue;
    if (there[path]?.version !== entry.version) return false;
  }
  leaveStamp();
  return true;
}

function leaveStamp() {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted());
}

/**
 * Runs `npm ci` where it is needed. Install scripts stay off: no dependency needs one (the one of `webgpu` lifts
 * macOS' quarantine mark, which npm's own downloads never carry).
 */
export function install() {
  if (isInstalled()) return;
  say('ohmba: installing packages (npm ci, about 270 MB to fetch the first time) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // Packages that only build and test the program are needed here, whatever NODE_ENV a person has set.
  const run = spawnSync(npm, [...args, '--include=dev', '--include=optional'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (run.error) fail(`ohmba: npm could not be started (${run.error.message}); it comes with Node: check that it is in PATH`);
  if (run.status !== 0) fail('ohmba: npm ci failed, see above; check the network and free disk space (900 MB), then run again');
  leaveStamp();
}
