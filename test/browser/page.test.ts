/** The page in headless Chromium: first on synthetic snapshots (interaction), then with the engine training in it. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seriousViolations } from './axe';
import { browserPath, countColours, openStudio, queryOf, type Studio, settled } from './harness';

const SYNTHETIC = '?source=synthetic&circuits=two-stage-opamp';

const simulations = (page: Page) =>
  page.locator('[data-value="simulations"]').evaluate((node) => Number((node.textContent ?? '').replace(/\D/g, '')));
const runState = (page: Page) => page.locator('.run-state').getAttribute('data-state');
const pausedTick = async (page: Page) =>
  Number(/paused (?:at|in) tick (\d+)/.exec((await page.locator('.run-state').textContent()) ?? '')?.[1]);
const drawn = (page: Page) => page.locator('.wall-canvas[data-level] canvas').waitFor();
const rising = (page: Page, above: number, timeout: number) =>
  page.waitForFunction(
    (least) => Number((document.querySelector('[data-value="simulations"]')?.textContent ?? '').replace(/\D/g, '')) > least,
    above,
    { timeout },
  );

/** Pauses by key and waits until the page says so. */
async function pause(page: Page): Promise<void> {
  await page.keyboard.press('Space');
  await page.locator('.run-state[data-state="paused"]').waitFor();
}

