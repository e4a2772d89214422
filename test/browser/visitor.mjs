/** What a person does with the page while it trains: looks at scenes, points at things, or has the page in the background. For benches. */
import { runCommand } from './headless.mjs';

export const SCENES = ['wall', 'training', 'exploration', 'imagined', 'lens', 'bench', 'timeline', 'entities', 'plug-ins'];

/** Shows a scene and looks at it for ten seconds, the hand at rest. */
export async function watch(page, scene) {
  await show(page, scene);
  await page.waitForTimeout(10_000);
}

/** Shows a scene and moves the pointer over it, as one would who looks for something; about four seconds. */
export async function visit(page, scene) {
  await show(page, scene);
  for (let i = 0; i < 20; i++) {
    await page.mouse.move(200 + 600 * Math.abs(Math.sin(i / 5)), 300 + 300 * Math.abs(Math.cos(i / 7)));
    await page.waitForTimeout(100);
  }
  // And then reads what is there.
  await page.waitForTimeout(2000);
}

/** Shows a scene: by its tab, where there is one; else by the palette, as one would. */
async function show(page, scene) {
  const tab = page.getByRole('tab', { name: new RegExp(`^${scene}$`, 'i') });
  if ((await tab.count()) > 0) await tab.first().click();
  else await runCommand(page, `show ${scene}`);
}

/**
 * In a page, before anything else: `showPage(false)` does to it what a browser does to a tab in the background, which headless Chromium
 * has no way to do: there are no frames, and nothing is painted.
 */
export function makeHideable() {
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

/** Milliseconds without a tick after which a training is taken to have ended. */
const STUCK = 180_000;

/**
 * Waits until a page that trains has made so many updates.
 *
 * @returns ticks, updates and seconds of training at the end of the newest tick that the page was told of
 * @throws where training does not get there
 */
export async function trainedFor(page, updates) {
  for (let seen = null, since = Date.now(); ; ) {
    const now = await trained(page);
    if (now.updates >= updates) return now;
    // NaN equals itself here: a page that never begins is noticed, too.
    if (!Object.is(now.tick, seen)) [seen, since] = [now.tick, Date.now()];
    else if (Date.now() - since > STUCK)
      throw new Error(
        `No tick after number ${now.tick} for ${STUCK / 1000} s, with ${now.updates} updates made; expected ${updates}.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Ticks, updates and seconds of training so far; NaN before there are any. */
export async function trained(page) {
  const { tick, updates, seconds } = await page.evaluate(() => ({ ...document.querySelector('.status-bar')?.dataset }));
  return { tick: Number(tick), updates: Number(updates), seconds: Number(seconds) };
}
