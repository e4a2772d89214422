import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Path of a Chromium-based browser: `OHMBA_BROWSER`, then PATH, then the usual places; null where there is none. */
export function findBrowser() {
  const chosen = process.env.OHMBA_BROWSER;
  if (chosen) return existsSync(chosen) ? chosen : null;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...PLACES].find((path) => existsSync(path)) ?? null;
}

/** Finds a browser, installing Debian's `chromium` where that is possible. Says in one line what it does. */
export function ensureBrowser() {
  const there = findBrowser();
  if (there) return there;
  const skip = 'browser tests will be skipped';
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    say(`ohmba: no Chromium or Chrome was found and it can be installed only as root on Debian: ${skip}`);
    return null;
  }
  say('ohmba: installing chromium (apt-get) …');
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
  const now = findBrowser();
  if (!now) say(`ohmba: apt-get could not install chromium: ${skip}`);
  return now;
}