describe.skipIf(!browserPath)('the page', { timeout: 60_000 }, () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await openStudio();
  }, 180_000);
  afterAll(() => studio?.close());
  // A page that a failed test leaves open would go on training beside the next one.
  afterEach(() => Promise.all(studio.browser.contexts().map((context) => context.close())));

  async function open(query: string, size?: { width: number; height: number }) {
    const opened = await studio.open(query, size);
    await drawn(opened.page);
    return opened;
  }

  describe('on synthetic snapshots', () => {
    it.each([
      [16, 'full'],
      [64, 'compact'],
      [1024, 'cell'],
    ])('draws %d tiles as %s', async (environments, level) => {
      const { page, problems } = await open(`${SYNTHETIC}&environments=${environments}`, { width: 1440, height: 900 });
      await page.locator('.wall-canvas[data-frames]').waitFor();
      const box = await page.locator('.wall-canvas').boundingBox();
      if (!box) throw new Error('the wall has no place on the page');
      await expect
        .poll(() => countColours(page, box))
        .toSatisfy(({ colours, commonest }: { colours: number; commonest: number }) => colours > 40 && commonest < 0.8);
      expect(await page.locator('.wall-canvas').getAttribute('data-level')).toBe(level);
      await expect.poll(() => page.locator('.wall tbody tr').count()).toBe(environments);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('pauses, steps one tick and plays, by keyboard', async () => {
      const { page, problems } = await open(SYNTHETIC);
      await rising(page, 0, 5000);
      await pause(page);
      const before = await pausedTick(page);
      await page.keyboard.press('.');
      await page.waitForFunction(
        (tick) => document.querySelector('.run-state')?.textContent === `paused at tick ${tick}`,
        before + 1,
      );
      await page.keyboard.press('[');
      await page.waitForFunction(() => document.querySelector('.speed')?.textContent === '20/s');
      await page.keyboard.press(']');
      await page.waitForFunction(() => document.querySelector('.speed')?.textContent === 'max');
      await page.keyboard.press('Space');
      await page.locator('.run-state[data-state="live"]').waitFor();
      expect(problems).toEqual([]);
      await page.close();
    });

    it('selects by click, by arrow key and lets go by Escape, in every panel and in the address', async () => {
      const { page } = await open(`${SYNTHETIC}&environments=16`);
      const box = await page.locator('.wall-canvas').boundingBox();
      if (!box) throw new Error('the wall has no place on the page');
      await page.mouse.click(box.x + box.width * 0.2, box.y + box.height * 0.2);
      await page.waitForFunction(() => new URLSearchParams(location.search).has('selected'));
      const first = Number(await queryOf(page, 'selected'));
      await page.mouse.move(5, 5);
      await page.getByRole('heading', { name: `Environment ${first}`, exact: true }).waitFor();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('heading', { name: `Environment ${first + 1}`, exact: true }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'Nothing selected', exact: true }).waitFor();
      expect(await queryOf(page, 'selected')).toBeNull();
      await page.close();
    });

    it('shows what is under the pointer', async () => {
      const { page } = await open(`${SYNTHETIC}&environments=16`);
      const box = await page.locator('.wall-canvas').boundingBox();
      if (!box) throw new Error('the wall has no place on the page');
      await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.2);
      await page.getByRole('heading', { name: /under the pointer/ }).waitFor();
      await page.close();
    });

    it('zooms by key from cells to tiles and back', async () => {
      const { page } = await open(`${SYNTHETIC}&environments=1024`);
      const wall = page.locator('.wall-canvas');
      const level = () => wall.getAttribute('data-level');
      await expect.poll(level).toBe('cell');
      for (let i = 0; i < 12; i++) await page.keyboard.press('+');
      await expect.poll(level).toBe('full');
      await page.keyboard.press('0');
      await expect.poll(level).toBe('cell');
      await page.close();
    });

    it('changes the theme and keeps it in the address, and a link brings the view back', async () => {
      const { page } = await open(`${SYNTHETIC}&theme=light&selected=3&seed=7`);
      expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
      await page.getByRole('heading', { name: 'Environment 3', exact: true }).waitFor();
      await page.keyboard.press('t');
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
      const address = () => page.evaluate(() => location.href);
      const link = await address();
      await page.goto(link);
      await drawn(page);
      expect(await address()).toBe(link);
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
      await page.getByRole('heading', { name: 'Environment 3', exact: true }).waitFor();
      await page.locator('.status-bar', { hasText: 'seed 7' }).waitFor();
      await page.close();
    });

    it('runs commands from the palette and lists the keys', async () => {
      const { page } = await open(SYNTHETIC);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Command' }).fill('play');
      await page.keyboard.press('Enter');
      await page.locator('.run-state[data-state="paused"]').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      expect(await page.locator('.keys dt').count()).toBeGreaterThan(8);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
      await page.close();
    });

    it('opens scenes as tabs, shows one alone, closes it, and remembers; the address names it', async () => {
      const { page, problems } = await open(SYNTHETIC);
      const tabs = () => page.getByRole('tab').allTextContents();
      const before = await tabs();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Command' }).fill('show events');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => new URLSearchParams(location.search).get('scene') === 'events');
      await page.keyboard.press('f');
      await page.waitForFunction(() => document.querySelectorAll('.pane').length === 1);
      await page.getByRole('tabpanel', { name: 'Events' }).waitFor();
      await page.keyboard.press('f');
      await page.locator('[data-tab="events"]').press('Delete');
      await expect.poll(tabs).toEqual(before.filter((title) => title !== 'Events'));
      await page.locator('[data-tab="inspector"]').dragTo(page.locator('[data-front="circuits"] .tabs'));
      await page.locator('[data-front="inspector"] [data-tab="circuits"]').waitFor();
      // Nothing stands out beyond the window: it would scroll.
      expect(await page.evaluate(() => document.scrollingElement!.scrollWidth - window.innerWidth)).toBe(0);
      const divider = page.getByRole('separator').first();
      const width = () => page.locator('[data-front="wall"]').evaluate((pane) => pane.clientWidth);
      const wide = await width();
      await divider.press('ArrowLeft');
      await expect.poll(width).toBeLessThan(wide);
      const narrow = await width();
      await page.reload();
      await drawn(page);
      await expect.poll(async () => (await tabs()).sort()).toEqual(before.filter((title) => title !== 'Events').sort());
      await expect.poll(width).toBe(narrow);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('leaves every other pane in the page as it is where a tab is chosen', async () => {
      const { page, problems } = await open(SYNTHETIC);
      const marked = () => page.locator('.pane[data-marked]').count();
      const all = await page.locator('.pane').count();
      await page.evaluate(() => {
        for (const pane of document.querySelectorAll<HTMLElement>('.pane')) {
          pane.dataset.marked = '';
          pane
            .querySelector<HTMLElement>('.pane-body')!
            .append(Object.assign(document.createElement('i'), { className: 'mark' }));
        }
      });
      const other = page.locator('.pane:not([data-front="wall"])').first();
      const front = await other.getAttribute('data-front');
      await page.getByRole('tab', { name: 'Training', exact: true }).click();
      await page.locator('[data-front="training"]').waitFor();
      expect(await marked()).toBe(all);
      expect(await page.locator(`[data-front="${front}"] .mark`).count()).toBe(1);
      expect(await page.locator('[data-front="training"] .mark').count()).toBe(0);
      // The keyboard stays where it was: at the tabs.
      await page.locator('[data-tab="training"]').press('ArrowLeft');
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('tab');
      expect(problems).toEqual([]);
      await page.close();
    });

    it('does not draw while nothing changes', async () => {
      const { page } = await open(SYNTHETIC);
      await rising(page, 0, 5000);
      await pause(page);
      const frames = () => page.locator('.wall-canvas').getAttribute('data-frames').then(Number);
      // Tiles change places once a second at most, and what was on its way comes.
      const before = await settled(frames, 1100);
      await page.waitForTimeout(800);
      expect(before).toBeGreaterThan(0);
      expect(await frames()).toBe(before);
      await page.close();
    });

    it('draws sharply again when the resolution of the screen changes', async () => {
      const { page, problems } = await open(SYNTHETIC);
      const scale = () => page.locator('.wall-canvas canvas').evaluate((c: HTMLCanvasElement) => c.width / c.clientWidth);
      await expect.poll(scale).toBeCloseTo(1, 2);
      const session = await page.context().newCDPSession(page);
      const metrics = { width: 1280, height: 800, deviceScaleFactor: 2, mobile: false };
      await session.send('Emulation.setDeviceMetricsOverride', metrics);
      await expect.poll(scale).toBeCloseTo(2, 2);
      await expect.poll(async () => (await countColours(page)).colours).toBeGreaterThan(8);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('says what is wrong with an address and goes on', async () => {
      const { page } = await open(`${SYNTHETIC}&seed=abc`);
      expect(await page.locator('[data-problem="address"]').textContent()).toContain('seed=abc');
      // It covers nothing of what is worked on.
      const edge = (selector: string, side: 'top' | 'bottom') =>
        page.locator(selector).evaluate((node, name) => node.getBoundingClientRect()[name], side);
      expect(await edge('[data-problem="address"]', 'top')).toBeGreaterThanOrEqual(await edge('.main', 'bottom'));
      await page.close();
    });

    it('has a table in place of the wall where nothing can be drawn', async () => {
      const page = await studio.browser.newPage();
      await page.addInitScript(() => {
        HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {
          apply: (target, self, [kind, ...rest]) =>
            String(kind).startsWith('webgl') ? null : Reflect.apply(target, self, [kind, ...rest]),
        });
      });
      await page.goto(studio.url + SYNTHETIC);
      await page.locator('[data-problem="no-webgl"]').waitFor();
      await page.locator('.wall-table tbody tr').nth(15).waitFor();
      await page.close();
    });

    it.each(['dark', 'light'])('has no serious accessibility violation in the %s theme', async (theme) => {
      const { page } = await open(`${SYNTHETIC}&theme=${theme}&selected=2`);
      await page.getByRole('heading', { name: 'Environment 2', exact: true }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Command' }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.close();
    });
  });

  describe('with the engine training in it', () => {
    it('counts simulations within 10 s of opening, pauses truly and steps one tick', async () => {
      const { page, problems } = await studio.open('', { width: 1440, height: 900 });
      // All at once: the list goes with the first snapshot.
      await page.waitForFunction(() =>
        ['page', 'engine', 'simulator', 'plugins', 'learn', 'agent'].every(
          (step) => document.querySelectorAll(`.startup li[data-step="${step}"]`).length === 1,
        ),
      );
      await rising(page, 0, 30_000);
      await drawn(page);
      expect(await page.locator('.startup').count()).toBe(0);
      await expect.poll(() => runState(page)).toBe('live');
      const first = await simulations(page);
      await rising(page, first, 20_000);

      await pause(page);
      // The simulations in flight end; from then on nothing moves.
      const held = await settled(() => simulations(page), 1500);
      const tick = await pausedTick(page);
      await page.waitForTimeout(2000);
      expect(await simulations(page)).toBe(held);
      expect(await pausedTick(page)).toBe(tick);

      // A tick that is held in its middle is led to its end; then each step is a tick.
      const at = (t: number) => page.locator('.run-state', { hasText: new RegExp(`^paused at tick ${t}$`) });
      const within = (await page.locator('.activity').getAttribute('data-busy')) === 'true';
      await page.keyboard.press('.');
      await at(within ? tick : tick + 1).waitFor();
      // The state is written at once, the head line a few times a second.
      if (!within) await rising(page, held, 10_000);
      await page.keyboard.press('Space');
      await rising(page, held, 20_000);
      for (const circuit of ['two-stage-opamp', 'strongarm-comparator', 'cascode-miller-opamp'])
        await page.locator(`.circuit[data-circuit="${circuit}"]`).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    }, 120_000);

    it('takes a pause in the middle of a long fit, and goes on from there', async () => {
      const { page, problems } = await studio.open('?seed=2');
      const fitting = page.locator('.activity[data-busy="true"]', { hasText: 'fitting the neural simulator' });
      const told = () => page.locator('.activity, .run-state, .status-bar').allTextContents().then(String);
      await fitting.waitFor({ timeout: 60_000 });
      await pause(page);
      // The key may come just as a fit ends: then the next one is waited for.
      while (!((await settled(told)).includes('paused in tick') && (await fitting.isVisible()))) {
        await page.keyboard.press('Space');
        await fitting.waitFor({ timeout: 60_000 });
        await pause(page);
      }
      const done = await told();
      await page.waitForTimeout(1500);
      expect(await told()).toBe(done);
      const share = await fitting.textContent();
      await page.keyboard.press('Space');
      await page.waitForFunction((text) => document.querySelector('.activity')?.textContent !== text, share);
      await expect.poll(() => runState(page)).toBe('live');
      expect(problems).toEqual([]);
      await page.close();
    }, 120_000);

    it('trains on one thread, and says so, where the page is not cross-origin isolated', async () => {
      const page = await studio.browser.newPage();
      await page.route('**/*', async (route) => {
        const response = await route.fetch();
        const headers = Object.fromEntries(
          Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin')),
        );
        await route.fulfill({ response, headers });
      });
      await page.goto(studio.url);
      await page.locator('[data-problem="not-isolated"]').waitFor();
      await rising(page, 0, 30_000);
      await page.close();
    });

    it('says what is wrong with what the address asks for', async () => {
      const { page } = await studio.open('?circuits=no-such-circuit');
      const problem = page.locator('[data-problem="engine-start"]');
      await problem.waitFor({ timeout: 30_000 });
      expect(await problem.textContent()).toContain('no-such-circuit');
      expect(await problem.textContent()).toContain('two-stage-opamp');
      await page.close();
    });
  });
});
